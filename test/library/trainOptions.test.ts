/** @file The type of the options of `train`. */
import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { expect, test } from "vitest";
import { trainOptionTypes } from "../../scripts/option-types.mjs";
import { describeDefault } from "../../src/options/option.js";
import { recipeOptions } from "../../src/options/recipeOptions.js";

test("train: the type of its options has a field for each declared option; else `npm run update-docs`", async () => {
  const path = "src/library/trainOptions.ts";
  const config = await resolveConfig(path);
  const made = await format(trainOptionTypes(recipeOptions, describeDefault), { ...config, filepath: path });
  expect(readFileSync(path, "utf8")).toBe(made);
});
