/** @file A network's weights for the engine's decoder, if it can run the network. */
import { decoderCells, type DecoderLayer, type DecoderWeights, type Matrix } from "../engine/ops/decoder.js";
import { epsilon } from "../engine/ops/layerNorm.js";
import { rmsEpsilon } from "../engine/ops/rmsNorm.js";
import { cellNamed } from "./cells.js";
import type { SpecOf } from "./layers/layer.js";
import { embeddingTable, headBias, headKernel, layerName, type Network } from "./network.js";
import type { LayerSpec, LayerType } from "./spec.js";

/**
 * Null unless the network is an embedding and layers that read only what came before: recurrent layers in one direction of built-in cells, normalizations,
 * residual connections and blocks. Its softmax is a full one. Dropout is ignored.
 */
export function decoderWeights(network: Network): DecoderWeights | null {
  const { spec } = network;
  if (spec.adaptive || spec.layers[0]?.type !== "embedding") return null;
  const table = network.storedWeight(embeddingTable);
  const layers: DecoderLayer[] = [];
  /** The signal that each layer of the network reads: 0 is the embedding, n the output of the decoder's layer n from 1. */
  const reads: number[] = [0];
  let width = spec.layers[0].units;
  for (const [index, layer] of spec.layers.entries()) {
    if (index === 0) continue;
    reads.push(layers.length);
    const weight = (name: string): Matrix => network.storedWeight(`${layerName(layer, index)}/${name}`);
    const made = decoderLayers(layer, { weight, width, earlier: (over) => reads[index - over]! });
    if (!made) return null;
    layers.push(...made);
    width = layers.at(-1)?.units ?? width;
  }
  if (layers.length === 0) return null;
  const tied = spec.tied ?? false;
  return {
    table,
    layers,
    head: {
      kernel: tied ? table : network.storedWeight(headKernel),
      bias: network.storedWeight(headBias),
      tied,
    },
  };
}

const isDecoderCell = (name: string): name is (typeof decoderCells)[number] =>
  (decoderCells as readonly string[]).includes(name);

/** A layer of the network: the weights by their names in the layer, the width of what it reads, and the signals that a residual connection may add. */
type Place = { weight: (name: string) => Matrix; width: number; earlier: (over: number) => number };
/** The layers of the decoder for a layer of the network; null if it has none for it. */
type Conversion<Layer> = (layer: Layer, place: Place) => DecoderLayer[] | null;

function cellLayers(layer: SpecOf<"recurrent">, place: Place): DecoderLayer[] | null {
  const { units, learnedStart, lowerBound, bidirectional } = layer;
  const cell = cellNamed(layer.cell);
  if (bidirectional || !isDecoderCell(layer.cell)) return null;
  const weight = (name: string) => place.weight(`forward/${name}`);
  const [kernel, bias] = [weight("kernel"), weight("bias")];
  const hasVectors = cell.elementwise === undefined || cell.elementwise(kernel.shape[0]!, units).recurrent[0]! > 0;
  const columnsOf = ({ shape }: { shape: readonly number[] }) => shape.at(-1)! / units;
  const { states, readsHidden = true } = cell;
  const start = Array.from({ length: states }, (_, index) =>
    learnedStart && (readsHidden || index > 0) ? weight(`start/${index}`).values : null,
  );
  const made: DecoderLayer = {
    kind: layer.cell,
    units,
    matrices: [kernel, ...(hasVectors ? [weight("recurrent")] : []), bias].map((matrix) => ({
      matrix,
      columns: columnsOf(matrix),
    })),
    start,
    ...(lowerBound !== undefined && { constant: lowerBound }),
  };
  return layer.cell === "hgrn" ? [made, rmsNormalization(units, new Float32Array(units).fill(1))] : [made];
}

const rmsNormalization = (units: number, scale: Float32Array): DecoderLayer => ({
  kind: "rms normalization",
  units,
  matrices: [{ matrix: { shape: [units], values: scale }, columns: 1 }],
  start: [],
  constant: rmsEpsilon,
});

const projection = (units: number, matrix: Matrix): DecoderLayer => ({
  kind: "projection",
  units,
  matrices: [{ matrix, columns: 1 }],
  start: [],
});

const conversions: { readonly [Type in LayerType]?: Conversion<SpecOf<Type>> } = {
  dropout: () => [],
  recurrent: cellLayers,
  normalisation: (_, { weight, width: units }) => {
    const matrices = [weight("scale"), weight("shift")].map((matrix) => ({ matrix, columns: 1 }));
    return [{ kind: "layer normalization", units, matrices, start: [], constant: epsilon }];
  },
  residual: ({ over }, { width: units, earlier }) => [
    { kind: "residual connection", units, matrices: [], start: [], detail: earlier(over) },
  ],
  "rms-norm": (_, { weight, width }) => [rmsNormalization(width, weight("scale").values)],
  "causal-convolution": ({ size, units }, { weight }) => [
    {
      kind: "causal convolution",
      units,
      matrices: [{ matrix: weight("kernel"), columns: 1 }],
      start: Array<null>(size - 1).fill(null),
      detail: size,
    },
  ],
  projection: ({ units }, { weight }) => [projection(units, weight("kernel"))],
  "gated-mlp": ({ units }, { weight, width }) => [
    { kind: "silu gate", units, matrices: [{ matrix: weight("kernel"), columns: 2 }], start: [] },
    projection(width, weight("projection")),
  ],
};

const decoderLayers = (layer: LayerSpec, place: Place): DecoderLayer[] | null =>
  (conversions[layer.type] as Conversion<LayerSpec> | undefined)?.(layer, place) ?? null;
