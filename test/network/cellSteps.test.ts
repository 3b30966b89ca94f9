/** @file The steps of a cell, equation by equation. */
import { beforeAll, expect, test } from "vitest";
import { startEngine } from "../../src/model/model.js";
import { cellNames } from "../../src/common/names.js";
import { cellSteps, randomRows } from "../../src/network/cellSteps.js";

beforeAll(() => startEngine({ backend: "auto" }));

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

// Course row 5.3: docs/guide/README.md#course-rows
test("cellSteps: an LSTM of 4 units reads one input of 6 numbers and gives every gate and both states", () => {
  const [only] = cellSteps("lstm", { units: 4, seed: 1, rows: randomRows(1, 6, 1) });
  expect(only!.input).toHaveLength(6);
  expect(only!.state).toEqual([
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  for (const { values } of only!.equations) expect(values).toHaveLength(4);
  expect(only!.equations.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "forget gate (keep gate)",
      "input gate (write gate)",
      "cell",
      "output gate (read gate)",
      "hidden",
    ]),
  );
});

// Course rows 2.1, 5.2: docs/guide/README.md#course-rows
test("cellSteps: the values of an LSTM follow its equations, step after step", () => {
  const steps = cellSteps("lstm", { units: 3, seed: 7, rows: randomRows(5, 2, 7) });
  for (const [index, { state, equations }] of steps.entries()) {
    const [f, i, g, cell, o, hidden] = equations.map(({ values }) => values);
    for (let unit = 0; unit < 3; unit++) {
      expect(cell![unit]).toBeCloseTo(f![unit]! * state[1]![unit]! + i![unit]! * g![unit]!, 6);
      expect(hidden![unit]).toBeCloseTo(o![unit]! * Math.tanh(cell![unit]!), 6);
    }
    const after = steps[index + 1]?.state ?? [hidden, cell];
    expect(after).toEqual([hidden, cell]);
  }
  // The forget gate's bias of 1 preserves the cell state: with no input and no state the forget gate is σ(1).
  const [still] = cellSteps("lstm", { units: 2, seed: 1, rows: [[0, 0]] });
  expect(still!.equations[0]!.values[0]).toBeCloseTo(sigmoid(1), 6);
});

// Course row 5.1: docs/guide/README.md#course-rows
test("cellSteps: the output y = h' V is a linear function of the hidden state", () => {
  const steps = cellSteps("rnn", { units: 2, seed: 5, rows: randomRows(3, 2, 5) });
  const [[a, b], [c, d], [e, f]] = steps.map(({ equations }) => equations.at(-1)!.values) as Pair[] as Three<Pair>;
  const [first, second, third] = steps.map(({ output }) => output.values) as Three<number[]>;
  // In two dimensions the third hidden state is p · the first + q · the second, and so is its output.
  const determinant = a * d - b * c;
  const [p, q] = [(e * d - f * c) / determinant, (a * f - b * e) / determinant];
  for (let unit = 0; unit < 2; unit++) expect(third[unit]).toBeCloseTo(p * first[unit]! + q * second[unit]!, 4);
});
type Pair = [number, number];
type Three<Item> = [Item, Item, Item];

test.each(cellNames)("cellSteps: %s traces every equation, the new state last", (name) => {
  const steps = cellSteps(name, { units: 2, seed: 3, rows: randomRows(3, 4, 3) });
  for (const { equations } of steps) expect(equations.at(-1)!.name).toBe("hidden");
  expect(steps[1]!.state[0]).toEqual(steps[0]!.equations.at(-1)!.values);
});
