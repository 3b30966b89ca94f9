/** @file The guide: every row of the lessons has a section and a test that names it, and the pages say what the sources and commands say now. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pages, refreshed } from "../../scripts/guide.mjs";

/** How many rows each lesson has. */
const lessons = [6, 7, 15, 10, 6];
const rows = lessons.flatMap((count, lesson) => Array.from({ length: count }, (_, row) => `${lesson + 1}.${row + 1}`));

const read = (path: string): string => readFileSync(path, "utf8");

test("every row has a section in its lesson's page", () => {
  const headings = pages.flatMap((page) => read(page).match(/^## \d\.\d+/gm) ?? []);
  expect(headings).toEqual(rows.map((row) => `## ${row}`));
});

test("every row has a test that names it", () => {
  const files = readdirSync("test", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
  const titles = files.flatMap(
    (name) => read(join("test", name)).match(/\blessons? \d\.\d+(?:(?:,| and) \d\.\d+)*/g) ?? [],
  );
  const named = new Set(titles.flatMap((title) => title.match(/\d\.\d+/g) ?? []));
  expect(rows.filter((row) => !named.has(row))).toEqual([]);
});

/** Other processors round otherwise: of numbers, only where they stand counts. */
const masked = (page: string): string => page.replaceAll(/-?\d+(?:[.,]\d+)*[kM]?/g, "#").replaceAll(/[ \t]+/g, " ");

test.each(pages)(
  "%s says what the sources and commands say now: else `npm run update-docs`",
  { timeout: 120_000 },
  async (page) => {
    expect(masked(await refreshed(read(page)))).toBe(masked(read(page)));
  },
);
