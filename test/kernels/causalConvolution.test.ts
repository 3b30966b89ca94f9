/** @file The causal depthwise convolution against its definition in double precision, its gradients against the definition's transpose, and its carried state. */
import { expect } from "vitest";
import type { Random } from "../../src/common/random.js";
import {
  anySize,
  expectClose,
  expectSameBits,
  floats,
  kernels,
  testKernel,
  unwritten,
  wholeNumber,
} from "./support.js";

type Case = ReturnType<typeof anyCase>;

/** Random sizes; what lies past a row's length is NaN, so that reading it fails the test. */
function anyCase(random: Random) {
  const [time, batch] = [wholeNumber(random, 0, 9), wholeNumber(random, 1, 8)];
  const [width, size] = [anySize(random) + (random() < 0.3 ? 64 : 0), wholeNumber(random, 1, 5)];
  const lengths = random() < 0.6 ? Int32Array.from({ length: batch }, () => wholeNumber(random, 0, time)) : null;
  const padded = (): Float32Array =>
    floats(random, time * batch * width).map((value, index) => {
      const position = Math.floor(index / width);
      return lengths && Math.floor(position / batch) >= lengths[position % batch]! ? NaN : value;
    });
  return {
    sizes: { time, batch, width, size },
    lengths,
    sequence: padded(),
    kernel: floats(random, size * width),
    initial: random() < 0.5 ? floats(random, (size - 1) * batch * width) : null,
    outputsGradient: padded(),
    lastGradient: floats(random, (size - 1) * batch * width),
  };
}

function run({ sizes, lengths, sequence, kernel, initial, outputsGradient, lastGradient }: Case) {
  const read = { ...sizes, lengths, sequence, kernel, initial };
  const results = { outputs: unwritten(sequence.length), last: unwritten(lastGradient.length) };
  kernels.causalConvolutionForward({ ...read, ...results });
  const gradients = {
    sequenceGradient: unwritten(sequence.length),
    initialGradient: unwritten(lastGradient.length),
    kernelGradient: unwritten(kernel.length),
  };
  const rowGradients = unwritten(sizes.batch * kernel.length);
  kernels.causalConvolutionBackward({ ...read, outputsGradient, lastGradient, rowGradients, ...gradients });
  return { ...results, ...gradients };
}

/** The definition, one product at a time; each adds to the gradients of both factors. */
function reference({ sizes, lengths, sequence, kernel, initial, outputsGradient, lastGradient }: Case) {
  const { time, batch, width, size } = sizes;
  const zeros = (count: number): Float64Array => new Float64Array(count);
  const found = {
    outputs: zeros(sequence.length),
    last: zeros(lastGradient.length),
    sequenceGradient: zeros(sequence.length),
    initialGradient: zeros(lastGradient.length),
    kernelGradient: zeros(kernel.length),
  };
  for (let row = 0; row < batch; row++) {
    const length = lengths?.[row] ?? time;
    for (let column = 0; column < width; column++) {
      const at = (step: number): number => (step * batch + row) * width + column;
      const inputAt = (step: number): number =>
        step >= 0 ? sequence[at(step)]! : (initial?.[at(step + size - 1)] ?? 0);
      const add = (step: number, slope: number): void => {
        if (step >= 0) found.sequenceGradient[at(step)]! += slope;
        else found.initialGradient[at(step + size - 1)]! += slope;
      };
      for (let step = 0; step < length; step++)
        for (let i = 0; i < size; i++) {
          const [weight, slope, read] = [i * width + column, outputsGradient[at(step)]!, step + 1 - size + i];
          found.outputs[at(step)]! += kernel[weight]! * inputAt(read);
          found.kernelGradient[weight]! += slope * inputAt(read);
          add(read, slope * kernel[weight]!);
        }
      for (let i = 0; i + 1 < size; i++) {
        found.last[at(i)] = inputAt(length + 1 - size + i);
        add(length + 1 - size + i, lastGradient[at(i)]!);
      }
    }
  }
  return found;
}

testKernel("causalConvolution: outputs, last inputs and gradients follow the definition", 40, (random) => {
  const one = anyCase(random);
  const [actual, expected] = [run(one), reference(one)];
  for (const name of Object.keys(expected) as (keyof typeof expected)[])
    expectClose(actual[name], expected[name], 1e-4);
});

testKernel("causalConvolution: a sequence in two parts gives the outputs of the whole one", 10, (random) => {
  const one = anyCase(random);
  const { time, batch, width, size } = one.sizes;
  const first = wholeNumber(random, 0, time);
  const whole = { ...one, lengths: null, sequence: floats(random, time * batch * width) };
  const part = (from: number, to: number, initial: Float32Array | null) => {
    const sequence = whole.sequence.slice(from * batch * width, to * batch * width);
    const results = { outputs: unwritten(sequence.length), last: unwritten((size - 1) * batch * width) };
    const read = { lengths: null, sequence, kernel: one.kernel, initial };
    kernels.causalConvolutionForward({ ...one.sizes, time: to - from, ...read, ...results });
    return results;
  };
  const all = part(0, time, one.initial);
  const before = part(0, first, one.initial);
  const after = part(first, time, before.last);
  expect([...before.outputs, ...after.outputs]).toEqual([...all.outputs]);
  expect(after.last).toEqual(all.last);
});

testKernel("causalConvolution: the number of threads changes no bit, and padding is never read", 10, (random) => {
  const one = anyCase(random);
  expectSameBits(() => Object.values(run(one)));
  for (const values of Object.values(run(one))) expect(values.some(Number.isNaN)).toBe(false);
});
