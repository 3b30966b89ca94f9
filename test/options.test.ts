/** @file The declared options: all of them can be typed, kept and read again. */
import { expect, test } from "vitest";
import { tasks } from "../src/names.js";
import { defaultOf, type Option } from "../src/option.js";
import * as groups from "../src/options.js";
import { readRecipe, settleRecipe, storeRecipe } from "../src/recipe.js";

const all = Object.entries(groups).flatMap(([group, options]) =>
  Object.entries(options).map(([name, option]): [string, string, Option] => [group, name, option]),
);

test.each(all)(
  "%s --%s: its default is a value that it would accept, its name is typed in small letters",
  (_group, name, option) => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(option.describe).toMatch(/[^.]$/); // one phrase, no sentence
    for (const task of tasks) {
      const value = defaultOf(option, task) as string | number | boolean | string[] | undefined;
      expect(value === undefined ? value : option.parse(value.toString())).toEqual(value);
    }
  },
);

test.each(tasks)("a recipe of a %s comes back from what a checkpoint keeps", (task) => {
  const recipe = settleRecipe({ units: [32, 16], epochs: 4, textColumn: "a,b" }, task);
  const stored = storeRecipe(recipe);
  expect(Object.values(stored).every((value) => typeof value === "string")).toBe(true);
  expect(readRecipe(stored, "a folder")).toStrictEqual(
    Object.fromEntries(Object.entries(recipe).filter(([, value]) => value !== undefined)),
  );
});

test("what no option would accept in a checkpoint is named with its folder", () => {
  expect(() => readRecipe({ speed: "fast" }, "old/one")).toThrow(
    "old/one has an option that this rnn does not know: speed",
  );
  expect(() => readRecipe({ constructor: "x" }, "old/one")).toThrow("does not know: constructor");
  expect(() => readRecipe({ epochs: "-1" }, "old/one")).toThrow(
    "old/one has a wrong value for the option epochs: expected a whole number from 1, got -1",
  );
});
