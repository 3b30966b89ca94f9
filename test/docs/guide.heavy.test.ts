/** @file The excerpts of sources and the output of commands in the guide are up to date. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pages, refreshed } from "../../scripts/guide.mjs";

const read = (path: string): string => readFileSync(path, "utf8");

/** Processors round differently: only the positions of numbers are compared. */
const masked = (page: string): string => page.replaceAll(/-?\d+(?:[.,]\d+)*[kM]?/g, "#").replaceAll(/[ \t]+/g, " ");

test.each(pages)("%s says what the sources and commands say now: else `npm run update-docs`", async (page) => {
  expect(masked(await refreshed(read(page)))).toBe(masked(read(page)));
});
