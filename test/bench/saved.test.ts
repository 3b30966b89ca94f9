/** @file The saved results and the page that is generated from them. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSaved, unexplainedRows } from "../../bench/results.mjs";

const page = readFileSync("bench/RESULTS.md", "utf8");

test("bench results: each missed goal of each processor has its limiting factor", () => {
  for (const saved of readSaved()) {
    expect(unexplainedRows(saved)).toEqual([]);
    expect(page).toContain(`## ${saved.processor}\n`);
  }
  expect(page).not.toMatch(/not analyzed|not looked into/);
});

test("bench results: the README shows the newest ones, with the processor and the date", () => {
  const newest = readSaved().reduce((left, right) => (right.date >= left.date ? right : left));
  const speed = /<!-- speed -->[^]*<!-- \/speed -->/.exec(readFileSync("README.md", "utf8"))![0];
  expect(speed).toContain(newest.processor);
  expect(speed).toMatch(/\d{4}-\d{2}-\d{2}/);
  const [, picture] = /\((bench\/results\/[\w-]+\.svg)\)/.exec(speed)!;
  expect(readFileSync(picture!, "utf8")).toContain(newest.processor);
});
