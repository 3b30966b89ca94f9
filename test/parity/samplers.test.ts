/** @file Every sampler keeps the tokens, with the probabilities, of its definition in llama.cpp, computed by NumPy. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  distribution,
  createDraw,
  type DistributionOptions,
  textState,
} from "../../src/inference/generation/distribution.js";
import { samplers } from "../../src/inference/generation/samplers.js";

type Options = DistributionOptions & { breakers?: number[][] };
type Fixture = {
  rows: number[][];
  cases: { row: number; text: number[]; options: Options; expected: Record<string, number> }[];
  mirostat: {
    rows: number[][];
    uniforms: number[];
    runs: { temperature: number; tau: number; eta: number; ids: number[]; mus: number[] }[];
  };
};

const fixture = JSON.parse(readFileSync(new URL("samplers.json", import.meta.url), "utf8")) as Fixture;

test("samplers: every one has reference numbers", () => {
  const given = new Set(fixture.cases.flatMap(({ options }) => Object.keys(options)));
  const names = Object.entries(samplers).flatMap(([name, { settings }]) =>
    name === "mirostat" ? ["mirostat", "mirostatEnt"] : Object.keys(settings),
  );
  expect(names.filter((name) => !given.has(name))).toEqual([]);
});

test.each(fixture.cases)(
  "samplers: the survivors and their probabilities are those of the definition: $options, row $row",
  ({ row, text, options, expected }) => {
    const logits = Float32Array.from(fixture.rows[row]!);
    const { breakers = [] } = options;
    const probabilities = distribution(logits, options, { text, breakers, chance: 0 });
    expect([...probabilities.keys()].filter((id) => probabilities[id]! > 0)).toEqual(Object.keys(expected).map(Number));
    for (const [id, probability] of Object.entries(expected))
      expect(Math.abs(probabilities[Number(id)]! - probability)).toBeLessThan(1e-6);
  },
);

test.each(fixture.mirostat.runs)("mirostat 2: μ and the drawn tokens are those of the definition: $tau bits", (run) => {
  const { rows, uniforms } = fixture.mirostat;
  const { temperature, tau, eta } = run;
  const drawNext = createDraw({ temperature, mirostat: 2, mirostatEnt: tau, mirostatLr: eta });
  const state = textState();
  for (const [index, row] of rows.entries()) {
    expect(state.memory.get("mirostat") ?? 2 * tau).toBeCloseTo(run.mus[index]!, 9);
    expect(drawNext(Float32Array.from(row), uniforms[index]!, state)).toBe(run.ids[index]);
  }
  expect(state.text).toEqual(run.ids);
});
