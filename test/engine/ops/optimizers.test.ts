/** @file The optimizers on every backend against their definitions; values that they must not change. */
import { clone, tensor, type Tensor, tidy, variable, type Variable } from "../../support/tfjs.js";
import { expect, test } from "vitest";
import { describeBackends, selectBackend, setThreads } from "../../../src/engine/backends/index.js";
import { createSlots, type Slots, updateWeights } from "../../../src/engine/ops/updateWeights.js";
import { type BackendName, type OptimizerName, optimizerNames } from "../../../src/common/names.js";
import { backendsHere, bitsOf, difference, withoutNative, randomValues, type Values } from "../support.js";

const names = optimizerNames;
const constants = { momentum: 0.9, weightDecay: 0.1 };
const weightsOf = (shapes: number[][]): Values[] => shapes.map((shape, index) => randomValues(shape, "weights", index));
const gradientsOf = (shapes: number[][], step: number): Values[] =>
  shapes.map((shape, index) => randomValues(shape, "gradient", index, step));
const tensorOf = ({ shape, values }: Values): Tensor => tensor(values.slice(), shape);

type Outcome = { weights: Float32Array[]; slots: Float32Array[]; norms: number[] };

/** Three steps from the same initial weights. */
async function steps(name: OptimizerName, backend: BackendName, shapes: number[][], clip?: number): Promise<Outcome> {
  await selectBackend(backend);
  const variables = weightsOf(shapes).map((values) => variable(tensorOf(values)));
  const slots = createSlots(name, variables);
  const norms = [1, 2, 3].map((step) =>
    tidy(
      () =>
        updateWeights(name, variables, gradientsOf(shapes, step).map(tensorOf), slots, {
          step,
          learningRate: 0.01,
          ...constants,
          clip,
        }).norm,
    ),
  );
  return { weights: take(variables), slots: take(Object.values(slots).flat()), norms };
}

/** Returns the values of the variables and disposes of them. */
function take(variables: Variable[]): Float32Array[] {
  const values = variables.map((weights) => Float32Array.from(weights.dataSync()));
  for (const weights of variables) weights.dispose();
  return values;
}

const shapes = [[40, 33], [7], [1], [129, 130]];

for (const name of names) {
  for (const backend of backendsHere) {
    test(`updateWeights: ${name} on ${backend} matches the reference`, async () => {
      for (const clip of [undefined, 0.5]) {
        const actual = await steps(name, backend, shapes, clip);
        const expected = await steps(name, "cpu", shapes, clip);
        expect(difference(actual.weights, expected.weights)).toBeLessThan(1e-6);
        expect(difference(actual.slots, expected.slots)).toBeLessThan(1e-6);
        expect(difference([Float32Array.from(actual.norms)], [Float32Array.from(expected.norms)])).toBeLessThan(2e-5);
      }
    });

    test(`updateWeights: ${name} on ${backend} changes nothing if the norm is not finite`, async () => {
      await selectBackend(backend);
      const variables = weightsOf([[5], [2]]).map((values) => variable(tensorOf(values)));
      const slots = createSlots(name, variables);
      for (const bad of [NaN, Infinity]) {
        const { norm } = tidy(() =>
          updateWeights(name, variables, [tensor([1, 1, 1, 1, 1]), tensor([bad, 0])], slots, {
            step: 1,
            learningRate: 0.1,
            ...constants,
            clip: 1,
          }),
        );
        expect(norm).not.toBeLessThan(Infinity);
      }
      expect(take(variables)).toEqual(weightsOf([[5], [2]]).map(({ values }) => values));
      for (const values of take(Object.values(slots).flat())) expect(values.every((value) => value === 0)).toBe(true);
    });
  }
}

for (const backend of backendsHere) {
  const one = async (
    name: OptimizerName,
    gradient: number[],
    options: { step: number; learningRate: number; clip?: number },
  ) => {
    await selectBackend(backend);
    const variables = [variable(tensor([1, 1]))];
    const slots: Slots = createSlots(name, variables);
    const { norm } = updateWeights(name, variables, [tensor(gradient)], slots, { ...constants, ...options });
    return { norm, weights: [...take(variables)[0]!], slots: take(Object.values(slots).flat()) };
  };

  test(`updateWeights: the first step of adam on ${backend} has the size of the learning rate`, async () => {
    const { weights } = await one("adam", [5, -0.01], { step: 1, learningRate: 0.1 });
    expect(weights[0]).toBeCloseTo(0.9, 5);
    expect(weights[1]).toBeCloseTo(1.1, 5);
  });

  test(`updateWeights: sgd on ${backend} subtracts the gradient scaled to the clipping norm`, async () => {
    const { norm, weights } = await one("sgd", [3, 4], { step: 1, learningRate: 1, clip: 1 });
    expect(norm).toBe(5);
    expect(weights[0]).toBeCloseTo(0.4, 6);
    expect(weights[1]).toBeCloseTo(0.2, 6);
  });

  test(`updateWeights: an update on ${backend} changes only the variable, not the arrays, tensors and copies related to it`, async () => {
    await selectBackend(backend);
    const array = Float32Array.from([1, 2]);
    const initial = tensor(array);
    const weights = variable(initial);
    const copy = clone(weights);
    const read = weights.dataSync();
    const slots = createSlots("sgd", [weights]);
    for (const step of [1, 2])
      updateWeights("sgd", [weights], [tensor([1, 1])], slots, { ...constants, step, learningRate: 1 });
    expect([...weights.dataSync()]).not.toEqual([1, 2]);
    for (const value of [array, initial.dataSync(), copy.dataSync(), read]) expect([...value]).toEqual([1, 2]);
  });
}

test.skipIf(withoutNative)("updateWeights: the number of threads changes no bit", async () => {
  const { threads } = describeBackends();
  for (const name of names) {
    setThreads(1);
    const one = await steps(name, "native", shapes, 1);
    setThreads(2);
    const two = await steps(name, "native", shapes, 1);
    expect(two.norms).toEqual(one.norms);
    expect(two.weights.map(bitsOf)).toEqual(one.weights.map(bitsOf));
  }
  setThreads(threads);
});
