/** @file A network's weights for the engine's decoder, if it can run the network. */
import type { DecoderWeights, Matrix } from "../engine/ops/decoder.js";
import { cellNamed } from "./cells.js";
import { headBias, headKernel, layerName, type Network } from "./network.js";

/** Null unless the network is an embedding and recurrent layers of one cell with a recurrent matrix, in one direction, that start from zeros, with a full softmax. Dropout is ignored. */
export function decoderWeights(network: Network): DecoderWeights | null {
  const { spec } = network;
  if (spec.adaptive) return null;
  const weight = (name: string): Matrix => network.storedWeight(name);
  const [first, ...others] = [...spec.layers.entries()].filter(([, { type }]) => type !== "dropout");
  const names = new Set<string>();
  const layers: DecoderWeights["layers"] = [];
  for (const [index, layer] of others) {
    if (layer.type !== "recurrent" || layer.bidirectional || layer.learnedStart) return null;
    if (cellNamed(layer.cell).elementwise) return null;
    const direction = `${layerName(layer, index)}/forward`;
    layers.push({
      kernel: weight(`${direction}/kernel`),
      recurrent: weight(`${direction}/recurrent`),
      bias: weight(`${direction}/bias`),
    });
    names.add(layer.cell);
  }
  const [cell] = names;
  if (cell === undefined || names.size > 1 || first === undefined) return null;
  const { gates, states } = cellNamed(cell);
  const table = weight(`${layerName(first[1], first[0])}/table`);
  const tied = spec.tied ?? false;
  return {
    cell,
    gates,
    states,
    table,
    layers,
    head: { kernel: tied ? table : weight(headKernel), bias: weight(headBias), tied },
  };
}
