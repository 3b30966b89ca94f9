/** @file The page and the pictures of a comparison. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { rnn } from "../support/bin.js";
import { chromium, seenIn } from "../support/chromium.js";
import { folderWith } from "../support/folder.js";
import { csvOf, opinions } from "../support/texts.js";

const cwd = folderWith({ "opinions.csv": csvOf(opinions(120)) });
const line = "compare opinions.csv --networks gru,conv --seeds 2 --epochs 4 --embedding 8 --units 8 --padding valid";

// Course rows 2.7, 3.7: docs/guide/README.md#course-rows
test("compare: --report writes the table, the curves and the confusion matrices, --pictures the plots", async () => {
  const { code, stdout } = await rnn([...line.split(" "), "--report", "page.html", "--pictures", "plots"], { cwd });
  expect(code).toBe(0);
  const path = join(cwd, "page.html");
  const page = readFileSync(path, "utf8");
  const words = page
    .replace(/<style>[^]*<\/style>/, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");
  for (const row of stdout.split("\n").filter((text) => text.startsWith("gru") || text.startsWith("bag of n-grams")))
    expect(words).toContain(row.trim().replaceAll(/\s+/g, " "));
  expect(words).toMatch(/test part: 12 documents; 2 seeds/);
  for (const name of ["gru", "conv"]) expect(words).toContain(`Confusion matrix of ${name}`);
  const plots = ["accuracy.svg", "confusion-matrix-conv.svg", "confusion-matrix-gru.svg", "loss.svg"];
  expect(readdirSync(join(cwd, "plots")).toSorted()).toEqual(plots);
  const loss = readFileSync(join(cwd, "plots/loss.svg"), "utf8");
  expect(loss).toContain(">gru</text>");
  expect(loss).toContain(">conv</text>");
  expect(page).not.toMatch(/<script|<link|<img|\b(?:src|href)=|url\(|@import/);

  if (chromium === undefined) return;
  const url = pathToFileURL(path).href;
  const drawings = `[...document.querySelectorAll("svg")].map((svg) => {
    const { width, height } = svg.getBoundingClientRect();
    return { width, height, lines: svg.querySelectorAll(".line path").length };
  })`;
  const { requests, messages, value } = await seenIn<{ width: number; height: number; lines: number }[]>(url, drawings);
  expect({ requests, messages }).toEqual({ requests: [url], messages: [] });
  expect(value).toHaveLength(2);
  for (const { width, height, lines } of value) {
    expect(width).toBeGreaterThan(300);
    expect(height).toBeGreaterThan(100);
    expect(lines).toBe(2);
  }
});

test("compare: a page that cannot be written gives a one-line error", async () => {
  const lost = await rnn([...line.split(" "), "--report", "nowhere/page.html"], { cwd });
  expect(lost.code).toBe(1);
  expect(lost.stderr).toMatch(/rnn: could not write the report: .*name another file\n$/);
});
