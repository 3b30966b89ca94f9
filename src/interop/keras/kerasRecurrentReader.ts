/** @file Reads LSTM, GRU, SimpleRNN and Bidirectional layers of Keras; their weights have the same layout as in `rnn`. */
import { isObject } from "../../common/json.js";
import type { CellName } from "../../common/names.js";
import type { ImportedLayer } from "../importers.js";
import { type LayerInFile, takeWeight } from "./kerasModelReader.js";
import { type Values, zerosOf } from "../importing/importedValues.js";

type Config = Record<string, unknown>;

/** The cell of each Keras class, and the activations that the cell has. */
const cellsByClass: Record<string, (config: Config) => { cell: CellName; activations: Config }> = {
  LSTM: () => ({ cell: "lstm", activations: { activation: "tanh", recurrent_activation: "sigmoid" } }),
  GRU: ({ reset_after: after }) => ({
    cell: after === false ? "gru-reset-before" : "gru",
    activations: { activation: "tanh", recurrent_activation: "sigmoid" },
  }),
  SimpleRNN: ({ activation }) =>
    activation === "relu"
      ? { cell: "rnn-relu", activations: { activation } }
      : { cell: "rnn", activations: { activation: "tanh" } },
};

/** A recurrent layer, and a pooling of its last output if return_sequences is false. @throws UserError for settings that no cell has */
export function recurrentLayer(layer: LayerInFile): ImportedLayer[] {
  const { name, className, config, error } = layer;
  const bidirectional = className === "Bidirectional";
  const inner = bidirectional ? config["layer"] : { class_name: className, config };
  if (!isObject(inner) || !isObject(inner["config"])) throw error("does not define the layer of each direction");
  const own = inner["config"];
  const kind = String(inner["class_name"]);
  const cellOf = Object.hasOwn(cellsByClass, kind) ? cellsByClass[kind] : undefined;
  if (!cellOf) throw error(`of ${kind} cannot be imported; supported are ${Object.keys(cellsByClass).join(", ")}`);
  const { cell, activations } = cellOf(own);
  expectAll(layer, own, { ...activations, go_backwards: false });
  if (bidirectional) {
    expectAll(layer, config, { merge_mode: "concat" });
    const second = config["backward_layer"];
    const backward = isObject(second) && isObject(second["config"]) ? second["config"] : {};
    expectAll(layer, backward, { ...activations, go_backwards: true });
  }
  const units = Number(own["units"]);
  const directions = bidirectional ? ["forward", "backward"] : ["forward"];
  const weights = directions.flatMap((direction) => {
    const within = bidirectional ? `${direction}_layer/cell/` : "cell/";
    const kernel = takeWeight(layer, `${within}vars/0`);
    const columns = kernel.shape.at(-1) ?? 0;
    const bias: Values =
      layer.weights.get(`${within}vars/2`) ?? (cell === "gru" ? zerosOf(2, columns) : zerosOf(columns));
    const values = { kernel, recurrent: takeWeight(layer, `${within}vars/1`), bias };
    return Object.entries(values).map(([weight, value]) => [`${direction}/${weight}`, value] as const);
  });
  const imported: ImportedLayer = {
    name,
    spec: { type: "recurrent", cell, units, bidirectional },
    weights: Object.fromEntries(weights),
  };
  const last: ImportedLayer = { name, spec: { type: "pooling", over: ["last"] }, weights: {} };
  return own["return_sequences"] === true ? [imported] : [imported, last];
}

/** @throws UserError if a setting has another value */
function expectAll({ error }: LayerInFile, config: Config, expected: Config): void {
  for (const [key, value] of Object.entries(expected)) {
    const actual = config[key];
    if (actual !== undefined && actual !== value)
      throw error(`has ${key} ${JSON.stringify(actual)}; only ${JSON.stringify(value)} is supported`);
  }
}
