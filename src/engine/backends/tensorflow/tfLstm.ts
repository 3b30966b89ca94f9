/**
 * @file The LSTM: forward TensorFlow's block of all steps. Its block for the way back adds to the weights' gradients at each step; here
 * only the gates' gradients are made step by step, and the products for all steps at once.
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
import { before, biasGradient, inputGradients, type Layer, sequenceOf } from "./tfLayer.js";
import { runAll } from "./tfRun.js";
import { backwards } from "./tfSteps.js";

/** From Keras's order of gates, i f c o, to i c f o, which the block of one step has, or back. */
const swapped = <Columns extends Tensor>(gates: Columns): Columns => {
  const [i, second, third, o] = split(gates, 4, -1) as [Columns, Columns, Columns, Columns];
  return concat([i, third, second, o], gates.rank - 1);
};

/** The blocks ask for weights of peepholes even where there are none. */
const noPeepholes = (units: number): Tensor1D[] => Array<Tensor1D>(3).fill(zeros([units]));

/** kept: i, c', f, o, g and tanh c', each [time, batch, units]. */
export const lstm: Layer = {
  forward: (reading) => {
    const { time, initial, weights } = reading;
    const [hidden, memory] = initial as [Tensor2D, Tensor2D];
    const joined = concat([weights.kernel, weights.recurrent], 0);
    const peepholes = noPeepholes(weights.recurrent.shape[0]);
    const given = [BigInt(time), sequenceOf(reading), memory, hidden, joined, ...peepholes, weights.bias];
    const results = runAll("BlockLSTMV2", given, 7) as Tensor3D[];
    const outputs = results.pop()!;
    return { states: [outputs, results[1]!], kept: results };
  },
  backward: (reading, outputs, kept, gradients) => {
    const { time, batch, initial, weights } = reading;
    const units = weights.recurrent.shape[0];
    const [hidden, memory] = initial as [Tensor2D, Tensor2D];
    const steps = kept.map((tensor) => unstack(tensor) as Tensor2D[]);
    const memories = [memory, ...steps[1]!]; // of c, those before each step
    const inOrder = swapped(weights.recurrent);
    const back: Tensor2D = transpose(inOrder);
    // Of the input, the output and the weights the block reads the shapes alone: without inputs, the weights are the recurrent ones.
    const unread = [zeros<Rank.R2>([batch, 0]), hidden];
    const read = [inOrder, ...noPeepholes(units), weights.bias];
    const { carried, results } = backwards(time, gradients, (t, ofOutput, [ofMemory]) => {
      const now = steps.map((step) => step[t]!);
      const given = [unread[0]!, memories[t]!, unread[1]!, ...read, ...now, ofMemory!, ofOutput];
      const [earlier, gates] = runAll("LSTMBlockCellGrad", given, 5, { use_peephole: false }) as Tensor2D[];
      return { carried: [matMul<Tensor2D>(gates!, back), earlier!], results: [gates!] };
    });
    const sums: Tensor2D = concat(results.flat(), 0);
    const { source, kernel } = inputGradients(reading.source, swapped(weights.kernel), sums);
    const recurrent: Tensor2D = matMul(before(outputs, hidden), sums, true, false);
    return {
      source,
      weights: { kernel: swapped(kernel), recurrent: swapped(recurrent), bias: swapped(biasGradient(sums)) },
      initial: carried,
    };
  },
};
