/** @file Pre-norm residual blocks, the form in which cells without a recurrent matrix are published. */
import type { NetworkOptions } from "../options/networkOptions.js";
import type { LayerSpec } from "./spec.js";

/**
 * For each recurrent layer x + project(cell(norm(x))), then x + MLP(norm(x)); a causal convolution may stand before the cell. Dropout follows the
 * projection and the MLP. A last normalization follows all blocks.
 * @param width of the blocks' inputs and outputs
 */
export function blockLayers(
  { mlp, causalConv }: Pick<NetworkOptions, "mlp" | "causalConv">,
  recurrent: readonly LayerSpec[],
  width: number,
  dropout: readonly LayerSpec[],
): LayerSpec[] {
  const branch = (...layers: LayerSpec[]): LayerSpec[] => {
    const spanned: LayerSpec[] = [{ type: "rms-norm" }, ...layers, ...dropout];
    return [...spanned, { type: "residual", over: spanned.length }];
  };
  const convolution: LayerSpec[] = causalConv ? [{ type: "causal-convolution", size: causalConv, units: width }] : [];
  const units = mlp ?? width;
  return [
    ...recurrent.flatMap((layer) => [
      ...branch(...convolution, layer, { type: "projection", units: width }),
      ...(units > 0 ? branch({ type: "gated-mlp", units }) : []),
    ]),
    { type: "rms-norm" },
  ];
}
