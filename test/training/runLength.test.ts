/** @file The length of a run in time: what is left for training, and what looks wrong in it. */
import { expect, test } from "vitest";
import type { Recipe } from "../../src/options/recipe.js";
import { lengthInTime, lengthWarnings } from "../../src/training/runLength.js";

const cost = { step: 0.01, evaluation: 0.05 };
const planOf = (steps: number) => ({ steps, evaluateEvery: steps });
const warningsOf = (recipe: Partial<Recipe>, steps: number, reading = 0): string[] =>
  lengthWarnings(recipe as Recipe, planOf(steps), reading);

test("train: the time for reading is part of --for", () => {
  const { steps } = lengthInTime(20, 5, cost);
  expect(steps * cost.step).toBeGreaterThan(13);
  expect(steps * cost.step).toBeLessThanOrEqual(15);
});

test("train: a quarter of --for is left for training, however long reading took", () => {
  const { steps } = lengthInTime(20, 28, cost);
  expect(steps * cost.step).toBeGreaterThan(4);
  expect(steps * cost.step).toBeLessThanOrEqual(5);
  expect(lengthInTime(1, 100, { step: 30, evaluation: 30 }).steps).toBe(1);
});

test("train: steps take half of the time, even if an evaluation takes longer than all of it", () => {
  expect(lengthInTime(10, 0, { step: 0.01, evaluation: 60 })).toEqual({ steps: 500, evaluateEvery: 500 });
});

test("train: reading that takes more than half of --for is a warning", () => {
  expect(warningsOf({ for: 20 }, 500, 11)).toEqual([
    "reading the corpus took 11 s of --for 20s; give a longer --for, or a smaller corpus",
  ]);
  expect(warningsOf({ for: 20 }, 500, 9)).toEqual([]);
});

test("train: fewer than 100 steps are a warning with the option to change", () => {
  expect(warningsOf({ for: 2 }, 99)).toEqual([
    "only 99 training steps fit into --for 2s; give a longer --for, or smaller --units or --batch-size",
  ]);
  expect(warningsOf({ for: 2 }, 1)[0]).toMatch(/^only 1 training step fits into --for 2s/);
  expect(warningsOf({}, 40)[0]).toMatch(/^only 40 training steps, .*--epochs \(now 10\), or a smaller --batch-size$/);
  expect(warningsOf({ epochs: 3 }, 100)).toEqual([]);
});
