/** @file The networks that the engine's decoder can run, and their weights as it takes them. */
import type { CellWeights } from "../engine/ops/cell.js";
import type { DecoderWeights } from "../engine/ops/decoder.js";
import type { Tensor, Tensor1D, Tensor2D } from "../engine/tfjs.js";
import { headBias, headKernel, layerName, type Network } from "./network.js";

/** Null for a network of other layers than an embedding and LSTMs of one direction; dropout is nothing here. */
export function decoderWeights({ spec, weights }: Network): DecoderWeights | null {
  const weight = (name: string): Tensor => weights.get(name)!;
  const layers: CellWeights[] = [];
  for (const [index, layer] of spec.layers.entries()) {
    if (index === 0 || layer.type === "dropout") continue;
    if (layer.type !== "recurrent" || layer.cell !== "lstm" || layer.bidirectional) return null;
    const direction = `${layerName(layer, index)}/forward`;
    layers.push({
      kernel: weight(`${direction}/kernel`) as Tensor2D,
      recurrent: weight(`${direction}/recurrent`) as Tensor2D,
      bias: weight(`${direction}/bias`) as Tensor1D,
    });
  }
  if (layers.length === 0) return null;
  return {
    table: weight(`${layerName(spec.layers[0]!, 0)}/table`) as Tensor2D,
    layers,
    head: { kernel: weight(headKernel) as Tensor2D, bias: weight(headBias) as Tensor1D },
  };
}
