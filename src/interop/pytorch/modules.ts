/** @file The arrays of a PyTorch state dict by the module that they are of, and what kind of module that is. */
import type { NamedArrays } from "../../checkpoint/checkpoint.js";
import { UserError } from "../../common/errors.js";
import { weightsFrom } from "../../network/storedWeights.js";
import { shapeText, type Values } from "../importing/values.js";

/** name: as in the state dict, such as "decoder"; empty where the state dict is the module's own. */
export type Module = { name: string; arrays: Map<string, Values> };

/** A weight of nn.LSTM, nn.GRU or nn.RNN, as in weight_ih_l0_reverse; of a cell of theirs, without the layer. */
export const recurrentArray = /^(?<kind>weight|bias)_(?<side>ih|hh)(?:_l(?<layer>\d{1,3}))?(?<reverse>_reverse)?$/;

/** matrix: an embedding, or a linear layer; bias: what a linear layer is whose weights are the embedding's. */
export type Modules = { recurrent: Module[]; matrices: Module[]; biases: Module[] };

/** As people number things: layer 10 comes after layer 9. */
const natural = new Intl.Collator("en", { numeric: true });

/** The full name of a module's array. */
export const arrayName = ({ name }: Pick<Module, "name">, array: string): string =>
  name === "" ? array : `${name}.${array}`;

const understood =
  "an embedding (weight), nn.LSTM, nn.GRU and nn.RNN (weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 and so on), and nn.Linear (weight, bias)";

/** In the order of their names. @throws UserError for an array that is of no module that we know */
export function modulesOf(arrays: NamedArrays, place: string): Modules {
  const modules = new Map<string, Module>();
  for (const [name, values] of weightsFrom(arrays, place)) {
    const end = name.lastIndexOf(".");
    const module = name.slice(0, Math.max(0, end));
    const known = modules.get(module) ?? { name: module, arrays: new Map<string, Values>() };
    modules.set(module, known);
    known.arrays.set(name.slice(end + 1), values);
  }
  const sorted: Modules = { recurrent: [], matrices: [], biases: [] };
  for (const module of [...modules.values()].toSorted((a, b) => natural.compare(a.name, b.name))) {
    sorted[kindOf(module, place)].push(module);
  }
  return sorted;
}

function kindOf(module: Module, place: string): keyof Modules {
  const weight = module.arrays.get("weight");
  const bias = module.arrays.get("bias");
  const names = [...module.arrays.keys()];
  if (names.every((name) => recurrentArray.test(name))) return "recurrent";
  const strange = names.find((name) => name !== "weight" && name !== "bias" && !recurrentArray.test(name));
  const plain = names.every((name) => name === "weight" || name === "bias");
  if (plain && bias?.shape.length === 1 && !weight) return "biases";
  if (plain && weight?.shape.length === 2 && (!bias || bias.shape.join() === `${weight.shape[0]}`)) return "matrices";
  const array = strange ?? (weight ? "weight" : names[0]!);
  throw new UserError(
    `${place}: the tensor ${arrayName(module, array)} ${shapeText(module.arrays.get(array)!)} is not understood; what is: ${understood}`,
  );
}
