/** @file Gated recurrent units; gates are in Keras's order z r h. */
import {
  add,
  concat,
  matMul,
  mul,
  type Rank,
  reshape,
  slice,
  split,
  stack,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  transpose,
  unstack,
} from "../../tfjs.js";
import {
  previousStates,
  biasGradient,
  inputGradients,
  inputProjections,
  type Layer,
  type LayerWeights,
  sourceSequence,
  sourceGradient,
} from "./tfLayer.js";
import { run, runAll } from "./tfRun.js";
import { backwards, forwards } from "./tfSteps.js";

const gradientOf = {
  tanh: (result: Tensor, gradient: Tensor) => run("TanhGrad", [result, gradient]) as Tensor2D,
  sigmoid: (result: Tensor, gradient: Tensor) => run("SigmoidGrad", [result, gradient]) as Tensor2D,
};

const columns = (matrix: Tensor2D, from: number, count: number): Tensor2D =>
  slice(matrix, [0, from], [matrix.shape[0], count]);

/** The reset gate is applied after the recurrent matmul. TensorFlow has no fused op for it: one matmul covers the inputs of all steps, the rest runs step by step. */
export const gru: Layer = {
  forward: (pass) => {
    const { time, batch, initial, weights } = pass;
    const units = weights.recurrent.shape[0];
    const [inputBias, recurrentBias] = unstack(weights.bias);
    const sizes = [2 * units, units];
    const [gateGradients, candidateGradient] = split(inputProjections(pass, inputBias!), sizes, 1).map((part, index) =>
      unstack(reshape<Rank.R3>(part, [time, batch, sizes[index]!])),
    ) as [Tensor2D[], Tensor2D[]];
    const { states, saved } = forwards(time, initial[0]!, (t, hidden): [Tensor2D, ...Tensor2D[]] => {
      const recurrentSums = add(matMul(hidden, weights.recurrent), recurrentBias!);
      const [gateSums, candidateSums] = split(recurrentSums, sizes, 1) as [Tensor2D, Tensor2D];
      const gates = run("Sigmoid", [add(gateGradients[t]!, gateSums)]);
      const [z, r] = split(gates, 2, 1) as [Tensor2D, Tensor2D];
      const candidate = run("Tanh", [add(candidateGradient[t]!, mul(r, candidateSums))]) as Tensor2D;
      return [add(candidate, mul(z, sub(hidden, candidate))), z, r, candidateSums, candidate];
    });
    return { states: [stack(states) as Tensor3D], saved: saved.flat() };
  },
  backward: (pass, outputs, saved, gradients) => {
    const { time, initial, weights } = pass;
    const units = weights.recurrent.shape[0];
    const earlier = previousStates(outputs, initial[0]!); // [time · batch, units]
    const hidden = split(earlier, time, 0);
    const transposed: Tensor2D = transpose(weights.recurrent);
    const { carried, results } = backwards(time, gradients, (t, gradient) => {
      const [z, r, candidateSums, candidate] = saved.slice(4 * t, 4 * t + 4) as [
        Tensor2D,
        Tensor2D,
        Tensor2D,
        Tensor2D,
      ];
      const throughGate: Tensor2D = mul(gradient, z);
      const candidateGradient = gradientOf.tanh(candidate, sub(gradient, throughGate));
      const updateGradient = gradientOf.sigmoid(z, mul(gradient, sub(hidden[t]!, candidate)));
      const resetGradient = gradientOf.sigmoid(r, mul(candidateGradient, candidateSums));
      const products: Tensor2D = concat([updateGradient, resetGradient, mul(candidateGradient, r)], 1);
      const back: Tensor2D = matMul(products, transposed);
      return { carried: [add<Tensor2D>(throughGate, back)], results: [products, candidateGradient] };
    });
    const recurrentGradients: Tensor2D = concat(
      results.map(([products]) => products!),
      0,
    );
    const candidateGradients: Tensor2D = concat(
      results.map(([, candidate]) => candidate!),
      0,
    );
    const inputGradientsOfGates: Tensor2D = concat([columns(recurrentGradients, 0, 2 * units), candidateGradients], 1);
    const { source, kernel } = inputGradients(pass.source, weights.kernel, inputGradientsOfGates);
    const recurrent: Tensor2D = matMul(earlier, recurrentGradients, true, false);
    const bias = stack([biasGradient(inputGradientsOfGates), biasGradient(recurrentGradients)]);
    return { source, weights: { kernel, recurrent, bias }, initial: carried };
  },
};

/** The weights in the layout of GRUBlockCell: input and recurrent weights joined, gates in the order r z, the candidate separate. */
function blockWeights({ kernel, recurrent, bias }: LayerWeights): Tensor[] {
  const units = recurrent.shape[0];
  const joined: Tensor2D = concat([kernel, recurrent], 0);
  const [biasZ, biasR, biasC] = split(bias, 3, 0);
  const [z, r, candidate] = [0, 1, 2].map((gate) => columns(joined, gate * units, units));
  return [concat([r!, z!], 1), candidate!, concat([biasR!, biasZ!], 0), biasC!];
}

/** The reset gate is applied before the recurrent matmul, as in TensorFlow's GRUBlockCell. saved: r, z and the candidate of each step. */
export const gruResetBefore: Layer = {
  forward: (pass) => {
    const { time, initial, weights } = pass;
    const inputs = unstack(sourceSequence(pass));
    const cellWeights = blockWeights(weights);
    const { states, saved } = forwards(time, initial[0]!, (t, hidden): [Tensor2D, ...Tensor2D[]] => {
      const [r, z, candidate, next] = runAll("GRUBlockCell", [inputs[t]!, hidden, ...cellWeights], 4) as Tensor2D[];
      return [next!, r!, z!, candidate!];
    });
    return { states: [stack(states) as Tensor3D], saved: saved.flat() };
  },
  backward: (pass, outputs, saved, gradients) => {
    const { time, batch, initial, weights } = pass;
    const [inputs, units] = [weights.kernel.shape[0], weights.recurrent.shape[0]];
    const sequence = sourceSequence(pass);
    const steps = unstack(sequence);
    const cellWeights = blockWeights(weights);
    const earlier = previousStates(outputs, initial[0]!); // [time · batch, units]
    const hidden = split(earlier, time, 0);
    const { carried, results } = backwards(time, gradients, (t, gradient) => {
      const given = [steps[t]!, hidden[t]!, ...cellWeights, ...saved.slice(3 * t, 3 * t + 3), gradient];
      const [inputGradient, hiddenGradient, candidateGradient, gateGradients] = runAll(
        "GRUBlockCellGrad",
        given,
        4,
      ) as Tensor2D[];
      return { carried: [hiddenGradient!], results: [inputGradient!, candidateGradient!, gateGradients!] };
    });
    const read = reshape<Rank.R2>(sequence, [time * batch, inputs]);
    const resets = concat(saved.filter((_, index) => index % 3 === 0) as Tensor2D[], 0);
    const candidateGradients: Tensor2D = concat(
      results.map(([, candidate]) => candidate!),
      0,
    );
    const gateGradients: Tensor2D = concat(
      results.map(([, , gates]) => gates!),
      0,
    ); // r z
    const gates: Tensor2D = matMul(concat([read, earlier], 1), gateGradients, true, false);
    const candidate: Tensor2D = matMul(concat([read, mul(resets, earlier)], 1), candidateGradients, true, false);
    const joined: Tensor2D = concat([columns(gates, units, units), columns(gates, 0, units), candidate], 1);
    const [resetGradient, updateGradient] = split(biasGradient(gateGradients), 2, 0);
    return {
      source: sourceGradient(
        pass,
        reshape<Rank.R3>(
          concat<Tensor2D>(
            results.map(([input]) => input!),
            0,
          ),
          sequence.shape,
        ),
      ),
      weights: {
        kernel: slice(joined, [0, 0], [inputs, 3 * units]),
        recurrent: slice(joined, [inputs, 0], [units, 3 * units]),
        bias: concat([updateGradient!, resetGradient!, biasGradient(candidateGradients)], 0),
      },
      initial: carried,
    };
  },
};
