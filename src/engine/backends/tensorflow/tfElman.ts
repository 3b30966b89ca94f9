/** @file Cells of one gate: one matmul for the inputs of all steps, then a matmul of the hidden state and an activation per step. */
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
import { previousStates, biasGradient, inputGradients, inputProjections, type Layer } from "./tfLayer.js";
import { run } from "./tfRun.js";
import { backwards, forwards } from "./tfSteps.js";

type Activation = {
  forward: (sums: Tensor) => Tensor;
  /** @param result of the activation @param gradient of that result */
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

/** h' = f(x W + h U + b); isResidual adds h to it. */
const elman = (activation: Activation, isResidual: boolean): Layer => ({
  forward: (pass) => {
    const { time, batch, initial, weights } = pass;
    const units = weights.recurrent.shape[0];
    const projections = unstack(
      reshape<Rank.R3>(inputProjections(pass, weights.bias), [time, batch, units]),
    ) as Tensor2D[];
    const { states, saved } = forwards(time, initial[0]!, (t, hidden): [Tensor2D, Tensor2D] => {
      const activated = activation.forward(add(projections[t]!, matMul(hidden, weights.recurrent))) as Tensor2D;
      return [isResidual ? add(activated, hidden) : activated, activated];
    });
    return { states: [stack(states) as Tensor3D], saved: isResidual ? saved.flat() : [] };
  },
  backward: (pass, outputs, saved, gradients) => {
    const { time, initial, weights } = pass;
    const earlier = previousStates(outputs, initial[0]!); // [time · batch, units]
    const activated = isResidual ? saved : unstack(outputs);
    const transposed: Tensor2D = transpose(weights.recurrent);
    const { carried, results } = backwards(time, gradients, (t, gradient) => {
      const sumGradient = activation.backward(activated[t]!, gradient) as Tensor2D;
      const back: Tensor2D = matMul(sumGradient, transposed);
      return { carried: [isResidual ? add(back, gradient) : back], results: [sumGradient] };
    });
    const sums = concat<Tensor2D>(results.flat(), 0);
    const { source, kernel } = inputGradients(pass.source, weights.kernel, sums);
    const recurrent: Tensor2D = matMul(earlier, sums, true, false);
    return { source, weights: { kernel, recurrent, bias: biasGradient(sums) }, initial: carried };
  },
});

export const rnn = elman(tanh, false);
export const rnnRelu = elman(relu, false);
export const residual = elman(tanh, true);
