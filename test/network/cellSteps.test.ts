/** @file A cell's steps, equation by equation. */
import { beforeAll, expect, test } from "vitest";
import { startEngine } from "../../src/model/model.js";
import { cellNames } from "../../src/common/names.js";
import { cellSteps, randomRows } from "../../src/network/cellSteps.js";

beforeAll(() => startEngine({ backend: "auto" }));

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

test("lesson 5.3: an LSTM cell of 4 units reads one input of [1, 6]; its output and both states are shown", () => {
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

test("lessons 2.1 and 5.2: what is shown of an LSTM are its equations, step after step", () => {
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
  // A first bias of 1 keeps the cell: with no input and no state the forget gate is σ(1).
  const [still] = cellSteps("lstm", { units: 2, seed: 1, rows: [[0, 0]] });
  expect(still!.equations[0]!.values[0]).toBeCloseTo(sigmoid(1), 6);
});

test.each(cellNames)("%s tells every equation, the new state among them", (name) => {
  const steps = cellSteps(name, { units: 2, seed: 3, rows: randomRows(3, 4, 3) });
  for (const { equations } of steps) expect(equations.at(-1)!.name).toBe("hidden");
  expect(steps[1]!.state[0]).toEqual(steps[0]!.equations.at(-1)!.values);
});
