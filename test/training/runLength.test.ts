/** @file The length of a run in time: what is left for training, and what looks wrong in it. */
import { expect, test } from "vitest";
import type { Recipe } from "../../src/options/recipe.js";
import { evaluationCost, planTime, validationBatchesIn } from "../../src/training/plan.js";
import { lengthWarnings } from "../../src/training/runLength.js";
import { Pace, TimeBudget } from "../../src/training/timeBudget.js";

const planOf = (steps: number) => ({ steps, evaluateEvery: steps });
const warningsOf = (recipe: Partial<Recipe>, steps: number, reading = 0): string[] =>
  lengthWarnings(recipe as Recipe, planOf(steps), reading);

/** Seconds that are left for training, after some of the time has passed. */
function trainingSeconds(seconds: number, passed: number, scoring = { network: 0, baselines: 0 }): number {
  const now = performance.now();
  return (new TimeBudget(seconds, now - 1000 * passed, scoring).trainingUntil - now) / 1000;
}

test("train: the time for reading and for the scores at the end is part of --for", () => {
  expect(trainingSeconds(20, 5)).toBeCloseTo(14.9, 1);
  expect(trainingSeconds(20, 5, { network: 1, baselines: 2 })).toBeCloseTo(11.9, 1);
});

test("train: a quarter of --for is left for training, however long reading took", () => {
  expect(trainingSeconds(20, 28)).toBeCloseTo(5, 1);
  expect(planTime(0.25, { step: 30, evaluation: 30 }).steps).toBe(1);
});

test("train: steps take half of the time, even if an evaluation takes longer than all of it", () => {
  expect(planTime(10, { step: 0.01, evaluation: 60 })).toEqual({ steps: 500, evaluateEvery: 500 });
});

test("train: an evaluation that takes more than 2 % of --for reads a sample that takes 1 %", () => {
  const cost = { step: 0.01, batch: 0.01, batches: 100, text: 0.02 };
  expect(validationBatchesIn(50, cost)).toBeUndefined();
  expect(validationBatchesIn(20, cost)).toBe(20);
  expect(validationBatchesIn(0.1, cost)).toBe(1);
  expect(evaluationCost(cost).evaluation).toBeCloseTo(1.02);
  expect(evaluationCost(cost, 20).evaluation).toBeCloseTo(0.22);
});

test("train: the number of steps follows the speed of the machine", () => {
  const plan = { steps: 1000, evaluateEvery: 100 };
  const slower = new Pace({ from: 0 }, performance.now() + 1e6, 0);
  expect(slower.after(1, plan)).toBe(plan); // too early to tell
  const over = new Pace({ from: 0 }, performance.now() - 1, 0);
  expect(over.after(10, plan)).toEqual({ steps: 10, evaluateEvery: 100 });
});

test("train: reading that takes more than half of --for is a warning", () => {
  expect(warningsOf({ for: 20 }, 500, 11)).toEqual([
    "reading the corpus took 11 s of --for 20s; give a longer --for, or a smaller corpus",
  ]);
  expect(warningsOf({ for: 20 }, 500, 9)).toEqual([]);
  expect(warningsOf({ for: 20 }, 500, 30)).toEqual([
    "reading the corpus took 30 s of --for 20s; it is read to its end and the network trains for at least 5 s, so that the run takes longer than --for; give a longer --for, or a smaller corpus",
  ]);
});

test("train: fewer than 100 steps are a warning with the option to change", () => {
  expect(warningsOf({ for: 2 }, 99)).toEqual([
    "only 99 training steps fit into --for 2s; give a longer --for, or smaller --units or --batch-size",
  ]);
  expect(warningsOf({ for: 2 }, 1)[0]).toMatch(/^only 1 training step fits into --for 2s/);
  expect(warningsOf({}, 40)[0]).toMatch(/^only 40 training steps, .*--epochs \(now 10\), or a smaller --batch-size$/);
  expect(warningsOf({ epochs: 3 }, 100)).toEqual([]);
});
