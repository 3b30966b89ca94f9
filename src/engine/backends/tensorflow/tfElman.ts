/** @file The cells of one gate: the inputs' products for all steps at once, then a small product and an activation a step. */
import {
  add,
  concat,
  matMul,
  type Rank,
  reshape,
  stack,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  transpose,
  unstack,
} from "../../tfjs.js";
import { before, biasGradient, inputGradients, inputProducts, type Layer } from "./tfLayer.js";
import { run } from "./tfRun.js";
import { backwards, forwards } from "./tfSteps.js";

type Activation = {
  forward: (sums: Tensor) => Tensor;
  /** From the activation's result and the gradient of it. */
  backward: (result: Tensor, gradient: Tensor) => Tensor;
};

const tanh: Activation = {
  forward: (sums) => run("Tanh", [sums]),
  backward: (result, gradient) => run("TanhGrad", [result, gradient]),
};
const relu: Activation = {
  forward: (sums) => run("Relu", [sums]),
  backward: (result, gradient) => run("ReluGrad", [gradient, result]),
};

/** h' = f(x W + h U + b), or with `onTop` that and h. */
const elman = (activation: Activation, onTop: boolean): Layer => ({
  forward: (reading) => {
    const { time, batch, initial, weights } = reading;
    const units = weights.recurrent.shape[0];
    const products = unstack(
      reshape<Rank.R3>(inputProducts(reading, weights.bias), [time, batch, units]),
    ) as Tensor2D[];
    const { states, kept } = forwards(time, initial[0]!, (t, hidden): [Tensor2D, Tensor2D] => {
      const activated = activation.forward(add(products[t]!, matMul(hidden, weights.recurrent))) as Tensor2D;
      return [onTop ? add(activated, hidden) : activated, activated];
    });
    return { states: [stack(states) as Tensor3D], kept: onTop ? kept.flat() : [] };
  },
  backward: (reading, outputs, kept, gradients) => {
    const { time, initial, weights } = reading;
    const found = before(outputs, initial[0]!); // [time · batch, units]
    const activated = onTop ? kept : unstack(outputs);
    const transposed: Tensor2D = transpose(weights.recurrent);
    const { carried, results } = backwards(time, gradients, (t, gradient) => {
      const ofSum = activation.backward(activated[t]!, gradient) as Tensor2D;
      const back: Tensor2D = matMul(ofSum, transposed);
      return { carried: [onTop ? add(back, gradient) : back], results: [ofSum] };
    });
    const sums = concat<Tensor2D>(results.flat(), 0);
    const { source, kernel } = inputGradients(reading.source, weights.kernel, sums);
    const recurrent: Tensor2D = matMul(found, sums, true, false);
    return { source, weights: { kernel, recurrent, bias: biasGradient(sums) }, initial: carried };
  },
});

export const rnn = elman(tanh, false);
export const rnnRelu = elman(relu, false);
export const residual = elman(tanh, true);
