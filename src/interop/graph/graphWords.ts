/** @file The words of the graph: each one's vector, joined with what a small LSTM makes of its characters in both directions. */
import type { JsonObject } from "../../common/json.js";
import type { SpecOf } from "../../network/layers/layer.js";
import { endLength } from "../../examples/lexicon.js";
import { embedded } from "./embeddedFile.js";
import type { Graph, LayerWeight, Value } from "./graph.js";
import { nested } from "./graphRecurrent.js";
import type { Place, Signal, Weight } from "./signal.js";

/** Characters of a word: each one's id + 1, and 0 past its end. */
export const charactersInput = "characters";
export const charactersOfWord = 2 * endLength;

export function addWords(spec: SpecOf<"words">, signal: Signal, place: Place): Signal {
  const { graph, name, weight } = place;
  const [steps = null] = signal.values.shape;
  const vectors = embedded(graph, `${name}_tokens`, signal.values, weight("table"), spec.units);
  const read = graph.input(charactersInput, [steps, charactersOfWord], "int32");
  const spelt = spelling(spec, place, read, steps);
  return { ...signal, values: graph.concatenate(name, [vectors, spelt]) };
}

/** A model of its own for a word's characters, at each step: so that its mask is of the characters. */
function spelling(
  { characters }: SpecOf<"words">,
  { graph, name, weight }: Place,
  read: Value,
  steps: number | null,
): Value {
  const { vocabulary, embedding, units } = characters;
  const table = `${name}_characters`;
  const both = `${name}_spelling`;
  const config = { input_dim: vocabulary + 1, output_dim: embedding, mask_zero: true };
  const lstm = { name: `${both}_cell`, units, activation: "tanh", recurrent_activation: "sigmoid" };
  const inner = [
    ...inputOf(graph),
    nested("Embedding", {
      name: table,
      ...config,
      ...(graph.dialect === "tfjs" && { batch_input_shape: [null, charactersOfWord] }),
    }),
    nested("Bidirectional", { name: both, merge_mode: "concat", layer: nested("LSTM", lstm) }),
  ];
  const model = { ...nested("Sequential", { name: `${name}_word`, layers: inner }), module: "keras" };
  const weights: LayerWeight[] = [
    { ...shifted(weight("characters/table")), tfjs: `${table}/embeddings`, keras: "layer/layers/embedding/vars/0" },
    ...["forward", "backward"].flatMap((direction) =>
      ["kernel", "recurrent", "bias"].map((part, index) => ({
        ...weight(`characters/${direction}/${part}`),
        tfjs: `${both}/${direction}_${lstm.name}/${part === "recurrent" ? "recurrent_kernel" : part}`,
        keras: `layer/layers/bidirectional/${direction}_layer/cell/vars/${index}`,
      })),
    ),
  ];
  const layer = {
    name: `${name}_spelt`,
    className: "TimeDistributed",
    config: { layer: model },
    inputs: [read],
    weights,
  };
  return graph.addAll(layer, [[steps, 2 * units]])[0]!;
}

/** Keras takes a model's input for a layer of its own. */
const inputOf = ({ dialect }: Graph): JsonObject[] =>
  dialect === "keras"
    ? [nested("InputLayer", { name: "word", batch_shape: [null, charactersOfWord], dtype: "int32" })]
    : [];

/** A row of zeros before the others, for what is no character. */
function shifted({ shape: [rows, width], values }: Weight): Weight {
  const all = new Float32Array((rows! + 1) * width!);
  all.set(values, width);
  return { shape: [rows! + 1, width!], values: all };
}
