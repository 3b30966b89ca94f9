/** @file The softmax head against plain loops in double precision. */
import { expect, test } from "vitest";
import type { Random } from "../../src/common/random.js";
import {
  anySize,
  bits,
  expectClose,
  expectSameBits,
  floats,
  kernels,
  testKernel,
  unwritten,
  wholeNumber,
} from "./support.js";

type Head = ReturnType<typeof anyHead>;

/** A head of random sizes. Rows without a target are NaN, so that reading them fails the test. */
function anyHead(random: Random, most = { rows: 90, classes: 70 }) {
  const [rows, width, classes] = [
    wholeNumber(random, 0, most.rows),
    anySize(random),
    wholeNumber(random, 1, most.classes),
  ];
  const targets = Int32Array.from({ length: rows }, () => (random() < 0.2 ? -1 : wholeNumber(random, 0, classes - 1)));
  const inputs = floats(random, rows * width).map((value, index) =>
    targets[Math.floor(index / width)] === -1 ? NaN : value,
  );
  const kernel = floats(random, width * classes);
  return { rows, width, classes, meanOver: 0, tied: false, inputs, kernel, bias: floats(random, classes), targets };
}

function reference({ rows, width, classes, inputs, kernel, bias, targets }: Head) {
  const counted = targets.filter((target) => target >= 0).length;
  const inputsGradient = new Float64Array(rows * width);
  const kernelGradient = new Float64Array(width * classes);
  const biasGradient = new Float64Array(classes);
  let loss = 0;
  for (const [row, target] of targets.entries()) {
    if (target < 0) continue;
    const logits = Float64Array.from(bias, (start, column) => {
      let sum = start;
      for (let k = 0; k < width; k++) sum += inputs[row * width + k]! * kernel[k * classes + column]!;
      return sum;
    });
    const highest = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
    loss += (Math.log(total) + highest - logits[target]!) / counted;
    logits.forEach((logit, column) => {
      const gradient = (Math.exp(logit - highest) / total - Number(column === target)) / counted;
      biasGradient[column]! += gradient;
      for (let k = 0; k < width; k++) {
        inputsGradient[row * width + k]! += gradient * kernel[k * classes + column]!;
        kernelGradient[k * classes + column]! += gradient * inputs[row * width + k]!;
      }
    });
  }
  return { loss, inputsGradient, kernelGradient, biasGradient };
}

function run(head: Head) {
  const { rows, width, classes } = head;
  const results = {
    loss: new Float64Array(1).fill(NaN),
    inputsGradient: unwritten(rows * width),
    kernelGradient: unwritten(width * classes),
    biasGradient: unwritten(classes),
  };
  kernels.crossEntropyHead({ ...head, ...results });
  return results;
}

testKernel(
  "crossEntropyHead: loss and gradients match the definition, and rows without a target are ignored",
  25,
  (random) => {
    const head = anyHead(random);
    const expected = reference(head);
    const actual = run(head);
    expectClose(Float32Array.from(actual.loss), [expected.loss]);
    expectClose(actual.inputsGradient, expected.inputsGradient);
    expectClose(actual.kernelGradient, expected.kernelGradient);
    expectClose(actual.biasGradient, expected.biasGradient);
  },
);

/** [rows, columns] as [columns, rows]. */
const transposed = (values: Float32Array, rows: number, columns: number): Float32Array =>
  values.map((_, index) => values[(index % rows) * columns + Math.floor(index / rows)]!);

testKernel("crossEntropyHead: tied weights give the same loss and gradients, to the bit", 12, (random) => {
  const head = anyHead(random, { rows: 40, classes: random() < 0.2 ? 3000 : 70 });
  const { width, classes, kernel } = head;
  if (head.targets.filter((target) => target >= 0).length <= 8) return; // a few rows are not packed and are summed in another order
  const plain = run(head);
  const tied = run({ ...head, tied: true, kernel: transposed(kernel, width, classes) });
  expect(tied.loss).toEqual(plain.loss);
  expect(bits(tied.inputsGradient)).toBe(bits(plain.inputsGradient));
  expect(bits(tied.biasGradient)).toBe(bits(plain.biasGradient));
  expectClose(transposed(tied.kernelGradient, classes, width), plain.kernelGradient);
});

testKernel("crossEntropyHead: tied weights over a few rows match the definition", 8, (random) => {
  const head = anyHead(random, { rows: 9, classes: 70 });
  const expected = reference(head);
  const tied = run({ ...head, tied: true, kernel: transposed(head.kernel, head.width, head.classes) });
  expectClose(Float32Array.from(tied.loss), [expected.loss]);
  expectClose(transposed(tied.kernelGradient, head.classes, head.width), expected.kernelGradient);
  expectSameBits(() => [run({ ...head, tied: true }).kernelGradient]);
});

testKernel("crossEntropyHead: more classes than fit in a block of rows match the definition", 2, (random) => {
  const head = anyHead(random, { rows: 90, classes: 9000 });
  const expected = reference(head);
  const actual = run(head);
  expectClose(Float32Array.from(actual.loss), [expected.loss]);
  expectClose(actual.inputsGradient, expected.inputsGradient, 1e-4);
  expectClose(actual.kernelGradient, expected.kernelGradient);
});

testKernel("crossEntropyHead: the loss without gradients is the same", 6, (random) => {
  const head = anyHead(random);
  const loss = new Float64Array(1);
  kernels.crossEntropyHead({ ...head, loss, inputsGradient: null, kernelGradient: null, biasGradient: null });
  expect(loss[0]).toBe(run(head).loss[0]);
});

testKernel("crossEntropyHead: the number of threads changes no bit", 4, (random) => {
  const head = anyHead(random, { rows: 300, classes: 2000 });
  expectSameBits(() => Object.values(run(head)));
});

testKernel("crossEntropyHead: large logits do not overflow", 1, () => {
  const loss = new Float64Array(1);
  const head = {
    rows: 1,
    width: 1,
    classes: 3,
    meanOver: 0,
    tied: false,
    inputs: Float32Array.of(1),
    bias: new Float32Array(3),
  };
  const gradients = { inputsGradient: null, kernelGradient: new Float32Array(3), biasGradient: new Float32Array(3) };
  kernels.crossEntropyHead({
    ...head,
    kernel: Float32Array.of(3072, 0, -3072),
    targets: Int32Array.of(1),
    loss,
    ...gradients,
  });
  expect(loss[0]).toBe(3072);
  expect([...gradients.kernelGradient]).toEqual([1, -1, 0]);
});

test("crossEntropyHead: a NaN in the inputs gives a NaN loss", () => {
  const loss = new Float64Array(1);
  const sizes = {
    rows: 1,
    width: 1,
    classes: 2,
    meanOver: 0,
    tied: false,
    kernel: Float32Array.of(1, 2),
    bias: new Float32Array(2),
  };
  const none = { inputsGradient: null, kernelGradient: null, biasGradient: null };
  kernels.crossEntropyHead({ ...sizes, inputs: Float32Array.of(NaN), targets: Int32Array.of(1), loss, ...none });
  expect(loss[0]).toBeNaN();
});
