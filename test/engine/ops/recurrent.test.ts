/** @file Recurrent layers on every backend against the reference, and its gradient against finite differences. */
import {
  add,
  matMul,
  mul,
  tanh,
  type Tensor,
  tensor,
  tensor2d,
  tidy,
  unstack,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { type Cell, type State, weightShapes } from "../../../src/engine/ops/cell.js";
import { recurrent, recurrentLastStates, recurrentReference } from "../../../src/engine/ops/recurrent.js";
import { cells } from "../../../src/network/cells.js";
import { anyShape, inputsOf, run } from "./layers.js";
import {
  backendsHere,
  evaluate,
  difference,
  gradientError,
  randomIntegers,
  randomValues,
  type Values,
} from "../support.js";
import { casesOf } from "../../support/thorough.js";

const small = { time: 3, batch: 3, inputs: 2, units: 2 };

/** s' = tanh(x W + s U + b) / 2 + s / 2: a cell that no backend has a kernel for. */
const leaky: Cell = {
  name: "leaky",
  gates: 1,
  states: 1,
  biases: 1,
  step: (input, [output], { kernel, recurrent: weights, bias }) => [
    mul(add(tanh(add(add(matMul(input, kernel), matMul(output, weights)), bias)), output), 0.5),
  ],
};

/**
 * The normalization of hgrn multiplies rounding errors by hundreds where all units of a row are near 0. Larger biases and initial states keep its memory
 * positive, and away from 0.
 */
function conditioned(cell: Cell, inputs: Values[], { initial }: { initial: boolean }): Values[] {
  if (cell.name !== "hgrn") return inputs;
  const ofDirection = initial ? 3 : 2; // kernel, bias, memory
  return inputs.map(({ shape, values }, index) => {
    const isSequenceOrKernel = index === 0 || (index - 1) % ofDirection === 0;
    return { shape, values: isSequenceOrKernel ? values : values.map((value) => value + 2) };
  });
}

for (const cell of [...Object.values(cells), leaky]) {
  for (const backend of backendsHere) {
    test(`recurrent: outputs and gradients of ${cell.name} on ${backend} match the reference`, async () => {
      await fc.assert(
        fc.asyncProperty(anyShape, fc.boolean(), async (shape, whole) => {
          const inputs = conditioned(cell, inputsOf(cell, shape), shape);
          const lengths = whole ? null : randomIntegers(shape.batch, 0, shape.time + 1, "lengths");
          const actual = await evaluate(backend, inputs, run(recurrent, cell, shape, lengths));
          const expected = await evaluate("cpu", inputs, run(recurrentReference, cell, shape, lengths));
          expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
          expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
        }),
        { numRuns: casesOf(8) },
      );
    });
  }

  test(`recurrentLastStates: ${cell.name} has the same states and gradients as the whole layer, to the bit`, async () => {
    const shape = { time: 6, batch: 7, inputs: 5, units: 9, directions: 2, initial: true };
    const lengths = [6, 0, 3, 1, 6, 2, 5];
    const both = run(recurrent, cell, shape, lengths);
    const ends = run((...given) => ({ outputs: null, last: recurrentLastStates(...given) }), cell, shape, lengths);
    for (const backend of backendsHere) {
      const whole = await evaluate(backend, inputsOf(cell, shape), (tensors) => both(tensors).slice(1));
      expect(await evaluate(backend, inputsOf(cell, shape), ends)).toEqual(whole);
    }
  });

  test(`recurrent: the gradients of ${cell.name} match finite differences`, async () => {
    const shape = { ...small, directions: 2, initial: true };
    const inputs = inputsOf(cell, shape);
    const elementwise = weightShapes(cell, 1, 1).recurrent[0] === 0; // without recurrent weights in the list
    const [biases, at] = elementwise ? [[2, 5], 2] : [[3, 7], 0];
    for (const index of biases) inputs[index]!.values.set([2, -2], at); // keeps the sums away from kinks, as that of relu
    expect(await gradientError(inputs, run(recurrentReference, cell, shape, [3, 0, 2]))).toBeLessThan(0.01);
  });
}

for (const [cell, vocabulary] of Object.values(cells).flatMap((one) => [4, 30].map((size) => [one, size] as const))) {
  test(`recurrent: ${cell.name} over ${vocabulary} tokens equals the layer over their embeddings`, async () => {
    const shape = { time: 5, batch: 4, inputs: 7, units: 9, directions: 2, initial: true };
    const [, ...weights] = inputsOf(cell, shape);
    const inputs = [randomValues([vocabulary, shape.inputs], "table"), ...weights];
    const tokens = randomIntegers(shape.time * shape.batch, 0, vocabulary, "tokens");
    const of = (layer: typeof recurrent) => (tensors: Tensor[]) => {
      const lookup = { table: tensors[0] as Tensor2D, tokens: tensor2d(tokens, [shape.time, shape.batch], "int32") };
      const byTokens: typeof recurrent = (one, _, ...rest) => layer(one, lookup, ...rest);
      return run(byTokens, cell, shape, [5, 1, 0, 3])(tensors);
    };
    const expected = await evaluate("cpu", inputs, of(recurrentReference));
    for (const backend of backendsHere) {
      const actual = await evaluate(backend, inputs, of(recurrent));
      expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
      expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
    }
  });
}

test("recurrent: a layer applies the cell's step to each input in turn", async () => {
  const shape = { ...small, directions: 1, initial: true };
  const [sequence, kernel, weights, bias, ...initial] = inputsOf(cells.lstm, shape);
  const { outputs } = await evaluate("cpu", [sequence!, kernel!, weights!, bias!, ...initial], (tensors) => {
    const [x, w, u, b, ...state] = tensors as [Tensor3D, Tensor2D, Tensor2D, Tensor1D, Tensor2D, Tensor2D];
    let now: State = state;
    for (const input of unstack(x) as Tensor2D[])
      now = cells.lstm.step(input, now, { kernel: w, recurrent: u, bias: b });
    return [...now, ...run(recurrentReference, cells.lstm, shape, null)(tensors).slice(1)];
  });
  expect(outputs.slice(2)).toEqual(outputs.slice(0, 2));
});

test("recurrent: an empty sequence gives no outputs and the initial states", async () => {
  for (const backend of backendsHere) {
    const shape = { time: 0, batch: 2, inputs: 3, units: 2, directions: 1, initial: true };
    const inputs = inputsOf(cells.lstm, shape);
    await selectBackend(backend);
    tidy(() => {
      const [outputs, hidden] = run(
        recurrent,
        cells.lstm,
        shape,
        null,
      )(inputs.map(({ shape: of, values }) => tensor(values, of)));
      expect(outputs!.shape).toEqual([0, 2, 2]);
      expect(hidden!.dataSync()).toEqual(inputs[4]!.values);
    });
  }
});
