/** @file The head's loss on every backend against its reference, and the reference against the definition. */
import { mul, tensor1d, type Tensor, type Tensor1D, type Tensor2D } from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { crossEntropyHead, crossEntropyHeadReference } from "../../../src/engine/ops/crossEntropyHead.js";
import {
  backendsHere,
  evaluate,
  difference,
  gradientError,
  withoutNative,
  randomIntegers,
  randomValues,
  type Values,
} from "../support.js";
import { casesOf } from "../../support/thorough.js";

const size = fc.integer({ min: 1, max: 40 });

const inputsOf = (rows: number, width: number, classes: number): Values[] => [
  randomValues([rows, width], "inputs"),
  randomValues([width, classes], "kernel"),
  randomValues([classes], "bias"),
];

const run =
  (head: typeof crossEntropyHead, targets: number[], factor = 1) =>
  ([inputs, kernel, bias]: Tensor[]): Tensor[] => {
    const loss = head(inputs as Tensor2D, kernel as Tensor2D, bias as Tensor1D, tensor1d(targets, "int32"));
    return [factor === 1 ? loss : mul(loss, factor)];
  };

for (const backend of backendsHere) {
  test(`crossEntropyHead: loss and gradients on ${backend} match the reference`, async () => {
    await fc.assert(
      fc.asyncProperty(size, size, size, async (rows, width, classes) => {
        const inputs = inputsOf(rows, width, classes);
        const targets = randomIntegers(rows, -1, classes, "targets", rows);
        const actual = await evaluate(backend, inputs, run(crossEntropyHead, targets, width));
        const expected = await evaluate("cpu", inputs, run(crossEntropyHeadReference, targets, width));
        expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
        expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
      }),
      { numRuns: casesOf(10) },
    );
  });

  test(`crossEntropyHead: loss and gradients with tied weights on ${backend} match the reference`, async () => {
    const tied =
      (op: typeof crossEntropyHead): typeof crossEntropyHead =>
      (...[inputs, kernel, bias, targets]) =>
        op(inputs, kernel, bias, targets, { tied: true });
    await fc.assert(
      fc.asyncProperty(size, size, size, async (rows, width, classes) => {
        const [inputs, , bias] = inputsOf(rows, width, classes) as [Values, Values, Values];
        const given = [inputs, randomValues([classes, width], "table"), bias];
        const targets = randomIntegers(rows, -1, classes, "targets", rows);
        const actual = await evaluate(backend, given, run(tied(crossEntropyHead), targets));
        const expected = await evaluate("cpu", given, run(tied(crossEntropyHeadReference), targets));
        expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
        expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
      }),
      { numRuns: casesOf(10) },
    );
  });

  test(`crossEntropyHead: rows with target -1 are ignored on ${backend}, even if all are`, async () => {
    const [inputs, kernel, bias] = inputsOf(4, 3, 5) as [Values, Values, Values];
    const some = await evaluate(backend, [inputs, kernel, bias], run(crossEntropyHead, [2, -1, 4, -1]));
    const rows = {
      shape: [2, 3],
      values: Float32Array.from([...inputs.values.slice(0, 3), ...inputs.values.slice(6, 9)]),
    };
    const two = await evaluate(backend, [rows, kernel, bias], run(crossEntropyHead, [2, 4]));
    expect(difference(some.outputs, two.outputs)).toBeLessThan(2e-5);
    const none = await evaluate(backend, [inputs, kernel, bias], run(crossEntropyHead, [-1, -1, -1, -1]));
    expect(none.outputs[0]![0]).toBe(0);
    for (const gradient of none.gradients) expect(gradient.every((value) => value === 0)).toBe(true);
  });

  test(`crossEntropyHead: a mean over other rows on ${backend} scales loss and gradients`, async () => {
    const inputs = inputsOf(4, 3, 5);
    const overEight: typeof crossEntropyHead = (features, kernel, bias, targets) =>
      crossEntropyHead(features, kernel, bias, targets, { meanOver: 8 });
    const own = await evaluate(backend, inputs, run(crossEntropyHead, [2, -1, 4, -1], 2 / 8));
    const other = await evaluate(backend, inputs, run(overEight, [2, -1, 4, -1]));
    expect(difference(other.outputs, own.outputs)).toBeLessThan(2e-5);
    expect(difference(other.gradients, own.gradients)).toBeLessThan(2e-5);
  });

  test(`crossEntropyHead: the loss of equal logits on ${backend} is the logarithm of the number of classes`, async () => {
    const zeros = inputsOf(3, 2, 7).map(({ shape, values }) => ({ shape, values: values.map(() => 0) }));
    const { outputs } = await evaluate(backend, zeros, run(crossEntropyHead, [0, 3, 6]));
    expect(outputs[0]![0]).toBeCloseTo(Math.log(7), 5);
  });
}

test("crossEntropyHead: the gradients match finite differences", async () => {
  expect(await gradientError(inputsOf(3, 2, 4), run(crossEntropyHeadReference, [1, -1, 3]))).toBeLessThan(0.01);
});

const untrained: typeof crossEntropyHead = (inputs, kernel, bias, targets) =>
  crossEntropyHead(inputs, kernel, bias, targets, { training: false });

test.skipIf(withoutNative)(
  "crossEntropyHead: the gradient of a loss computed without training is an error that says so",
  async () => {
    await selectBackend("native");
    await expect(evaluate("native", inputsOf(2, 2, 2), run(untrained, [0, 1]))).rejects.toThrow("training: true");
  },
);
