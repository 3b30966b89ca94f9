/** @file The declared options: each can be typed, stored and read again. */
import { expect, test } from "vitest";
import { type Task, tasks } from "../../src/common/names.js";
import { defaultOf, type Option } from "../../src/options/option.js";
import * as corpusGroups from "../../src/options/corpusOptions.js";
import * as commandGroups from "../../src/options/options.js";
import { recipeOptions } from "../../src/options/recipeOptions.js";
import { readRecipe, type Recipe, refuseUseless, settleRecipe, storeRecipe } from "../../src/options/recipe.js";

const all = Object.entries({ ...corpusGroups, ...commandGroups, recipeOptions }).flatMap(([group, options]) =>
  Object.entries(options).map(([name, option]): [string, string, Option] => [group, name, option]),
);

test.each(all)("options: %s --%s: the default is a valid value and the name is lowercase", (_group, name, option) => {
  expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(option.describe).toMatch(/[^.]$/); // a phrase, not a sentence
  for (const task of tasks) {
    const value = defaultOf(option, task) as string | number | boolean | string[] | undefined;
    expect(value === undefined ? value : option.parse(value.toString())).toEqual(value);
  }
});

test.each(tasks)("options: the recipe of a %s is restored from a checkpoint's options", (task) => {
  const recipe = settleRecipe({ units: [], convolution: ["4x3", "4x5"], epochs: 4, textColumn: ["a,b", '"c'] }, task);
  const stored = storeRecipe(recipe);
  expect(Object.values(stored).every((value) => typeof value === "string")).toBe(true);
  expect(readRecipe(stored)).toStrictEqual(
    Object.fromEntries(Object.entries(recipe).filter(([, value]) => value !== undefined)),
  );
});

test("options: a checkpoint's options may have the names of earlier versions", () => {
  expect(readRecipe({ steps: "12", "dropout-kind": "variational", tied: "true", clip: "2" })).toEqual({
    sequenceLength: 12,
    variationalDropout: true,
    tieWeights: true,
    clipNorm: 2,
  });
});

test("options: --layers repeats the number in --units, and a checkpoint keeps the units", () => {
  const recipe = settleRecipe({ layers: 3, units: [32] }, "classifier");
  expect(recipe).toMatchObject({ units: [32, 32, 32], layers: undefined });
  expect(storeRecipe(recipe)).toMatchObject({ units: "32,32,32" });
  expect(storeRecipe(recipe)).not.toHaveProperty("layers");
  expect(settleRecipe({ layers: 1 }, "generator").units).toEqual([256]);
  expect(() => settleRecipe({ layers: 2, units: [8, 4] }, "generator")).toThrow(
    "--layers 2 needs one number in --units, got 8,4",
  );
});

test("options: an invalid option in a checkpoint is an error that names the option", () => {
  expect(() => readRecipe({ speed: "fast" })).toThrow("has an option that this rnn does not know: speed");
  expect(() => readRecipe({ constructor: "x" })).toThrow("does not know: constructor");
  expect(() => readRecipe({ epochs: "-1" })).toThrow(
    "has a wrong value for the option epochs: expected a whole number from 1, got -1",
  );
});

test("options: an option without effect is an error that names what it needs", () => {
  const check = (given: Partial<Recipe>, task: Task) => () => refuseUseless(given, settleRecipe(given, task), task);
  expect(check({ lrDecay: 0.1 }, "generator")).toThrow(
    "--lr-decay has no effect with --schedule cosine; remove it or choose --schedule decay",
  );
  expect(check({ lrDecay: 0.1, schedule: "decay" }, "generator")).not.toThrow();
  expect(check({ maxLength: 9 }, "generator")).toThrow(
    "--max-length has no effect on a generator; remove it or choose --task classifier or regressor",
  );
  expect(check({ pooling: ["max"] }, "generator")).toThrow(
    "with --examples streams; remove it or choose --task classifier or regressor or choose --examples windows or prefixes",
  );
  expect(check({ pooling: ["max"], examples: "prefixes" }, "generator")).not.toThrow();
  expect(check({ pooling: ["max"] }, "classifier")).not.toThrow();
  expect(check({ padding: "valid" }, "classifier")).toThrow(
    "--padding has no effect without --convolution; remove it or add --convolution",
  );
  expect(check({ padding: "valid", convolution: ["8x3"] }, "classifier")).not.toThrow();
  expect(check({ convolution: ["8x3"] }, "generator")).toThrow(
    "--convolution has no effect on a generator with --examples streams",
  );
  expect(check({ cell: "gru", units: [] }, "classifier")).toThrow(
    "--cell has no effect with --units none; remove it or choose another --units",
  );
  expect(check({ tieWeights: true }, "classifier")).toThrow(
    "--tie-weights has no effect on a classifier; remove it or choose --task generator",
  );
  expect(check({ weightDecay: 0.1 }, "classifier")).toThrow(
    "--weight-decay has no effect with --optimizer adam; remove it or choose --optimizer adamw",
  );
});
