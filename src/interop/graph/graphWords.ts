/** @file Words in the graph: the vector of each word, concatenated with the last outputs of a bidirectional LSTM over its characters. */
import type { JsonObject } from "../../common/json.js";
import type { SpecOf } from "../../network/layers/layer.js";
import { endLength } from "../../examples/lexicon.js";
import type { Graph, LayerWeight, GraphValue } from "./graph.js";
import { nested } from "./graphRecurrent.js";
import type { GraphContext, GraphSignal, GraphWeight } from "./graphContext.js";

/** Input [time, charactersOfWord]: the id + 1 of each character of a word, 0 for padding. */
export const charactersInput = "characters";
export const charactersOfWord = 2 * endLength;

export function addWords(spec: SpecOf<"words">, signal: GraphSignal, context: GraphContext): GraphSignal {
  const { graph, name, weight } = context;
  const [steps = null] = signal.values.shape;
  const vectors = addEmbedding(graph, `${name}_tokens`, signal.values, weight("table"), spec.units);
  const characters = graph.input(charactersInput, [steps, charactersOfWord], "int32");
  const spelling = addSpelling(spec, context, characters, steps);
  return { ...signal, values: graph.concatenate(name, [vectors, spelling]) };
}

/** Adds an embedding: tokens [time] → vectors [time, units]. */
export const addEmbedding = (
  graph: Graph,
  name: string,
  tokens: GraphValue,
  table: GraphWeight,
  units: number,
): GraphValue =>
  graph.add(name, {
    className: "Embedding",
    config: { input_dim: table.shape[0]!, output_dim: units },
    inputs: [tokens],
    shape: [...tokens.shape, units],
    weights: { embeddings: table },
  });

/** A nested model reads the characters of each word, so that its mask is that of the characters. */
function addSpelling(
  { characters }: SpecOf<"words">,
  { graph, name, weight }: GraphContext,
  input: GraphValue,
  steps: number | null,
): GraphValue {
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
    {
      ...withPaddingRow(weight("characters/table")),
      tfjs: `${table}/embeddings`,
      keras: "layer/layers/embedding/vars/0",
    },
    ...["forward", "backward"].flatMap((direction) =>
      ["kernel", "recurrent", "bias"].map((part, index) => ({
        ...weight(`characters/${direction}/${part}`),
        tfjs: `${both}/${direction}_${lstm.name}/${part === "recurrent" ? "recurrent_kernel" : part}`,
        keras: `layer/layers/bidirectional/${direction}_layer/cell/vars/${index}`,
      })),
    ),
  ];
  const layer = {
    name: `${name}_by_characters`,
    className: "TimeDistributed",
    config: { layer: model },
    inputs: [input],
    weights,
  };
  return graph.addAll(layer, [[steps, 2 * units]])[0]!;
}

/** In Keras the input of a nested model is a layer. */
const inputOf = ({ dialect }: Graph): JsonObject[] =>
  dialect === "keras"
    ? [nested("InputLayer", { name: "word", batch_shape: [null, charactersOfWord], dtype: "int32" })]
    : [];

/** The table with a row of zeros before the others, for padding. */
function withPaddingRow({ shape: [rows, width], values }: GraphWeight): GraphWeight {
  const all = new Float32Array((rows! + 1) * width!);
  all.set(values, width);
  return { shape: [rows! + 1, width!], values: all };
}
