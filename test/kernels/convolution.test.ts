/** @file Convolution, attention and flattening against plain loops. Values past a row's length are NaN, so that reading them fails the test. */
import { expect } from "vitest";
import type { Random } from "../../src/common/random.js";
import {
  bits,
  anySize,
  expectClose,
  expectSameBits,
  floats,
  kernels,
  testKernel,
  tolerance,
  unwritten,
  wholeNumber,
} from "./support.js";

function anySequence(random: Random, most: number) {
  const [time, batch, width] = [wholeNumber(random, 1, most), wholeNumber(random, 1, 6), anySize(random)];
  const lengths = random() < 0.7 ? Int32Array.from({ length: batch }, () => wholeNumber(random, 0, time)) : null;
  const lengthOf = (row: number): number => lengths?.[row] ?? time;
  const sequence = floats(random, time * batch * width).map((value, index) => {
    const step = Math.floor(index / width);
    return Math.floor(step / batch) < lengthOf(step % batch) ? value : NaN;
  });
  return { time, batch, width, lengths, lengthOf, sequence };
}

testKernel("convolution: outputs and gradients match the definition", 14, (random) => {
  const { time, batch, width: inputs, lengths, lengthOf, sequence } = anySequence(random, random() < 0.2 ? 300 : 9);
  const [size, filters, offset] = [wholeNumber(random, 1, 5), anySize(random), wholeNumber(random, 0, 3)];
  const same = random() < 0.6;
  const before = same ? Math.floor((size - 1) / 2) : 0;
  const steps = same ? time : Math.max(0, time - size + 1);
  const stride = offset + filters + 1;
  const relu = random() < 0.5;
  const [kernel, bias] = [floats(random, size * inputs * filters), floats(random, filters)];
  const sizes = { time, batch, inputs, size, filters, before, steps, stride, offset, relu, lengths, sequence, kernel };
  const convolve = () => {
    const outputs = unwritten(steps * batch * stride);
    kernels.convolutionForward({ ...sizes, bias, outputs });
    return outputs;
  };
  const outputs = convolve();

  const upstream = floats(random, steps * batch * stride);
  const expected = {
    sequenceGradient: new Float64Array(time * batch * inputs),
    kernelGradient: new Float64Array(size * inputs * filters),
    biasGradient: new Float64Array(filters),
  };
  for (let step = 0; step < steps; step++) {
    for (let row = 0; row < batch; row++) {
      for (let filter = 0; filter < filters; filter++) {
        const at = (step * batch + row) * stride + offset + filter;
        const isThere = step < lengthOf(row) + steps - time;
        let value = isThere ? bias[filter]! : 0;
        const terms: [position: number, weight: number][] = [];
        for (let k = 0; k < (isThere ? size : 0); k++) {
          const t = step - before + k;
          if (t < 0 || t >= lengthOf(row)) continue;
          for (let input = 0; input < inputs; input++)
            terms.push([(t * batch + row) * inputs + input, (k * inputs + input) * filters + filter]);
        }
        for (const [position, weight] of terms) value += sequence[position]! * kernel[weight]!;
        const wanted = relu ? Math.max(0, value) : value;
        expect(Math.abs(outputs[at]! - wanted)).toBeLessThan(tolerance(1e-4));
        if (!isThere || (relu && outputs[at]! <= 0)) continue;
        expected.biasGradient[filter]! += upstream[at]!;
        for (const [position, weight] of terms) {
          expected.sequenceGradient[position]! += upstream[at]! * kernel[weight]!;
          expected.kernelGradient[weight]! += upstream[at]! * sequence[position]!;
        }
      }
    }
  }
  const backwards = (accumulate: boolean, sequenceGradient: Float32Array) => {
    const gradients = { kernelGradient: unwritten(kernel.length), biasGradient: unwritten(filters) };
    kernels.convolutionBackward({
      ...sizes,
      accumulate,
      outputs,
      outputsGradient: upstream,
      sequenceGradient,
      ...gradients,
    });
    return { sequenceGradient, ...gradients };
  };
  const found = backwards(false, unwritten(sequence.length));
  expectClose(found.kernelGradient, expected.kernelGradient, 1e-4);
  expectClose(found.biasGradient, expected.biasGradient, 1e-4);
  expectClose(found.sequenceGradient, expected.sequenceGradient, 1e-4);
  const added = backwards(true, new Float32Array(sequence.length).fill(1)).sequenceGradient;
  expectClose(
    added,
    expected.sequenceGradient.map((value) => value + 1),
    1e-4,
  );
  expectSameBits(() =>
    [convolve(), ...Object.values(backwards(false, unwritten(sequence.length)))].map((values) =>
      values.map((value) => value || 0),
    ),
  );
});

testKernel(
  "attention: the output is the softmax-weighted mean, and the gradients match finite differences",
  8,
  (random) => {
    const { time, batch, width, lengths, lengthOf, sequence } = anySequence(random, 12);
    const hidden = anySize(random);
    const weights = {
      kernel: floats(random, width * hidden),
      bias: floats(random, hidden),
      query: floats(random, hidden),
    };
    const sizes = { time, batch, width, hidden, lengths, sequence };
    const attend = (given = weights) => {
      const results = {
        output: unwritten(batch * width),
        activations: unwritten(time * batch * hidden),
        attention: unwritten(batch * time),
      };
      kernels.attentionForward({ ...sizes, ...given, ...results });
      return results;
    };
    const { output, attention } = attend();
    for (let row = 0; row < batch; row++) {
      const steps = Array.from({ length: lengthOf(row) }, (_, t) =>
        sequence.subarray((t * batch + row) * width, (t * batch + row + 1) * width),
      );
      const scores = steps.map((step) =>
        weights.query.reduce((sum, query, unit) => {
          const projected = step.reduce(
            (total, value, input) => total + value * weights.kernel[input * hidden + unit]!,
            weights.bias[unit]!,
          );
          return sum + query * Math.tanh(projected);
        }, 0),
      );
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      expectClose(
        attention.slice(row * time, row * time + steps.length),
        scores.map((score) => Math.exp(score) / total),
        1e-4,
      );
      const mean = Array.from({ length: width }, (_, input) =>
        steps.reduce((sum, step, t) => sum + (step[input]! * Math.exp(scores[t]!)) / total, 0),
      );
      expectClose(output.slice(row * width, (row + 1) * width), mean, 1e-4);
    }

    const gradient = floats(random, batch * width);
    const backwards = () => {
      const results = {
        sequenceGradient: unwritten(sequence.length),
        kernelGradient: unwritten(width * hidden),
        biasGradient: unwritten(hidden),
        queryGradient: unwritten(hidden),
      };
      const { activations, attention: fractions } = attend();
      kernels.attentionBackward({ ...sizes, ...weights, activations, attention: fractions, gradient, ...results });
      return results;
    };
    const { queryGradient, biasGradient, kernelGradient } = backwards();
    const numericalGradient = (name: keyof typeof weights, at: number): number => {
      const value = (change: number) => {
        const given = {
          ...weights,
          [name]: weights[name].map((weight, index) => (index === at ? weight + change : weight)),
        };
        return attend(given).output.reduce((sum, one, index) => sum + one * gradient[index]!, 0);
      };
      return (value(0.05) - value(-0.05)) / 0.1;
    };
    const [unit, weight] = [wholeNumber(random, 0, hidden - 1), wholeNumber(random, 0, width * hidden - 1)];
    expect(queryGradient[unit]).toBeCloseTo(numericalGradient("query", unit), 1);
    expect(biasGradient[unit]).toBeCloseTo(numericalGradient("bias", unit), 1);
    expect(kernelGradient[weight]).toBeCloseTo(numericalGradient("kernel", weight), 1);
    expectSameBits(() => [attend().output, ...Object.values(backwards())]);
  },
);

testKernel("flatten: the first steps of each row are copied, and so are their gradients", 8, (random) => {
  const { time, batch, width, lengths, lengthOf, sequence } = anySequence(random, 9);
  const steps = wholeNumber(random, 1, 12);
  const sizes = { time, batch, width, steps, lengths };
  const output = unwritten(batch * steps * width);
  kernels.flattenForward({ ...sizes, sequence, output });
  const gradient = floats(random, batch * steps * width);
  const sequenceGradient = unwritten(sequence.length);
  kernels.flattenBackward({ ...sizes, gradient, sequenceGradient });
  for (let row = 0; row < batch; row++) {
    for (let t = 0; t < Math.max(time, steps); t++) {
      const [from, to] = [(t * batch + row) * width, (row * steps + t) * width];
      const isThere = t < lengthOf(row);
      const none = new Float32Array(width);
      if (t < steps) expect(output.slice(to, to + width)).toEqual(isThere ? sequence.slice(from, from + width) : none);
      if (t < time)
        expect(sequenceGradient.slice(from, from + width)).toEqual(
          isThere && t < steps ? gradient.slice(to, to + width) : none,
        );
    }
  }
});

testKernel("copyColumns and add: columns are copied between matrices, and tensors are added", 6, (random) => {
  const [rows, width] = [wholeNumber(random, 0, 3000), anySize(random)];
  const [fromOffset, toOffset] = [wholeNumber(random, 0, 3), wholeNumber(random, 0, 3)];
  const [fromStride, toStride] = [width + fromOffset + 1, width + toOffset + 2];
  const from = floats(random, rows * fromStride);
  const to = floats(random, rows * toStride);
  const copied = to.slice();
  kernels.copyColumns({ rows, width, fromStride, fromOffset, from, toStride, toOffset, to: copied });
  const expected = to.map((value, index) => {
    const [row, column] = [Math.floor(index / toStride), (index % toStride) - toOffset];
    return column >= 0 && column < width ? from[row * fromStride + fromOffset + column]! : value;
  });
  expect(bits(copied)).toBe(bits(expected));
  const output = unwritten(to.length);
  kernels.add({ count: to.length, a: to, b: copied, output });
  expect(bits(output)).toBe(bits(to.map((value, index) => value + copied[index]!)));
});
