/** @file A network's weights for the engine's decoder, if it can run the network. */
import type { CellWeights } from "../engine/ops/cell.js";
import type { DecoderWeights } from "../engine/ops/decoder.js";
import type { Tensor, Tensor1D, Tensor2D } from "../engine/tfjs.js";
import { cellNamed } from "./cells.js";
import { headBias, headKernel, layerName, type Network } from "./network.js";

/** Null unless the network is an embedding and recurrent layers of one cell and one direction that start from zeros. Dropout is ignored. */
export function decoderWeights({ spec, weights }: Network): DecoderWeights | null {
  const weight = (name: string): Tensor => weights.get(name)!;
  const [first, ...others] = [...spec.layers.entries()].filter(([, { type }]) => type !== "dropout");
  const names = new Set<string>();
  const layers: CellWeights[] = [];
  for (const [index, layer] of others) {
    if (layer.type !== "recurrent" || layer.bidirectional || layer.learnedStart) return null;
    const direction = `${layerName(layer, index)}/forward`;
    layers.push({
      kernel: weight(`${direction}/kernel`) as Tensor2D,
      recurrent: weight(`${direction}/recurrent`) as Tensor2D,
      bias: weight(`${direction}/bias`),
    });
    names.add(layer.cell);
  }
  const [cell] = names;
  if (cell === undefined || names.size > 1 || first === undefined) return null;
  const { gates, states } = cellNamed(cell);
  const table = weight(`${layerName(first[1], first[0])}/table`) as Tensor2D;
  const tied = spec.tied ?? false;
  return {
    cell,
    gates,
    states,
    table,
    layers,
    head: { kernel: tied ? table : (weight(headKernel) as Tensor2D), bias: weight(headBias) as Tensor1D, tied },
  };
}
