/** @file A recurrent layer's results do not depend on padding, other rows or the number of threads. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { describeBackends, setThreads } from "../../../src/engine/backends/index.js";
import type { Cell } from "../../../src/engine/ops/cell.js";
import { recurrent } from "../../../src/engine/ops/recurrent.js";
import { cells } from "../../../src/network/cells.js";
import { anyShape, inputsOf, run } from "./layers.js";
import {
  backendsHere,
  bitsOf,
  evaluate,
  type Evaluation,
  withoutNative,
  randomIntegers,
  type Values,
} from "../support.js";
import { casesOf } from "../../support/thorough.js";

/** An LSTM, whose steps and products are one kernel, and the cells that are scanned after one product. */
const kindsOfLayers: Cell[] = [cells.lstm, cells.sru, cells.hgrn, cells.mingru];

for (const [backend, cell] of backendsHere.flatMap((one) => kindsOfLayers.map((kind) => [one, kind] as const))) {
  const shape = { time: 6, batch: 5, inputs: 7, units: 9, directions: 2, initial: true };
  const lengths = [4, 0, 1, 3, 2];
  const layer = (inputs: Values[], of: number[]): Promise<Evaluation> =>
    evaluate(backend, inputs, run(recurrent, cell, shape, of));

  test(`recurrent: outputs of ${cell.name} on ${backend} are zero past a row's length, and an empty row keeps its initial state`, async () => {
    const inputs = inputsOf(cell, shape);
    const { outputs } = await layer(inputs, lengths);
    const [all, ...last] = outputs;
    for (let t = 0; t < shape.time; t++)
      for (let row = 0; row < shape.batch; row++)
        for (let column = 0; column < 18; column++)
          expect(all![(t * shape.batch + row) * 18 + column] === 0).toBe(t >= lengths[row]!);
    const read = cell.readsHidden === false ? 1 : cell.states;
    const initial = inputs.slice(0, 1 + (inputs.length - 1) / 2).slice(-read);
    for (const [index, { values }] of initial.entries())
      expect(last[cell.states - read + index]!.slice(9, 18)).toEqual(values.slice(9, 18));
  });

  test(`recurrent: inputs past a row's length affect no output and no gradient of ${cell.name} on ${backend}`, async () => {
    const inputs = inputsOf(cell, shape);
    const expected = await layer(inputs, lengths);
    const { values } = inputs[0]!;
    for (let t = 0; t < shape.time; t++)
      for (let row = 0; row < shape.batch; row++)
        if (t >= lengths[row]!) values.fill(NaN, (t * shape.batch + row) * 7, (t * shape.batch + row + 1) * 7);
    const actual = await layer(inputs, lengths);
    expect(actual.outputs.map(bitsOf)).toEqual(expected.outputs.map(bitsOf));
    expect(actual.gradients).toEqual(expected.gradients); // 0 and -0 are equal here
  });
}

test.skipIf(withoutNative).each(kindsOfLayers)(
  "recurrent: more padding changes no bit of outputs, states and gradients of $name",
  async (cell) => {
    const shape = { time: 5, batch: 6, inputs: 7, units: 9, directions: 2, initial: true };
    const lengths = [5, 0, 1, 3, 2, 5];
    const inputs = inputsOf(cell, shape);
    const [sequence, ...rest] = inputs;
    const longer = { shape: [9, 6, 7], values: new Float32Array(9 * 6 * 7).fill(3) };
    longer.values.set(sequence!.values);
    const short = await evaluate("native", inputs, run(recurrent, cell, shape, lengths));
    const long = await evaluate("native", [longer, ...rest], run(recurrent, cell, shape, lengths));
    expect(bitsOf(long.outputs[0]!.slice(0, 5 * 6 * 18))).toEqual(bitsOf(short.outputs[0]!));
    expect(long.outputs.slice(1).map(bitsOf)).toEqual(short.outputs.slice(1).map(bitsOf));
    expect(bitsOf(long.gradients[0]!.slice(0, 5 * 6 * 7))).toEqual(bitsOf(short.gradients[0]!));
    expect(long.gradients.slice(1).map(bitsOf)).toEqual(short.gradients.slice(1).map(bitsOf));
  },
);

test.skipIf(withoutNative).each(kindsOfLayers)(
  "recurrent: a row's outputs of $name do not depend on the other rows of the batch",
  async (cell) => {
    await fc.assert(
      fc.asyncProperty(anyShape, async (any) => {
        const shape = { ...any, initial: false };
        const [sequence, ...weights] = inputsOf(cell, shape);
        const lengths = randomIntegers(shape.batch, 1, shape.time + 1, "lengths");
        const row = shape.batch - 1;
        const own = Array.from({ length: shape.time }, (_, t) => {
          const start = (t * shape.batch + row) * shape.inputs;
          return Array.from(sequence!.values.slice(start, start + shape.inputs));
        });
        const alone = { shape: [shape.time, 1, shape.inputs], values: Float32Array.from(own.flat()) };
        const among = await evaluate("native", [sequence!, ...weights], run(recurrent, cell, shape, lengths));
        const single = await evaluate("native", [alone, ...weights], run(recurrent, cell, shape, [lengths[row]!]));
        const width = shape.directions * shape.units;
        for (let t = 0; t < shape.time; t++) {
          const start = (t * shape.batch + row) * width;
          expect(bitsOf(among.outputs[0]!.slice(start, start + width))).toEqual(
            bitsOf(single.outputs[0]!.slice(t * width, (t + 1) * width)),
          );
        }
      }),
      { numRuns: casesOf(15) },
    );
  },
);

test.skipIf(withoutNative).each(kindsOfLayers)(
  "recurrent: the number of threads changes no bit of $name, forward or backward",
  async (cell) => {
    const { threads } = describeBackends();
    const shape = { time: 9, batch: 21, inputs: 17, units: 33, directions: 2, initial: true };
    const inputs = inputsOf(cell, shape);
    const lengths = randomIntegers(shape.batch, 0, shape.time + 1, "lengths");
    const results: Evaluation[] = [];
    for (const count of [1, 2, 3]) {
      setThreads(count);
      results.push(await evaluate("native", inputs, run(recurrent, cell, shape, lengths)));
    }
    setThreads(threads);
    for (const { outputs, gradients } of results.slice(1)) {
      expect(outputs.map(bitsOf)).toEqual(results[0]!.outputs.map(bitsOf));
      expect(gradients.map(bitsOf)).toEqual(results[0]!.gradients.map(bitsOf));
    }
  },
);
