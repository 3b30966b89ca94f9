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
  before,
  biasGradient,
  inputGradients,
  inputProducts,
  type Layer,
  type LayerWeights,
  sequenceOf,
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

/** With the reset after the recurrent product: TensorFlow has no block for it, so the inputs' products are made for all steps at once. */
export const gru: Layer = {
  forward: (reading) => {
    const { time, batch, initial, weights } = reading;
    const units = weights.recurrent.shape[0];
    const [inputBias, recurrentBias] = unstack(weights.bias);
    const sizes = [2 * units, units];
    const [ofGates, ofCandidate] = split(inputProducts(reading, inputBias!), sizes, 1).map((part, index) =>
      unstack(reshape<Rank.R3>(part, [time, batch, sizes[index]!])),
    ) as [Tensor2D[], Tensor2D[]];
    const { states, kept } = forwards(time, initial[0]!, (t, hidden): [Tensor2D, ...Tensor2D[]] => {
      const products = add(matMul(hidden, weights.recurrent), recurrentBias!);
      const [gateProducts, past] = split(products, sizes, 1) as [Tensor2D, Tensor2D];
      const gates = run("Sigmoid", [add(ofGates[t]!, gateProducts)]);
      const [z, r] = split(gates, 2, 1) as [Tensor2D, Tensor2D];
      const candidate = run("Tanh", [add(ofCandidate[t]!, mul(r, past))]) as Tensor2D;
      return [add(candidate, mul(z, sub(hidden, candidate))), z, r, past, candidate];
    });
    return { states: [stack(states) as Tensor3D], kept: kept.flat() };
  },
  backward: (reading, outputs, kept, gradients) => {
    const { time, initial, weights } = reading;
    const units = weights.recurrent.shape[0];
    const found = before(outputs, initial[0]!); // [time · batch, units]
    const hidden = split(found, time, 0);
    const transposed: Tensor2D = transpose(weights.recurrent);
    const { carried, results } = backwards(time, gradients, (t, gradient) => {
      const [z, r, past, candidate] = kept.slice(4 * t, 4 * t + 4) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const passed: Tensor2D = mul(gradient, z);
      const ofCandidate = gradientOf.tanh(candidate, sub(gradient, passed));
      const ofUpdate = gradientOf.sigmoid(z, mul(gradient, sub(hidden[t]!, candidate)));
      const ofReset = gradientOf.sigmoid(r, mul(ofCandidate, past));
      const products: Tensor2D = concat([ofUpdate, ofReset, mul(ofCandidate, r)], 1);
      const back: Tensor2D = matMul(products, transposed);
      return { carried: [add<Tensor2D>(passed, back)], results: [products, ofCandidate] };
    });
    const ofProducts: Tensor2D = concat(
      results.map(([products]) => products!),
      0,
    );
    const ofCandidates: Tensor2D = concat(
      results.map(([, candidate]) => candidate!),
      0,
    );
    const ofInputs: Tensor2D = concat([columns(ofProducts, 0, 2 * units), ofCandidates], 1);
    const { source, kernel } = inputGradients(reading.source, weights.kernel, ofInputs);
    const recurrent: Tensor2D = matMul(found, ofProducts, true, false);
    const bias = stack([biasGradient(ofInputs), biasGradient(ofProducts)]);
    return { source, weights: { kernel, recurrent, bias }, initial: carried };
  },
};

/** The weights as the block has them: input's and recurrent's in one, gates in the order r z and the candidate apart. */
function blockWeights({ kernel, recurrent, bias }: LayerWeights): Tensor[] {
  const units = recurrent.shape[0];
  const joined: Tensor2D = concat([kernel, recurrent], 0);
  const [biasZ, biasR, biasC] = split(bias, 3, 0);
  const [z, r, candidate] = [0, 1, 2].map((gate) => columns(joined, gate * units, units));
  return [concat([r!, z!], 1), candidate!, concat([biasR!, biasZ!], 0), biasC!];
}

/** With the reset before the recurrent product, as TensorFlow's block of one step. kept: r, z and the candidate of each step. */
export const gruResetBefore: Layer = {
  forward: (reading) => {
    const { time, initial, weights } = reading;
    const inputs = unstack(sequenceOf(reading));
    const own = blockWeights(weights);
    const { states, kept } = forwards(time, initial[0]!, (t, hidden): [Tensor2D, ...Tensor2D[]] => {
      const [r, z, candidate, next] = runAll("GRUBlockCell", [inputs[t]!, hidden, ...own], 4) as Tensor2D[];
      return [next!, r!, z!, candidate!];
    });
    return { states: [stack(states) as Tensor3D], kept: kept.flat() };
  },
  backward: (reading, outputs, kept, gradients) => {
    const { time, batch, initial, weights } = reading;
    const [inputs, units] = [weights.kernel.shape[0], weights.recurrent.shape[0]];
    const sequence = sequenceOf(reading);
    const steps = unstack(sequence);
    const own = blockWeights(weights);
    const found = before(outputs, initial[0]!); // [time · batch, units]
    const hidden = split(found, time, 0);
    const { carried, results } = backwards(time, gradients, (t, gradient) => {
      const given = [steps[t]!, hidden[t]!, ...own, ...kept.slice(3 * t, 3 * t + 3), gradient];
      const [ofInput, ofHidden, ofCandidate, ofGates] = runAll("GRUBlockCellGrad", given, 4) as Tensor2D[];
      return { carried: [ofHidden!], results: [ofInput!, ofCandidate!, ofGates!] };
    });
    const read = reshape<Rank.R2>(sequence, [time * batch, inputs]);
    const resets = concat(kept.filter((_, index) => index % 3 === 0) as Tensor2D[], 0);
    const ofCandidates: Tensor2D = concat(
      results.map(([, candidate]) => candidate!),
      0,
    );
    const ofGates: Tensor2D = concat(
      results.map(([, , gates]) => gates!),
      0,
    ); // r z
    const gates: Tensor2D = matMul(concat([read, found], 1), ofGates, true, false);
    const candidate: Tensor2D = matMul(concat([read, mul(resets, found)], 1), ofCandidates, true, false);
    const joined: Tensor2D = concat([columns(gates, units, units), columns(gates, 0, units), candidate], 1);
    const [ofReset, ofUpdate] = split(biasGradient(ofGates), 2, 0);
    return {
      source: sourceGradient(
        reading,
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
        bias: concat([ofUpdate!, ofReset!, biasGradient(ofCandidates)], 0),
      },
      initial: carried,
    };
  },
};
