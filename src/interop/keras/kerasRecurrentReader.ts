/** @file Keras's LSTM, GRU and SimpleRNN, in one direction or both, as our layers: the gates are in the same order. */
import { isObject } from "../../common/json.js";
import type { CellName } from "../../common/names.js";
import type { FoundLayer } from "../importing/found.js";
import { type Given, take } from "./kerasLayerReader.js";
import { type Values, zerosOf } from "../importing/values.js";

type Config = Record<string, unknown>;

/** Our cell, and what Keras's must say of itself to be it; undefined for a class that is none. */
const cells: Record<string, (config: Config) => { cell: CellName; activations: Config }> = {
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

/** The layer, and the pooling of its last output where it gives no other. @throws UserError for what our cells do not compute */
export function recurrentLayer(given: Given): FoundLayer[] {
  const { name, className, config, refuse } = given;
  const bidirectional = className === "Bidirectional";
  const inner = bidirectional ? config["layer"] : { class_name: className, config };
  if (!isObject(inner) || !isObject(inner["config"])) throw refuse("does not say what it reads in both directions");
  const own = inner["config"];
  const kind = String(inner["class_name"]);
  const describe = Object.hasOwn(cells, kind) ? cells[kind] : undefined;
  if (!describe)
    throw refuse(`${kind} in both directions, is not understood; what is: ${Object.keys(cells).join(", ")}`);
  const { cell, activations } = describe(own);
  expectAll(given, own, { ...activations, go_backwards: false });
  if (bidirectional) {
    expectAll(given, config, { merge_mode: "concat" });
    const second = config["backward_layer"];
    const itself = isObject(second) && isObject(second["config"]) ? second["config"] : {};
    expectAll(given, itself, { ...activations, go_backwards: true });
  }
  const units = Number(own["units"]);
  const directions = bidirectional ? ["forward", "backward"] : ["forward"];
  const weights = directions.flatMap((direction) => {
    const within = bidirectional ? `${direction}_layer/cell/` : "cell/";
    const kernel = take(given, `${within}vars/0`);
    const columns = kernel.shape.at(-1) ?? 0;
    const bias: Values =
      given.weights.get(`${within}vars/2`) ?? (cell === "gru" ? zerosOf(2, columns) : zerosOf(columns));
    const values = { kernel, recurrent: take(given, `${within}vars/1`), bias };
    return Object.entries(values).map(([weight, value]) => [`${direction}/${weight}`, value] as const);
  });
  const layer: FoundLayer = {
    name,
    spec: { type: "recurrent", cell, units, bidirectional },
    weights: Object.fromEntries(weights),
  };
  const last: FoundLayer = { name, spec: { type: "pooling", over: ["last"] }, weights: {} };
  return own["return_sequences"] === true ? [layer] : [layer, last];
}

/** @throws UserError where a value is another */
function expectAll({ refuse }: Given, config: Config, wanted: Config): void {
  for (const [key, value] of Object.entries(wanted)) {
    const found = config[key];
    if (found !== undefined && found !== value)
      throw refuse(`has ${key} ${JSON.stringify(found)}; ${JSON.stringify(value)} is understood`);
  }
}
