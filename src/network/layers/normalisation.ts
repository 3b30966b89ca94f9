/** @file Layer normalisation (Ba, Kiros & Hinton 2016): y = (x - mean x) / √(variance x + ε) · scale + shift, over the units of each step and row. */
import { add, div, mean, mul, sqrt, square, sub, type Tensor } from "../../engine/tfjs.js";
import { ones, zeros } from "../initialisers.js";
import { type SpecOf, valuesOf, type Weights, withoutState } from "../layer.js";

/** PyTorch's ε: keeps the division finite where all units agree. */
const epsilon = 1e-5;

/** @param values [..., width] @param weights scale and shift, each [width] */
function normalise<Values extends Tensor>(values: Values, { scale, shift }: Weights): Values {
  const centred = sub(values, mean(values, -1, true));
  const variance = mean(square(centred), -1, true); // [..., 1]
  return add(mul(div(centred, sqrt(add(variance, epsilon))), scale!), shift!);
}

export const normalisationLayer = withoutState<SpecOf<"normalisation">>({
  width: (_, inputs) => inputs,
  weights: (_, inputs) => ({
    scale: { shape: [inputs], initialise: ones },
    shift: { shape: [inputs], initialise: zeros },
  }),
  forward: (_, signal, weights) => ({
    ...signal,
    values: normalise(valuesOf(signal), weights),
    ends: signal.ends && normalise(signal.ends, weights),
  }),
});
