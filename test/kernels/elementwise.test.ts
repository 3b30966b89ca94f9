/** @file Embedding, normalization, pooling, dropout and the optimizers against plain loops. */
import { expect } from "vitest";
import type { Random } from "../../src/common/random.js";
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

testKernel("embedding: forward gathers rows, backward adds gradients to them", 15, (random) => {
  const [vocabulary, width, count] = [anySize(random), 2 * anySize(random), wholeNumber(random, 0, 200)];
  const table = floats(random, vocabulary * width);
  const tokens = indices(random, count, 0, vocabulary);
  const output = unwritten(count * width);
  kernels.embeddingForward({ vocabulary, width, count, table, tokens, output });
  const row = (values: Float32Array, index: number) => values.subarray(index * width, (index + 1) * width);
  tokens.forEach((token, position) => expect(row(output, position)).toEqual(row(table, token)));

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

testKernel("layerNorm: outputs and gradients match the formula", 15, (random) => {
  const [rows, width, epsilon] = [wholeNumber(random, 0, 200), 1 + anySize(random), 1e-3];
  const [input, gradient] = [floats(random, rows * width), floats(random, rows * width)];
  const [scale, shift] = [floats(random, width), floats(random, width)];
  const [output, ofInput] = [new Float64Array(rows * width), new Float64Array(rows * width)];
  const [ofScale, ofShift] = [new Float64Array(width), new Float64Array(width)];
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / width;
  for (let row = 0; row < rows; row++) {
    const of = (values: Float32Array) => Float64Array.from(values.subarray(row * width, (row + 1) * width));
    const average = mean(of(input));
    const factor = 1 / Math.sqrt(mean(of(input).map((value) => (value - average) ** 2)) + epsilon);
    const normal = of(input).map((value) => (value - average) * factor);
    const scaled = of(gradient).map((value, column) => value * scale[column]!);
    const [meanGradient, product] = [mean(scaled), mean(scaled.map((value, column) => value * normal[column]!))];
    for (let column = 0; column < width; column++) {
      output[row * width + column] = normal[column]! * scale[column]! + shift[column]!;
      ofInput[row * width + column] = factor * (scaled[column]! - meanGradient - normal[column]! * product);
      ofScale[column]! += gradient[row * width + column]! * normal[column]!;
      ofShift[column]! += gradient[row * width + column]!;
    }
  }
  const run = () => {
    const results = [rows * width, rows * width, width, width].map(unwritten);
    const [made, inputGradient, scaleGradient, shiftGradient] = results as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const given = { rows, width, epsilon, input, scale };
    kernels.layerNormForward({ ...given, shift, output: made });
    const gradients = { inputGradient, scaleGradient, shiftGradient };
    kernels.layerNormBackward({ ...given, gradient, moments: unwritten(2 * rows), ...gradients });
    return results;
  };
  for (const [index, expected] of [output, ofInput, ofScale, ofShift].entries())
    expectClose(run()[index]!, expected, 1e-4);
  expectSameBits(run);
});

testKernel("pooling: mean and maximum cover each row's own length", 15, (random) => {
  const [time, batch, width] = [wholeNumber(random, 0, 9), wholeNumber(random, 1, 6), anySize(random)];
  const lengths = random() < 0.7 ? Int32Array.from({ length: batch }, () => wholeNumber(random, 0, time)) : null;
  const sizes = { time, batch, width };
  const columns = {
    mean: { ...sizes, stride: 2 * width, offset: 0 },
    max: { ...sizes, stride: 2 * width, offset: width },
  };
  const lengthOf = (row: number) => lengths?.[row] ?? time;
  const sequence = floats(random, time * batch * width).map((value, index) => {
    const position = Math.floor(index / width);
    return Math.floor(position / batch) < lengthOf(position % batch) ? value : NaN;
  });
  const gradient = floats(random, batch * 2 * width);
  const output = unwritten(batch * 2 * width);
  const positions = new Int32Array(batch * width);
  const [of, ofMean, ofMax] = [unwritten(sequence.length), unwritten(sequence.length), unwritten(sequence.length)];
  kernels.poolMeanForward({ ...columns.mean, lengths, sequence, output });
  kernels.poolMaxForward({ ...columns.max, lengths, sequence, output, positions });
  const backwards = { lengths, gradient, positions };
  kernels.poolMeanBackward({ ...columns.mean, ...backwards, accumulate: false, sequenceGradient: ofMean });
  kernels.poolMaxBackward({ ...columns.max, ...backwards, accumulate: false, sequenceGradient: ofMax });
  kernels.poolMaxBackward({ ...columns.max, ...backwards, accumulate: false, sequenceGradient: of });
  kernels.poolMeanBackward({ ...columns.mean, ...backwards, accumulate: true, sequenceGradient: of });

  const indexOf = (t: number, index: number) => t * batch * width + index;
  for (let index = 0; index < batch * width; index++) {
    const row = Math.floor(index / width);
    const length = lengthOf(row);
    const at = row * 2 * width + (index % width);
    const values = Array.from({ length }, (_, t) => sequence[indexOf(t, index)]!);
    const highest = values.indexOf(Math.max(...values));
    expect(output[at]).toBeCloseTo(length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / length, 5);
    expect(output[at + width]).toBe(length === 0 ? 0 : values[highest]);
    expect(positions[index]).toBe(highest);
    for (let t = 0; t < time; t++) {
      expect(ofMean[indexOf(t, index)]).toBeCloseTo(t < length ? gradient[at]! / length : 0, 5);
      expect(ofMax[indexOf(t, index)]).toBe(t === highest ? gradient[at + width] : 0);
      expect(of[indexOf(t, index)]).toBeCloseTo(ofMean[indexOf(t, index)]! + ofMax[indexOf(t, index)]!, 5);
    }
  }
});

testKernel("dropout: elements are dropped and scaled by seed and position alone", 4, (random) => {
  const count = 100_000;
  const rate = random();
  const seed = wholeNumber(random, -(2 ** 31), 2 ** 31 - 1);
  const input = new Float32Array(count).fill(1);
  const drop = (drawSeed: number, size = count) => {
    const output = unwritten(size);
    const each = { run: 1, period: count };
    kernels.dropout({ count: size, rate, seed: drawSeed, ...each, input: input.subarray(0, size), output });
    return output;
  };
  const output = drop(seed);
  const kept = output.filter((value) => value !== 0);
  expect(Math.abs(kept.length / count - (1 - rate))).toBeLessThan(0.01);
  expectClose(kept, new Float32Array(kept.length).fill(1 / (1 - rate)));
  expect(bits(drop(seed, 999))).toBe(bits(output.subarray(0, 999)));
  expectSameBits(() => [drop(seed)]);
  const equal = drop(seed ^ 1).filter((value, index) => (value === 0) === (output[index] === 0)).length / count;
  expect(Math.abs(equal - (rate ** 2 + (1 - rate) ** 2))).toBeLessThan(0.01); // as for independent masks
});

/** Weights of several tensors, including an empty one and one of several blocks. */
function anyWeights(random: Random) {
  const sizes = Int32Array.of(wholeNumber(random, 0, 40_000), 0, 1, anySize(random), wholeNumber(random, 0, 20_000));
  const like = (change = (value: number) => value) => Array.from(sizes, (size) => floats(random, size).map(change));
  return { tensors: sizes.length, sizes, gradients: like(), weights: like(), slots: [like(), like(Math.abs)] as const };
}

type Updated = { weights: Float32Array[]; slots: readonly Float32Array[][]; norm: Float64Array };
type Expected = (weight: number, gradient: number, slots: readonly [number, number]) => [number, ...number[]];

/** Compares an update clipped to half its norm with its definition; then checks that a NaN gradient changes nothing. */
function checkUpdate(
  random: Random,
  run: (given: ReturnType<typeof anyWeights> & Updated & { clip: number }) => void,
  expected: Expected,
): void {
  const given = anyWeights(random);
  const norm = Math.sqrt(given.gradients.flatMap((one) => [...one]).reduce((sum, value) => sum + value ** 2, 0));
  const copyOf = (lists: Float32Array[]) => lists.map((values) => values.slice());
  const update = (): Updated => {
    const result = {
      weights: copyOf(given.weights),
      slots: given.slots.map(copyOf) as never,
      norm: new Float64Array(1),
    };
    run({ ...given, ...result, clip: norm / 2 });
    return result;
  };
  const result = update();
  expect(Math.abs(result.norm[0]! - norm)).toBeLessThanOrEqual(1e-10 * norm);
  for (const [tensor, weights] of given.weights.entries()) {
    const updated = Array.from(weights, (weight, index) =>
      expected(weight, given.gradients[tensor]![index]! / 2, [
        given.slots[0][tensor]![index]!,
        given.slots[1][tensor]![index]!,
      ]),
    );
    expectClose(
      result.weights[tensor]!,
      updated.map(([weight]) => weight),
    );
    for (const [slot, values] of result.slots.entries()) {
      const expectedSlot = updated.map((all, index) => all[slot + 1] ?? given.slots[slot]![tensor]![index]!);
      expectClose(values[tensor]!, expectedSlot);
    }
  }
  expectSameBits(() => {
    const { weights, slots, norm: of } = update();
    return [...weights, ...slots.flat(), of];
  });
  if (given.sizes[0] === 0) return;
  given.gradients[0]![0] = NaN;
  const unchanged = update();
  expect(unchanged.norm[0]).toBeNaN();
  expect(unchanged.weights.map(bits)).toEqual(given.weights.map(bits));
  expect(unchanged.slots.flat().map(bits)).toEqual(given.slots.flat().map(bits));
}

const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, correction1: 1.5, correction2: 1.2 };
testKernel("adamUpdate: updates match the definition, with decoupled weight decay", 6, (random) => {
  const weightDecay = random() < 0.5 ? 0 : 0.3;
  checkUpdate(
    random,
    ({ slots: [means, variances], ...given }) =>
      kernels.adamUpdate({ ...given, ...adam, weightDecay, means: means, variances: variances }),
    (weight, gradient, [mean, variance]) => {
      const m = 0.9 * mean + 0.1 * gradient;
      const v = 0.999 * variance + 0.001 * gradient ** 2;
      return [weight * (1 - 0.01 * weightDecay) - (0.01 * m * 1.5) / (Math.sqrt(v * 1.2) + 1e-8), m, v];
    },
  );
});

testKernel("sgdUpdate: updates match the definition", 4, (random) =>
  checkUpdate(
    random,
    (given) => kernels.sgdUpdate({ ...given, learningRate: 0.1 }),
    (weight, gradient) => [weight - 0.1 * gradient],
  ),
);

testKernel("momentumUpdate: updates match the definition, with and without Nesterov", 6, (random) => {
  const nesterov = random() < 0.5;
  checkUpdate(
    random,
    ({ slots: [velocities], ...given }) =>
      kernels.momentumUpdate({ ...given, learningRate: 0.1, momentum: 0.9, nesterov, velocities: velocities }),
    (weight, gradient, [velocity]) => {
      const next = 0.9 * velocity + gradient;
      return [weight - 0.1 * (nesterov ? gradient + 0.9 * next : next), next];
    },
  );
});

testKernel("rmspropUpdate: updates match the definition", 4, (random) =>
  checkUpdate(
    random,
    ({ slots: [, squares], ...given }) =>
      kernels.rmspropUpdate({ ...given, learningRate: 0.01, beta: 0.9, epsilon: 1e-8, squares: squares }),
    (weight, gradient, [untouched, square]) => {
      const next = 0.9 * square + 0.1 * gradient ** 2;
      return [weight - (0.01 * gradient) / (Math.sqrt(next) + 1e-8), untouched, next];
    },
  ),
);
