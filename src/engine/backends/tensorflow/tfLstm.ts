/**
 * @file The LSTM. The forward pass is TensorFlow's BlockLSTMV2. Its gradient op adds to the weights' gradients at each step, which is slow; here only
 * the gates' gradients are computed step by step, and one matmul covers all steps.
 */
import {
  concat,
  matMul,
  type Rank,
  split,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  transpose,
  unstack,
  zeros,
} from "../../tfjs.js";
import { previousStates, biasGradient, inputGradients, type Layer, sourceSequence } from "./tfLayer.js";
import { runAll } from "./tfRun.js";
import { backwards } from "./tfSteps.js";

/** Swaps the second and third gate: from Keras's order i f c o to LSTMBlockCell's i c f o, or back. */
const swapGates = <Columns extends Tensor>(gates: Columns): Columns => {
  const [i, second, third, o] = split(gates, 4, -1) as [Columns, Columns, Columns, Columns];
  return concat([i, third, second, o], gates.rank - 1);
};

/** The ops require peephole weights even if peepholes are not used. */
const noPeepholes = (units: number): Tensor1D[] => Array<Tensor1D>(3).fill(zeros([units]));

/** saved: i, c', f, o, g and tanh c', each [time, batch, units]. */
export const lstm: Layer = {
  forward: (pass) => {
    const { time, initial, weights } = pass;
    const [hidden, memory] = initial as [Tensor2D, Tensor2D];
    const joined = concat([weights.kernel, weights.recurrent], 0);
    const peepholes = noPeepholes(weights.recurrent.shape[0]);
    const given = [BigInt(time), sourceSequence(pass), memory, hidden, joined, ...peepholes, weights.bias];
    const results = runAll("BlockLSTMV2", given, 7) as Tensor3D[];
    const outputs = results.pop()!;
    return { states: [outputs, results[1]!], saved: results };
  },
  backward: (pass, outputs, saved, gradients) => {
    const { time, batch, initial, weights } = pass;
    const units = weights.recurrent.shape[0];
    const [hidden, memory] = initial as [Tensor2D, Tensor2D];
    const steps = saved.map((tensor) => unstack(tensor) as Tensor2D[]);
    const memories = [memory, ...steps[1]!]; // c before each step
    const inOrder = swapGates(weights.recurrent);
    const back: Tensor2D = transpose(inOrder);
    // LSTMBlockCellGrad reads only the shapes of the input, the output and the weights; with no inputs, the weights are the recurrent ones.
    const shapesOnly = [zeros<Rank.R2>([batch, 0]), hidden];
    const read = [inOrder, ...noPeepholes(units), weights.bias];
    const { carried, results } = backwards(time, gradients, (t, outputGradient, [memoryGradient]) => {
      const now = steps.map((step) => step[t]!);
      const given = [shapesOnly[0]!, memories[t]!, shapesOnly[1]!, ...read, ...now, memoryGradient!, outputGradient];
      const [earlier, gates] = runAll("LSTMBlockCellGrad", given, 5, { use_peephole: false }) as Tensor2D[];
      return { carried: [matMul<Tensor2D>(gates!, back), earlier!], results: [gates!] };
    });
    const sums: Tensor2D = concat(results.flat(), 0);
    const { source, kernel } = inputGradients(pass.source, swapGates(weights.kernel), sums);
    const recurrent: Tensor2D = matMul(previousStates(outputs, hidden), sums, true, false);
    return {
      source,
      weights: { kernel: swapGates(kernel), recurrent: swapGates(recurrent), bias: swapGates(biasGradient(sums)) },
      initial: carried,
    };
  },
};
