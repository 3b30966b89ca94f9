/** @file The number of files that a new built-in cell, pooling or optimizer touches: its name, and the one table that must have it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

/** The files with a table that must have an entry for every name of a type: `Record<Type, …>` or `{ [Name in Type]: … }` that is not partial. */
const totalTablesOf = (type: string): string[] => {
  const total = new RegExp(String.raw`(?<!Partial<)(?:Record<${type},|\{\s*\[\w+ in ${type}\]:)`);
  return sources
    .filter((file) => total.test(readFileSync(join("src", file), "utf8")))
    .map((file) => file.replaceAll("\\", "/"));
};

test.each([
  ["CellName", "network/cells.ts"],
  ["PoolingName", "network/poolings.ts"],
  ["OptimizerName", "engine/ops/optimizers.ts"],
])("names: only one table must have an entry for every %s", (type, table) => {
  expect(totalTablesOf(type)).toEqual([table]);
});
