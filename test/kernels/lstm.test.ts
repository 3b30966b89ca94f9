/** @file The LSTM layer against the equations in double precision; its gradients against finite differences of them. */
import { expect } from "vitest";
import type { Random } from "../../src/random.js";
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

type Layer = ReturnType<typeof anyLayer>;

/** Padding holds NaN: whatever reads it shows. */
function anyLayer(random: Random, most = 8) {
  const [time, batch] = [wholeNumber(random, 0, most), wholeNumber(random, 1, 14)];
  const [inputs, units] = [anySize(random), anySize(random)];
  const offset = wholeNumber(random, 0, 5);
  const some = (size: number) => (random() < 0.5 ? floats(random, size) : null);
  const lengths = random() < 0.6 ? Int32Array.from({ length: batch }, () => wholeNumber(random, 0, time)) : null;
  const sequence = floats(random, time * batch * inputs);
  sequence.forEach((_, index) => {
    const place = Math.floor(index / inputs);
    if (lengths && Math.floor(place / batch) >= lengths[place % batch]!) sequence[index] = NaN;
  });
  return {
    sizes: { time, batch, inputs, units, offset, stride: units + offset + wholeNumber(random, 0, 3) },
    backwards: random() < 0.5,
    lengths,
    tensors: {
      sequence,
      kernel: floats(random, inputs * 4 * units).map((value) => value / Math.sqrt(inputs)),
      recurrent: floats(random, units * 4 * units).map((value) => value / Math.sqrt(units)),
      bias: floats(random, 4 * units),
      initialHidden: some(batch * units),
      initialCell: some(batch * units),
    },
  };
}

type Tensors = { [Name in keyof Layer["tensors"]]: ArrayLike<number> | null };

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The textbook's loop. Outputs are [time, batch, units]. */
function reference({ sizes, backwards, lengths }: Layer, tensors: Tensors) {
  const { time, batch, inputs, units } = sizes;
  const { sequence, kernel, recurrent, bias, initialHidden, initialCell } = tensors;
  const hidden = Float64Array.from({ length: batch * units }, (_, index) => initialHidden?.[index] ?? 0);
  const cell = Float64Array.from({ length: batch * units }, (_, index) => initialCell?.[index] ?? 0);
  const outputs = new Float64Array(time * batch * units);
  for (let row = 0; row < batch; row++) {
    const length = lengths?.[row] ?? time;
    for (let step = 0; step < length; step++) {
      const t = backwards ? length - 1 - step : step;
      const sums = Float64Array.from({ length: 4 * units }, (_, gate) => {
        let sum = bias![gate]!;
        for (let k = 0; k < inputs; k++)
          sum += sequence![(t * batch + row) * inputs + k]! * kernel![k * 4 * units + gate]!;
        for (let k = 0; k < units; k++) sum += hidden[row * units + k]! * recurrent![k * 4 * units + gate]!;
        return sum;
      });
      for (let j = 0; j < units; j++) {
        const [i, f, c, o] = [sums[j]!, sums[units + j]!, sums[2 * units + j]!, sums[3 * units + j]!];
        const kept = sigmoid(f) * cell[row * units + j]! + sigmoid(i) * Math.tanh(c);
        cell[row * units + j] = kept;
        hidden[row * units + j] = sigmoid(o) * Math.tanh(kept);
        outputs[(t * batch + row) * units + j] = hidden[row * units + j]!;
      }
    }
  }
  return { outputs, lastHidden: hidden, lastCell: cell };
}

function forward({ sizes, backwards, lengths, tensors }: Layer) {
  const { time, batch, units, stride } = sizes;
  const results = {
    outputs: unwritten(time * batch * stride),
    gates: unwritten(time * batch * 4 * units),
    cells: unwritten(time * batch * units),
    lastHidden: unwritten(batch * units),
    lastCell: unwritten(batch * units),
  };
  kernels.lstmForward({ ...sizes, backwards, lengths, ...tensors, ...results });
  return results;
}

/** The columns that the layer owns. */
const ownColumns = (values: Float32Array, { sizes: { units, stride, offset } }: Layer) =>
  values.filter((_, index) => index % stride >= offset && index % stride < offset + units);

testKernel("outputs and last states are those of the equations, zero past a row's length", 25, (random) => {
  const layer = anyLayer(random);
  const expected = reference(layer, layer.tensors);
  const actual = forward(layer);
  expectClose(ownColumns(actual.outputs, layer), expected.outputs);
  expectClose(actual.lastHidden, expected.lastHidden);
  expectClose(actual.lastCell, expected.lastCell);
  const { units, stride, offset } = layer.sizes;
  const others = actual.outputs.filter((_, index) => index % stride < offset || index % stride >= offset + units);
  expect(others.every(Number.isNaN)).toBe(true); // the other direction's columns are left alone
});

testKernel("without gates and cells the results have the same bits", 8, (random) => {
  const layer = anyLayer(random);
  const { outputs, lastHidden, lastCell } = forward(layer);
  const again = {
    outputs: unwritten(outputs.length),
    lastHidden: unwritten(lastHidden.length),
    lastCell: unwritten(lastCell.length),
  };
  const { sizes, backwards, lengths, tensors } = layer;
  kernels.lstmForward({ ...sizes, backwards, lengths, ...tensors, ...again, gates: null, cells: null });
  expect(bits(again.outputs)).toBe(bits(outputs));
  expect(bits(again.lastCell)).toBe(bits(lastCell));
});

testKernel("a row alone has the bits that it has among others", 12, (random) => {
  const layer = anyLayer(random);
  const { time, batch, inputs, units, stride } = layer.sizes;
  const together = forward(layer);
  const row = wholeNumber(random, 0, batch - 1);
  const column = (values: Float32Array, width: number) =>
    values.filter((_, index) => Math.floor(index / width) % batch === row);
  const own = (values: Float32Array | null) => values && column(values, units);
  const alone = forward({
    ...layer,
    sizes: { ...layer.sizes, batch: 1 },
    lengths: layer.lengths && layer.lengths.slice(row, row + 1),
    tensors: {
      ...layer.tensors,
      sequence: column(layer.tensors.sequence, inputs),
      initialHidden: own(layer.tensors.initialHidden),
      initialCell: own(layer.tensors.initialCell),
    },
  });
  expect(alone.outputs.length).toBe(time * stride);
  expect(bits(alone.outputs)).toBe(bits(column(together.outputs, stride)));
  expect(bits(alone.lastCell)).toBe(bits(column(together.lastCell, units)));
});

testKernel("a NaN shows in its own row and in no other; sums far from zero saturate", 6, (random) => {
  const layer = { ...anyLayer(random), lengths: null };
  const { batch, inputs, units, stride } = layer.sizes;
  const row = wholeNumber(random, 0, batch - 1);
  const sequence = layer.tensors.sequence.map((_, index) =>
    Math.floor(index / inputs) % batch === row ? NaN : 1e6 * (random() - 0.5),
  );
  const { outputs } = forward({ ...layer, tensors: { ...layer.tensors, sequence } });
  outputs.forEach((value, index) => {
    const column = (index % stride) - layer.sizes.offset;
    if (column < 0 || column >= units) return;
    if (Math.floor(index / stride) % batch === row) expect(value).toBeNaN();
    else expect(Math.abs(value)).toBeLessThanOrEqual(1);
  });
});

/** The gradients of outputs · weights + lastHidden · weights + lastCell · weights, by the kernels. */
function gradients(layer: Layer, random: Random, accumulated: Float32Array | null = null) {
  const { sizes, backwards, lengths, tensors } = layer;
  const { time, batch, inputs, units, stride } = sizes;
  const weights = {
    outputsGradient: floats(random, time * batch * stride),
    lastHiddenGradient: floats(random, batch * units),
    lastCellGradient: floats(random, batch * units),
  };
  const { outputs, gates, cells } = forward(layer);
  const results = {
    sequenceGradient: accumulated?.slice() ?? unwritten(time * batch * inputs),
    kernelGradient: unwritten(inputs * 4 * units),
    recurrentGradient: unwritten(units * 4 * units),
    biasGradient: unwritten(4 * units),
    initialHiddenGradient: unwritten(batch * units),
    initialCellGradient: unwritten(batch * units),
  };
  const { bias: _, ...read } = tensors;
  const accumulate = accumulated !== null;
  kernels.lstmBackward({
    ...sizes,
    backwards,
    accumulate,
    lengths,
    ...read,
    outputs,
    gates,
    cells,
    ...weights,
    ...results,
  });
  return { weights, results, gates };
}

testKernel("gradients are those of the equations", 16, (random) => {
  const layer = anyLayer(random, 5);
  const { sizes, tensors } = layer;
  const { weights, results } = gradients(layer, random);
  const outputWeights = ownColumns(weights.outputsGradient, layer);
  const loss = (changed: Tensors) => {
    const { outputs, lastHidden, lastCell } = reference(layer, changed);
    const dot = (a: Float64Array, b: Float32Array) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
    return (
      dot(outputs, outputWeights) +
      dot(lastHidden, weights.lastHiddenGradient) +
      dot(lastCell, weights.lastCellGradient)
    );
  };
  const zeros = new Float32Array(sizes.batch * sizes.units);
  const given = {
    ...tensors,
    initialHidden: tensors.initialHidden ?? zeros,
    initialCell: tensors.initialCell ?? zeros,
  };
  for (const name of Object.keys(given) as (keyof typeof given)[]) {
    const gradient = results[`${name}Gradient`];
    for (let sample = 0; sample < 6 && gradient.length > 0; sample++) {
      const index = wholeNumber(random, 0, gradient.length - 1);
      if (Number.isNaN(given[name][index])) {
        expect(gradient[index]).toBe(0); // padding
        continue;
      }
      const moved = (by: number) => {
        const values = Float64Array.from(given[name]);
        values[index]! += by;
        return loss({ ...given, [name]: values });
      };
      const slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
      expect(Math.abs(gradient[index]! - slope), `${name}[${index}]: ${gradient[index]}, not ${slope}`).toBeLessThan(
        2e-4 * (1 + Math.abs(slope)),
      );
    }
    expect(gradient.some(Number.isNaN)).toBe(false);
  }
});

testKernel("the second direction adds to the sequence's gradient", 8, (random) => {
  const layer = anyLayer(random);
  const seeded = () =>
    (
      (state) => () =>
        (state = (state * 16807) % 2147483647) / 2147483647
    )(7);
  const alone = gradients(layer, seeded()).results.sequenceGradient;
  const before = floats(random, alone.length);
  const added = gradients(layer, seeded(), before).results.sequenceGradient;
  expectClose(
    added,
    before.map((value, index) => value + alone[index]!),
  );
});

testKernel("any number of threads gives the same bits, forward and backward", 8, (random) => {
  const layer = anyLayer(random);
  const seeded = () =>
    (
      (state) => () =>
        (state = (state * 16807) % 2147483647) / 2147483647
    )(7);
  expectSameBits(() => Object.values(forward({ ...layer, lengths: null, tensors: withoutPadding(layer) })));
  expectSameBits(() => {
    const { results, gates } = gradients(layer, seeded());
    return [...Object.values(results), gates];
  });
});

const withoutPadding = ({ tensors }: Layer) => ({
  ...tensors,
  sequence: tensors.sequence.map((value) => (Number.isNaN(value) ? 0 : value)),
});
