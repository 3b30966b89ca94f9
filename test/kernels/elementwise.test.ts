/** @file Embedding, pooling, dropout and the optimizers against plain loops. */
import { expect } from "vitest";
import {
  anySize,
  bits,
  expectClose,
  expectSameBits,
  floats,
  indices,
  kernels,
  testKernel,
  unwritten,
  wholeNumber,
} from "./support.js";

testKernel("an embedding gathers rows, and its gradient is their scatter-add", 15, (random) => {
  const [vocabulary, width, count] = [anySize(random), 2 * anySize(random), wholeNumber(random, 0, 200)];
  const table = floats(random, vocabulary * width);
  const tokens = indices(random, count, 0, vocabulary);
  const output = unwritten(count * width);
  kernels.embeddingForward({ vocabulary, width, count, table, tokens, output });
  const row = (values: Float32Array, index: number) => values.subarray(index * width, (index + 1) * width);
  tokens.forEach((token, place) => expect(row(output, place)).toEqual(row(table, token)));

  const gradient = floats(random, count * width);
  const expected = new Float64Array(vocabulary * width);
  gradient.forEach(
    (value, index) => (expected[tokens[Math.floor(index / width)]! * width + (index % width)]! += value),
  );
  const scatter = () => {
    const tableGradient = unwritten(vocabulary * width);
    kernels.embeddingBackward({ vocabulary, width, count, tokens, gradient, tableGradient });
    return tableGradient;
  };
  expectClose(scatter(), expected);
  expectSameBits(() => [scatter()]);
});

testKernel("pooling takes mean and maximum within each row's length", 15, (random) => {
  const [time, batch, width] = [wholeNumber(random, 0, 9), wholeNumber(random, 1, 6), anySize(random)];
  const lengths = random() < 0.7 ? Int32Array.from({ length: batch }, () => wholeNumber(random, 0, time)) : null;
  const sizes = { time, batch, width };
  const lengthOf = (row: number) => lengths?.[row] ?? time;
  const sequence = floats(random, time * batch * width).map((value, index) => {
    const place = Math.floor(index / width);
    return Math.floor(place / batch) < lengthOf(place % batch) ? value : NaN;
  });
  const gradient = floats(random, batch * width);
  const mean = unwritten(batch * width);
  const max = unwritten(batch * width);
  const positions = new Int32Array(batch * width);
  const meanGradient = unwritten(time * batch * width);
  const maxGradient = unwritten(time * batch * width);
  kernels.poolMeanForward({ ...sizes, lengths, sequence, output: mean });
  kernels.poolMaxForward({ ...sizes, lengths, sequence, output: max, positions });
  kernels.poolMeanBackward({ ...sizes, lengths, gradient, sequenceGradient: meanGradient });
  kernels.poolMaxBackward({ ...sizes, positions, gradient, sequenceGradient: maxGradient });

  const place = (t: number, index: number) => t * batch * width + index;
  for (let index = 0; index < batch * width; index++) {
    const length = lengthOf(Math.floor(index / width));
    const values = Array.from({ length }, (_, t) => sequence[place(t, index)]!);
    const highest = values.indexOf(Math.max(...values));
    expect(mean[index]).toBeCloseTo(length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / length, 5);
    expect(max[index]).toBe(length === 0 ? 0 : values[highest]);
    expect(positions[index]).toBe(highest);
    for (let t = 0; t < time; t++) {
      expect(meanGradient[place(t, index)]).toBeCloseTo(t < length ? gradient[index]! / length : 0, 5);
      expect(maxGradient[place(t, index)]).toBe(t === highest ? gradient[index] : 0);
    }
  }
});

testKernel("dropout keeps and scales a share, by seed and position alone", 4, (random) => {
  const count = 100_000;
  const rate = random();
  const seed = wholeNumber(random, -(2 ** 31), 2 ** 31 - 1);
  const input = new Float32Array(count).fill(1);
  const drop = (drawSeed: number, size = count) => {
    const output = unwritten(size);
    kernels.dropout({ count: size, rate, seed: drawSeed, input: input.subarray(0, size), output });
    return output;
  };
  const output = drop(seed);
  const kept = output.filter((value) => value !== 0);
  expect(Math.abs(kept.length / count - (1 - rate))).toBeLessThan(0.01);
  expectClose(kept, new Float32Array(kept.length).fill(1 / (1 - rate)));
  expect(bits(drop(seed, 999))).toBe(bits(output.subarray(0, 999)));
  expectSameBits(() => [drop(seed)]);
  const agreeing = drop(seed ^ 1).filter((value, index) => (value === 0) === (output[index] === 0)).length / count;
  expect(Math.abs(agreeing - (rate ** 2 + (1 - rate) ** 2))).toBeLessThan(0.01); // as independent masks do
});

testKernel("the squared norm is a sum in double precision", 8, (random) => {
  const count = wholeNumber(random, 0, 60_000);
  const values = floats(random, count);
  const norm = () => {
    const sum = new Float64Array(1).fill(NaN);
    kernels.squaredNorm({ count, values, sum });
    return sum;
  };
  const expected = values.reduce((total, value) => total + value * value, 0);
  expect(Math.abs(norm()[0]! - expected)).toBeLessThanOrEqual(1e-10 * expected);
  expectSameBits(() => [norm()]);
});

testKernel("Adam and SGD update as their definitions say", 8, (random) => {
  const count = wholeNumber(random, 0, 40_000);
  const [gradient, weights, mean] = [floats(random, count), floats(random, count), floats(random, count)];
  const variance = floats(random, count).map(Math.abs);
  const settings = {
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    correction1: 1.5,
    correction2: 1.2,
    scale: 0.5,
  };
  const expected = weights.map((weight, index) => {
    const slope = gradient[index]! * 0.5;
    const m = 0.9 * mean[index]! + 0.1 * slope;
    const v = 0.999 * variance[index]! + 0.001 * slope ** 2;
    return weight - (0.01 * m * 1.5) / (Math.sqrt(v * 1.2) + 1e-8);
  });
  expectSameBits(() => {
    const state = { weights: weights.slice(), mean: mean.slice(), variance: variance.slice() };
    kernels.adamUpdate({ count, ...settings, gradient, ...state });
    expectClose(state.weights, expected);
    return Object.values(state);
  });

  const sgd = { count, learningRate: 0.1, momentum: 0.9, scale: 0.5, gradient };
  const plain = weights.slice();
  const moving = weights.slice();
  const velocity = mean.slice();
  kernels.sgdUpdate({ ...sgd, weights: plain, velocity: null });
  kernels.sgdUpdate({ ...sgd, weights: moving, velocity });
  expectClose(
    plain,
    weights.map((weight, index) => weight - 0.05 * gradient[index]!),
  );
  expectClose(
    velocity,
    mean.map((value, index) => 0.9 * value + 0.5 * gradient[index]!),
  );
  expectClose(
    moving,
    weights.map((weight, index) => weight - 0.1 * velocity[index]!),
  );
  expect(bits(velocity)).not.toEqual(bits(mean.slice()));
});
