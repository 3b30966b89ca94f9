/** @file Recurrent layers on every backend against the reference; the reference against slopes; what padding and threads must not change. */
import {
  add,
  matMul,
  tanh,
  tensor,
  tensor1d,
  tidy,
  unstack,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { describeBackends, selectBackend, setThreads } from "../../../src/engine/backend.js";
import {
  type Cell,
  type Direction,
  recurrent,
  recurrentReference,
  type State,
} from "../../../src/engine/ops/recurrent.js";
import { cells } from "../../../src/network/cells.js";
import {
  backendsHere,
  bitsOf,
  evaluate,
  type Evaluation,
  difference,
  slopeError,
  withoutNative,
  randomIntegers,
  randomValues,
  type Values,
} from "../support.js";

type Shape = { time: number; batch: number; inputs: number; units: number; directions: number; initial: boolean };

/** The sequence, then for each direction its weights and, where asked for, its initial state. */
function inputsOf(cell: Cell, { time, batch, inputs, units, directions, initial }: Shape): Values[] {
  const of = (shape: number[], ...name: (string | number)[]): Values => {
    const { values } = randomValues(shape, cell.name, ...name);
    return { shape, values: values.map((value) => value / 2) };
  };
  const direction = (index: number): Values[] => [
    of([inputs, cell.gates * units], "kernel", index),
    of([units, cell.gates * units], "recurrent", index),
    of([cell.gates * units], "bias", index),
    ...(initial ? Array.from({ length: cell.states }, (_, state) => of([batch, units], "initial", index, state)) : []),
  ];
  return [
    of([time, batch, inputs], "sequence"),
    ...Array.from({ length: directions }, (_, index) => direction(index)).flat(),
  ];
}

/** Runs a layer over such a list; gives its outputs, then the last states. */
const run =
  (layer: typeof recurrent, cell: Cell, shape: Pick<Shape, "directions" | "initial">, lengths: number[] | null) =>
  ([sequence, ...rest]: Tensor[]): Tensor[] => {
    const each = rest.length / shape.directions;
    const directions = Array.from({ length: shape.directions }, (_, index): Direction => {
      const [kernel, weights, bias, ...state] = rest.slice(index * each, (index + 1) * each);
      const direction = {
        weights: { kernel: kernel as Tensor2D, recurrent: weights as Tensor2D, bias: bias as Tensor1D },
      };
      return shape.initial ? { ...direction, initial: state as State } : direction;
    });
    const { outputs, last } = layer(cell, sequence as Tensor3D, lengths && tensor1d(lengths, "int32"), directions);
    return [outputs, ...last.flat()];
  };

const small = { time: 3, batch: 3, inputs: 2, units: 2 };
const anyShape = fc.record({
  time: fc.integer({ min: 1, max: 12 }),
  batch: fc.integer({ min: 1, max: 40 }),
  inputs: fc.integer({ min: 1, max: 40 }),
  units: fc.integer({ min: 1, max: 40 }),
  directions: fc.integer({ min: 1, max: 2 }),
  initial: fc.boolean(),
});

/** s' = tanh(x W + s U + b) + s: a cell that no backend has a kernel for. */
const residual: Cell = {
  name: "residual",
  gates: 1,
  states: 1,
  step: (input, [output], { kernel, recurrent: weights, bias }) => [
    add(tanh(add(add(matMul(input, kernel), matMul(output, weights)), bias)), output),
  ],
};

for (const cell of [...Object.values(cells), residual]) {
  for (const backend of backendsHere) {
    test(`a layer of ${cell.name} on ${backend} is what the reference says, forward and backward`, async () => {
      await fc.assert(
        fc.asyncProperty(anyShape, fc.boolean(), async (shape, whole) => {
          const inputs = inputsOf(cell, shape);
          const lengths = whole ? null : randomIntegers(shape.batch, 0, shape.time + 1, "lengths");
          const actual = await evaluate(backend, inputs, run(recurrent, cell, shape, lengths));
          const expected = await evaluate("cpu", inputs, run(recurrentReference, cell, shape, lengths));
          expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
          expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
        }),
        { numRuns: 8 },
      );
    });
  }

  test(`the gradients of a layer of ${cell.name} are its slopes`, async () => {
    const shape = { ...small, directions: 2, initial: true };
    expect(await slopeError(inputsOf(cell, shape), run(recurrentReference, cell, shape, [3, 0, 2]))).toBeLessThan(0.01);
  });
}

test("a layer over a sequence is the cell's step for each input", async () => {
  const shape = { ...small, directions: 1, initial: true };
  const [sequence, kernel, weights, bias, ...initial] = inputsOf(cells.lstm, shape);
  const { outputs } = await evaluate("cpu", [sequence!, kernel!, weights!, bias!, ...initial], (tensors) => {
    const [x, w, u, b, ...state] = tensors as [Tensor3D, Tensor2D, Tensor2D, Tensor1D, Tensor2D, Tensor2D];
    let now: State = state;
    for (const input of unstack(x) as Tensor2D[])
      now = cells.lstm.step(input, now, { kernel: w, recurrent: u, bias: b });
    return [...now, ...run(recurrentReference, cells.lstm, shape, null)(tensors).slice(1)];
  });
  expect(outputs.slice(2)).toEqual(outputs.slice(0, 2));
});

for (const backend of backendsHere) {
  const shape = { time: 6, batch: 5, inputs: 7, units: 9, directions: 2, initial: true };
  const lengths = [4, 0, 1, 3, 2];
  const layer = (inputs: Values[], of: number[]): Promise<Evaluation> =>
    evaluate(backend, inputs, run(recurrent, cells.lstm, shape, of));

  test(`outputs on ${backend} are zero past a row's length, and an empty row keeps its initial state`, async () => {
    const inputs = inputsOf(cells.lstm, shape);
    const { outputs } = await layer(inputs, lengths);
    const [all, hidden] = outputs;
    for (let t = 0; t < shape.time; t++)
      for (let row = 0; row < shape.batch; row++)
        for (let column = 0; column < 18; column++)
          expect(all![(t * shape.batch + row) * 18 + column] === 0).toBe(t >= lengths[row]!);
    expect(hidden!.slice(9, 18)).toEqual(inputs[4]!.values.slice(9, 18));
  });

  test(`what lies past a row's length is never read on ${backend}, not even by gradients`, async () => {
    const inputs = inputsOf(cells.lstm, shape);
    const expected = await layer(inputs, lengths);
    const { values } = inputs[0]!;
    for (let t = 0; t < shape.time; t++)
      for (let row = 0; row < shape.batch; row++)
        if (t >= lengths[row]!) values.fill(NaN, (t * shape.batch + row) * 7, (t * shape.batch + row + 1) * 7);
    const actual = await layer(inputs, lengths);
    expect(actual.outputs.map(bitsOf)).toEqual(expected.outputs.map(bitsOf));
    expect(actual.gradients).toEqual(expected.gradients); // zeros of either sign aside
  });
}

test.skipIf(withoutNative)("more padding changes no bit of outputs, states and gradients", async () => {
  const shape = { time: 5, batch: 6, inputs: 7, units: 9, directions: 2, initial: true };
  const lengths = [5, 0, 1, 3, 2, 5];
  const inputs = inputsOf(cells.lstm, shape);
  const [sequence, ...rest] = inputs;
  const longer = { shape: [9, 6, 7], values: new Float32Array(9 * 6 * 7).fill(3) };
  longer.values.set(sequence!.values);
  const short = await evaluate("native", inputs, run(recurrent, cells.lstm, shape, lengths));
  const long = await evaluate("native", [longer, ...rest], run(recurrent, cells.lstm, shape, lengths));
  expect(bitsOf(long.outputs[0]!.slice(0, 5 * 6 * 18))).toEqual(bitsOf(short.outputs[0]!));
  expect(long.outputs.slice(1).map(bitsOf)).toEqual(short.outputs.slice(1).map(bitsOf));
  expect(bitsOf(long.gradients[0]!.slice(0, 5 * 6 * 7))).toEqual(bitsOf(short.gradients[0]!));
  expect(long.gradients.slice(1).map(bitsOf)).toEqual(short.gradients.slice(1).map(bitsOf));
});

test.skipIf(withoutNative)("a row's outputs do not depend on the rows beside it", async () => {
  await fc.assert(
    fc.asyncProperty(anyShape, async (any) => {
      const shape = { ...any, initial: false };
      const [sequence, ...weights] = inputsOf(cells.lstm, shape);
      const lengths = randomIntegers(shape.batch, 1, shape.time + 1, "lengths");
      const row = shape.batch - 1;
      const own = Array.from({ length: shape.time }, (_, t) => {
        const start = (t * shape.batch + row) * shape.inputs;
        return [...sequence!.values.slice(start, start + shape.inputs)];
      });
      const alone = { shape: [shape.time, 1, shape.inputs], values: Float32Array.from(own.flat()) };
      const among = await evaluate("native", [sequence!, ...weights], run(recurrent, cells.lstm, shape, lengths));
      const single = await evaluate("native", [alone, ...weights], run(recurrent, cells.lstm, shape, [lengths[row]!]));
      const width = shape.directions * shape.units;
      for (let t = 0; t < shape.time; t++) {
        const start = (t * shape.batch + row) * width;
        expect(bitsOf(among.outputs[0]!.slice(start, start + width))).toEqual(
          bitsOf(single.outputs[0]!.slice(t * width, (t + 1) * width)),
        );
      }
    }),
    { numRuns: 15 },
  );
});

test.skipIf(withoutNative)("the number of threads changes no bit, forward or backward", async () => {
  const { threads } = describeBackends();
  const shape = { time: 9, batch: 21, inputs: 17, units: 33, directions: 2, initial: true };
  const inputs = inputsOf(cells.lstm, shape);
  const lengths = randomIntegers(shape.batch, 0, shape.time + 1, "lengths");
  const results: Evaluation[] = [];
  for (const count of [1, 2, 3]) {
    setThreads(count);
    results.push(await evaluate("native", inputs, run(recurrent, cells.lstm, shape, lengths)));
  }
  setThreads(threads);
  for (const { outputs, gradients } of results.slice(1)) {
    expect(outputs.map(bitsOf)).toEqual(results[0]!.outputs.map(bitsOf));
    expect(gradients.map(bitsOf)).toEqual(results[0]!.gradients.map(bitsOf));
  }
});

test("an empty sequence gives no outputs and the initial states", async () => {
  for (const backend of backendsHere) {
    const shape = { time: 0, batch: 2, inputs: 3, units: 2, directions: 1, initial: true };
    const inputs = inputsOf(cells.lstm, shape);
    await selectBackend(backend);
    tidy(() => {
      const [outputs, hidden] = run(
        recurrent,
        cells.lstm,
        shape,
        null,
      )(inputs.map(({ shape: of, values }) => tensor(values, of)));
      expect(outputs!.shape).toEqual([0, 2, 2]);
      expect(hidden!.dataSync()).toEqual(inputs[4]!.values);
    });
  }
});
