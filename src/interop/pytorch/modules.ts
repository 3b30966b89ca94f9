/** @file Groups the arrays of a PyTorch state dict by module, and detects the kind of each module. */
import type { NamedArrays } from "../../checkpoint/checkpoint.js";
import { inFile, UserError } from "../../common/errors.js";
import { weightsFrom } from "../../network/storedWeights.js";
import { shapeText, type Values } from "../importing/importedValues.js";

/** name: its prefix in the state dict, for example "decoder"; empty for the module that was saved. */
export type Module = { name: string; arrays: Map<string, Values> };

/** The weights of nn.LSTM, nn.GRU or nn.RNN, for example weight_ih_l0_reverse; of nn.LSTMCell and the like without the layer. */
export const recurrentArray = /^(?<kind>weight|bias)_(?<side>ih|hh)(?:_l(?<layer>\d{1,3}))?(?<reverse>_reverse)?$/;

/** matrices: embeddings and linear layers; biases: linear layers whose weights are those of the embedding. */
export type Modules = { recurrent: Module[]; matrices: Module[]; biases: Module[] };

/** Sorts layer 10 after layer 9. */
const natural = new Intl.Collator("en", { numeric: true });

/** The full name of a module's array. */
export const arrayName = ({ name }: Pick<Module, "name">, array: string): string =>
  name === "" ? array : `${name}.${array}`;

const supported =
  "an embedding (weight), nn.LSTM, nn.GRU and nn.RNN (weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 and so on), and nn.Linear (weight, bias)";

/** The modules, in the order of their names. @throws UserError for an array of an unsupported module */
export function modulesOf(arrays: NamedArrays, source: string): Modules {
  const modules = new Map<string, Module>();
  for (const [name, values] of inFile(source, () => weightsFrom(arrays))) {
    const end = name.lastIndexOf(".");
    const module = name.slice(0, Math.max(0, end));
    const known = modules.get(module) ?? { name: module, arrays: new Map<string, Values>() };
    modules.set(module, known);
    known.arrays.set(name.slice(end + 1), values);
  }
  const sorted: Modules = { recurrent: [], matrices: [], biases: [] };
  for (const module of [...modules.values()].toSorted((a, b) => natural.compare(a.name, b.name))) {
    sorted[kindOf(module, source)].push(module);
  }
  return sorted;
}

function kindOf(module: Module, source: string): keyof Modules {
  const weight = module.arrays.get("weight");
  const bias = module.arrays.get("bias");
  const names = [...module.arrays.keys()];
  if (names.every((name) => recurrentArray.test(name))) return "recurrent";
  const unknown = names.find((name) => name !== "weight" && name !== "bias" && !recurrentArray.test(name));
  const plain = names.every((name) => name === "weight" || name === "bias");
  if (plain && bias?.shape.length === 1 && !weight) return "biases";
  if (plain && weight?.shape.length === 2 && (!bias || bias.shape.join() === `${weight.shape[0]}`)) return "matrices";
  const array = unknown ?? (weight ? "weight" : names[0]!);
  throw new UserError(
    `${source}: the tensor ${arrayName(module, array)} ${shapeText(module.arrays.get(array)!)} cannot be imported; supported are ${supported}`,
  );
}
