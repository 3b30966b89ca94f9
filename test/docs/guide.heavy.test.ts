/** @file The excerpts of sources and the output of commands in the guide are up to date. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pages, refreshed } from "../../scripts/guide.mjs";

const read = (path: string): string => readFileSync(path, "utf8");

/** Replaces numbers by a mark, since processors round differently. */
const masked = (page: string): string => page.replaceAll(/-?\d+(?:[.,]\d+)*[kM]?/g, "#").replaceAll(/[ \t]+/g, " ");

test.each(pages)("docs: %s is up to date with sources and commands; else `npm run update-docs`", async (page) => {
  expect(masked(await refreshed(read(page)))).toBe(masked(read(page)));
});
