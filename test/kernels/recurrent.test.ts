/** @file Recurrent layers of every cell against the equations in double precision; their gradients against finite differences of them. */
import { expect, test } from "vitest";
import type { Random } from "../../src/common/random.js";
import { anyLayer, kernelCells, type Layer, reference, type Tensors } from "./recurrentLayer.js";
import {
  bits,
  expectClose,
  expectSameBits,
  floats,
  kernels,
  testKernel,
  tolerance,
  unwritten,
  wholeNumber,
} from "./support.js";

function forward({ cell, saved, sizes, backwards, lengths, tokens, tensors }: Layer) {
  const { time, batch, units, stride } = sizes;
  const results = {
    outputs: unwritten(time * batch * stride),
    saved: unwritten(time * batch * saved * units),
    lastHidden: unwritten(batch * units),
    lastCell: cell === "lstm" ? unwritten(batch * units) : null,
  };
  kernels.recurrentForward({ cell, ...sizes, backwards, lengths, tokens, ...tensors, ...results });
  return results;
}

/** The columns of the layer's own direction. */
const ownColumns = (values: Float32Array, { sizes: { units, stride, offset } }: Layer) =>
  values.filter((_, index) => index % stride >= offset && index % stride < offset + units);

/** A generator of the same numbers at each call. */
const seeded = (): Random => {
  let state = 7;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
};

/** The gradients of outputs · weights + lastHidden · weights + lastCell · weights, by the kernels. */
function gradients(layer: Layer, random: Random, accumulated: Float32Array | null = null) {
  const { cell, sizes, backwards, lengths, tokens, tensors } = layer;
  const { time, batch, units, stride } = sizes;
  const weights = {
    outputsGradient: floats(random, time * batch * stride),
    lastHiddenGradient: floats(random, batch * units),
    lastCellGradient: cell === "lstm" ? floats(random, batch * units) : null,
  };
  const { outputs, saved } = forward(layer);
  const results = {
    sequenceGradient: accumulated?.slice() ?? unwritten(tensors.sequence.length),
    kernelGradient: unwritten(tensors.kernel.length),
    recurrentGradient: unwritten(tensors.recurrent.length),
    biasGradient: unwritten(tensors.bias.length),
    initialHiddenGradient: unwritten(batch * units),
    initialCellGradient: unwritten(batch * units),
  };
  const { bias: _, ...read } = tensors;
  const accumulate = accumulated !== null;
  const given = { cell, ...sizes, backwards, accumulate, lengths, tokens, ...read };
  kernels.recurrentBackward({ ...given, outputs, saved, ...weights, ...results });
  return { weights, results };
}

for (const cell of kernelCells) {
  testKernel(
    `recurrentForward: outputs and last states of ${cell} follow the equations and are zero past a row's length`,
    25,
    (random) => {
      const layer = anyLayer(random, cell);
      const expected = reference(layer, layer.tensors);
      const actual = forward(layer);
      expectClose(ownColumns(actual.outputs, layer), expected.outputs);
      expectClose(actual.lastHidden, expected.lastHidden);
      if (actual.lastCell) expectClose(actual.lastCell, expected.lastCell);
      const { units, stride, offset } = layer.sizes;
      const others = actual.outputs.filter((_, index) => index % stride < offset || index % stride >= offset + units);
      expect(others.every(Number.isNaN)).toBe(true); // the other direction's columns are not written
    },
  );

  testKernel(`recurrentForward: ${cell} has the same bits when nothing is saved for the backward pass`, 6, (random) => {
    const layer = anyLayer(random, cell);
    const { outputs, lastHidden } = forward(layer);
    const again = { outputs: unwritten(outputs.length), lastHidden: unwritten(lastHidden.length) };
    const lastCell = unwritten(lastHidden.length);
    const { sizes, backwards, lengths, tokens, tensors } = layer;
    const given = { cell, ...sizes, backwards, lengths, tokens, ...tensors };
    kernels.recurrentForward({ ...given, ...again, saved: null, lastCell });
    expect(bits(again.outputs)).toBe(bits(outputs));
    expect(bits(again.lastHidden)).toBe(bits(lastHidden));
  });

  testKernel(`recurrentForward: a row of ${cell} has the same bits alone and with other rows`, 12, (random) => {
    const layer = anyLayer(random, cell);
    const { time, batch, inputs, units, stride } = layer.sizes;
    const together = forward(layer);
    const row = wholeNumber(random, 0, batch - 1);
    const column = <Values extends Float32Array | Int32Array>(values: Values, width: number) =>
      values.filter((_, index) => Math.floor(index / width) % batch === row) as Values;
    const own = (values: Float32Array | null) => values && column(values, units);
    const alone = forward({
      ...layer,
      sizes: { ...layer.sizes, batch: 1 },
      lengths: layer.lengths && layer.lengths.slice(row, row + 1),
      tokens: layer.tokens && column(layer.tokens, 1),
      tensors: {
        ...layer.tensors,
        sequence: layer.tokens ? layer.tensors.sequence : column(layer.tensors.sequence, inputs),
        mask: own(layer.tensors.mask),
        initialHidden: own(layer.tensors.initialHidden),
        initialCell: own(layer.tensors.initialCell),
      },
    });
    expect(alone.outputs.length).toBe(time * stride);
    expect(bits(alone.outputs)).toBe(bits(column(together.outputs, stride)));
    expect(bits(alone.lastHidden)).toBe(bits(column(together.lastHidden, units)));
  });

  testKernel(`recurrentBackward: the gradients of ${cell} match the equations`, 20, (random) => {
    const layer = anyLayer(random, cell, 5, 8);
    const { sizes } = layer;
    const { mask, ...tensors } = layer.tensors;
    const { weights, results } = gradients(layer, random);
    const outputWeights = ownColumns(weights.outputsGradient, layer);
    const loss = (changed: Omit<Tensors, "mask">) => {
      const { outputs, lastHidden, lastCell } = reference(layer, { ...changed, mask });
      const dot = (a: Float64Array, b: Float32Array | null) =>
        b === null ? 0 : a.reduce((sum, value, index) => sum + value * b[index]!, 0);
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
    const names = (Object.keys(given) as (keyof typeof given)[]).filter(
      (name) => name !== "initialCell" || cell === "lstm",
    );
    for (const name of names) {
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
        const [above, here, below] = [moved(1e-4), moved(0), moved(-1e-4)];
        const numerical = (above - below) / 2e-4;
        if (Math.abs(above - 2 * here + below) > 1e-7) continue; // a kink of relu
        expect(
          Math.abs(gradient[index]! - numerical),
          `${name}[${index}]: ${gradient[index]}, not ${numerical}`,
        ).toBeLessThan(tolerance(2e-4) * (1 + Math.abs(numerical)));
      }
      expect(gradient.some(Number.isNaN)).toBe(false);
    }
  });

  testKernel(`recurrentBackward: the second direction of ${cell} adds to the sequence's gradient`, 6, (random) => {
    const layer = anyLayer(random, cell);
    const alone = gradients(layer, seeded()).results.sequenceGradient;
    const before = floats(random, alone.length);
    const added = gradients(layer, seeded(), before).results.sequenceGradient;
    expectClose(
      added,
      before.map((value, index) => value + alone[index]!),
    );
  });

  const expectSameBitsOf = (layer: Layer): void => {
    expectSameBits(() => {
      const { outputs, lastHidden } = forward(layer);
      return [outputs, lastHidden];
    });
    expectSameBits(() => {
      const { initialCellGradient, ...results } = gradients(layer, seeded()).results;
      return cell === "lstm" ? [...Object.values(results), initialCellGradient] : Object.values(results);
    });
  };

  testKernel(`recurrent kernels: the number of threads changes no bit of ${cell}, forward or backward`, 8, (random) =>
    expectSameBitsOf(anyLayer(random, cell)),
  );

  testKernel(`recurrent kernels: threads that split many units change no bit of ${cell}`, 4, (random) =>
    expectSameBitsOf(anyLayer(random, cell, 4, 4, wholeNumber(random, 512, 550))),
  );
}

testKernel("recurrentForward: a NaN stays in its own row, and large sums saturate", 6, (random) => {
  const any = anyLayer(random, "lstm");
  const { time, batch, inputs, units, stride } = any.sizes;
  const row = wholeNumber(random, 0, batch - 1);
  const sequence = Float32Array.from({ length: time * batch * inputs }, (_, index) =>
    Math.floor(index / inputs) % batch === row ? NaN : 1e6 * (random() - 0.5),
  );
  const { outputs } = forward({ ...any, lengths: null, tokens: null, tensors: { ...any.tensors, sequence } });
  outputs.forEach((value, index) => {
    const column = (index % stride) - any.sizes.offset;
    if (column < 0 || column >= units) return;
    if (Math.floor(index / stride) % batch === row) expect(value).toBeNaN();
    else expect(Math.abs(value)).toBeLessThanOrEqual(1);
  });
});

test("recurrentForward: an unknown cell is an error", () => {
  const layer = anyLayer(seeded(), "rnn");
  expect(() => forward({ ...layer, cell: "perceptron" as never })).toThrow(
    "recurrentForward: cell is not the name of a recurrent cell",
  );
});
