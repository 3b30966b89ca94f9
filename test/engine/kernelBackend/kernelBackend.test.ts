/** @file The native backend's buffers: used again, never shared with values outside, and no more of them after many steps. */
import * as tf from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { type KernelBackend, activeKernelBackend } from "../../../src/engine/kernelBackend/kernelBackend.js";
import { crossEntropyHead } from "../../../src/engine/ops/crossEntropyHead.js";
import { dropout } from "../../../src/engine/ops/dropout.js";
import { embedding } from "../../../src/engine/ops/embedding.js";
import { createSlots, updateWeights } from "../../../src/engine/ops/updateWeights.js";
import { recurrent } from "../../../src/engine/ops/recurrent.js";
import { cells } from "../../../src/network/cells.js";
import { evaluate, difference, withoutNative, randomValues } from "../support.js";

async function native(): Promise<KernelBackend> {
  await selectBackend("native");
  return activeKernelBackend()!;
}

/** A tensor over a pooled buffer. */
const product = (): tf.Tensor2D => tf.matMul(tf.ones([8, 4]), tf.mul(tf.ones([4, 8]), 2)); // 8 everywhere

/** Overwrites the buffers that disposed tensors returned to the pool. */
function reuse(backend: KernelBackend): void {
  for (let index = 0; index < 20; index++) backend.allocate(64).fill(NaN);
}

test.skipIf(withoutNative)(
  "kernelBackend: the buffer of a disposed tensor is used again for the next tensor of its size",
  async () => {
    const backend = await native();
    const first = product();
    const { buffer } = backend.floats(first);
    first.dispose();
    expect(backend.allocate(64).buffer).toBe(buffer);
  },
);

test.skipIf(withoutNative)(
  "kernelBackend: values that were read stay the same after their tensor is disposed",
  async () => {
    const backend = await native();
    const tensor = product();
    const values = [tensor.dataSync(), await tensor.data(), tensor.bufferSync().values];
    tensor.dispose();
    reuse(backend);
    for (const read of values) expect(new Set(read)).toEqual(new Set([8]));
  },
);

test.skipIf(withoutNative)("kernelBackend: slices, reshapes and copies of a tensor outlive it", async () => {
  const backend = await native();
  const tensor = product();
  const pieces = [
    ...tf.split(tensor, 2, 0),
    ...tf.unstack(tensor),
    tf.slice(tensor, [2, 0], [3, 8]),
    tf.reshape(tensor, [64]),
    tf.clone(tensor),
    tf.transpose(tensor),
    tf.gather(tensor, tf.tensor1d([1, 2], "int32")),
    tf.concat([tensor]),
    tf.cast(tensor, "float32"),
    tf.variable(tensor),
  ];
  tensor.dispose();
  reuse(backend);
  for (const piece of pieces) expect(new Set(piece.dataSync())).toEqual(new Set([8]));
});

test.skipIf(withoutNative)("kernelBackend: a tensor that moves to another backend keeps its values", async () => {
  const backend = await native();
  const tensor = product();
  await selectBackend("cpu");
  const doubled = tf.add(tensor, tensor);
  reuse(backend);
  expect(new Set(doubled.dataSync())).toEqual(new Set([16]));
  expect(new Set(tensor.dataSync())).toEqual(new Set([8]));
});

const make = (...shape: number[]): tf.Variable =>
  tf.tidy(() => tf.variable(tf.randomUniform(shape, -0.1, 0.1, "float32", 1)));

test.skipIf(withoutNative)("kernelBackend: 300 training steps leave as many tensors and buffers as 3", async () => {
  const backend = await native();
  const [vocabulary, width, units, time, batch] = [11, 6, 8, 7, 5];
  const weights = [
    make(vocabulary, width),
    make(width, 4 * units),
    make(units, 4 * units),
    make(4 * units),
    make(units, vocabulary),
    make(vocabulary),
  ];
  const [table, kernel, rows, bias, out, outBias] = weights as unknown as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor1D,
    tf.Tensor2D,
    tf.Tensor1D,
  ];
  const slots = createSlots("adam", weights);
  const tokens = tf.tensor2d(
    Int32Array.from({ length: time * batch }, (_, index) => index % vocabulary),
    [time, batch],
    "int32",
  );
  const targets = tf.tensor1d(
    Int32Array.from({ length: time * batch }, (_, index) => (index + 1) % vocabulary),
    "int32",
  );

  const losses: number[] = [];
  const step = (number: number): void =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => {
        const { outputs } = recurrent(cells.lstm, dropout(embedding(table, tokens), 0.1, number), null, [
          { weights: { kernel, recurrent: rows, bias } },
        ]);
        return crossEntropyHead(tf.reshape(outputs, [time * batch, units]), out, outBias, targets);
      }, weights);
      const { norm } = updateWeights(
        "adam",
        weights,
        weights.map(({ name }) => grads[name]!),
        slots,
        { step: number, learningRate: 0.02, clip: 5, momentum: 0, weightDecay: 0 },
      );
      expect(norm).toBeLessThan(Infinity);
      losses.push(value.dataSync()[0]!);
    });
  const counts = (): unknown => [
    tf.memory().numTensors,
    tf.memory().numDataBuffers,
    backend.pool.created,
    backend.pool.waiting,
    backend.numDataIds(),
  ];

  for (let number = 1; number <= 3; number++) step(number);
  const early = counts();
  for (let number = 4; number <= 300; number++) step(number);
  expect(counts()).toEqual(early);
  expect(losses.at(-1)).toBeLessThan(0.2 * losses[0]!);
});

/** Matrix products of 100 to 399 rows. */
function products(): void {
  for (let rows = 100; rows < 400; rows++) tf.matMul(tf.ones([rows, 4]), tf.ones([4, 16])).dispose();
}

test.skipIf(withoutNative)("kernelBackend: sequences of many lengths share a few buffer sizes", async () => {
  const backend = await native();
  const before = backend.pool.created;
  products();
  const first = backend.pool.created - before;
  products();
  expect(backend.pool.created - before).toBe(first);
  expect(first).toBeLessThan(2 ** 19); // 300 lengths would take 5 MB
});

test.skipIf(withoutNative)(
  "kernelBackend: matmul with any shapes and transpositions matches TF.js, forward and backward",
  async () => {
    const size = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        size,
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        fc.boolean(),
        async (rows, inner, columns, matrices, transposeA, transposeB) => {
          const batch = matrices > 1 ? [matrices] : [];
          const inputs = [
            randomValues([...batch, ...(transposeA ? [inner, rows] : [rows, inner])], "a"),
            randomValues([...batch, ...(transposeB ? [columns, inner] : [inner, columns])], "b"),
            randomValues([columns], "bias"),
          ];
          const run = ([a, b, bias]: tf.Tensor[]): tf.Tensor[] => [
            tf.matMul(a!, b!, transposeA, transposeB),
            tf.fused.matMul({ a: a!, b: b!, transposeA, transposeB, bias: bias! }),
            tf.fused.matMul({ a: a!, b: b!, transposeA, transposeB, bias: bias!, activation: "relu" }),
          ];
          const actual = await evaluate("native", inputs, run);
          const expected = await evaluate("cpu", inputs, run);
          expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
          expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
        },
      ),
      { numRuns: 10 },
    );
  },
);
