/** @file The report of newly trained networks: its text, its plots in a browser, and its pictures. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { rnn } from "../support/bin.js";
import { chromium, seenIn } from "../support/chromium.js";
import { folderWith } from "../support/folder.js";
import { documentIn, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const rows = opinions(60).map(({ text, label }) => ({ text: `${text} <b>&`, label }));
const heights = Array.from({ length: 80 }, (_, hour) => `${hour},${(hour % 8) + 0.5}`);
const cwd = folderWith({
  "tale.txt": tale(80),
  "opinions.csv": csvOf(rows),
  "tide.csv": `hour,height\n${heights.join("\n")}\n`,
});
const run = (line: string) => rnn(line.split(" "), { cwd });
const pages: Record<"judge" | "writer", string> = { judge: "", writer: "" };

beforeAll(async () => {
  process.chdir(cwd); // a checkpoint stores the given path of the corpus
  await trainInto("writer", "tale.txt", { epochs: 4 });
  await trainInto("judge", "opinions.csv", { epochs: 10, learningRate: 0.02 });
  for (const name of ["judge", "writer"] as const) pages[name] = (await run(`report ${name} --out -`)).stdout;
});

/** The visible text of a page. */
const wordsOf = (page: string): string =>
  page
    .replace(/<style>[^]*<\/style>/, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");

// Course row 2.7: docs/guide/README.md#course-rows
test("report: the confusion matrix has every count with its percentage, the curve every evaluation", () => {
  const words = wordsOf(pages.judge);
  const { metrics, history } = documentIn("judge");
  const { confusion, accuracy } = metrics["test"] as { confusion: number[][]; accuracy: number };
  for (const [index, row] of confusion.entries()) {
    const support = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count) => `${count} ${Math.round((100 * count) / support)}%`);
    expect(words).toContain(`${["blame", "praise"][index]} ${cells.join(" ")} ${support} `);
  }
  expect(words).toContain(`${(accuracy * 100).toFixed(1)}%`);
  expect(pages.judge.match(/<circle [^>]*><title>training loss, step/g)).toHaveLength(history.length);
  for (const { validation } of history) expect(words).toContain((validation as number).toFixed(4));
});

test("report: baselines are listed below the network's score, and every option is listed", () => {
  for (const name of ["majority class", "bag of n-grams"]) expect(wordsOf(pages.judge)).toContain(name);
  expect(wordsOf(pages.writer)).toMatch(/network \d.* \d-gram model \d/);
  expect(wordsOf(pages.writer)).toMatch(/--learning-rate 0\.\d+ /);
});

test("report: the calibration covers all examples of the test part", () => {
  const { metrics } = documentIn("judge");
  const { calibration, targets } = metrics["test"] as {
    targets: number;
    calibration: { error: number; bins: { count: number }[] };
  };
  expect(calibration.bins.reduce((sum, { count }) => sum + count, 0)).toBe(targets);
  expect(wordsOf(pages.judge)).toContain(`(mean distance from the line) is ${(calibration.error * 100).toFixed(1)}%`);
});

test("report: a generator's page has the samples of each evaluation and samples of the final network", () => {
  const { history } = documentIn("writer");
  for (const { step, sample } of history) {
    expect((sample as string).length).toBeGreaterThan(20);
    expect(wordsOf(pages.writer)).toContain(`after ${step as number} steps`);
  }
  for (const temperature of [0.2, 0.5, 0.8, 1]) expect(wordsOf(pages.writer)).toContain(`temperature ${temperature} `);
});

test("report: text of a corpus is escaped, and the page loads nothing", () => {
  expect(pages.judge).not.toContain("<b>");
  for (const page of Object.values(pages)) {
    expect(page).not.toMatch(/<script|<link|<img|\b(?:src|href)=|url\(|@import/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  }
});

test("report: the page is written into the checkpoint's folder and its path to stdout; --out names another file", async () => {
  const written = await run("report judge");
  expect(written).toEqual({ code: 0, stdout: `${join("judge", "report.html")}\n`, stderr: "" });
  expect(readFileSync(join(cwd, "judge/report.html"), "utf8")).toBe(pages.judge);
  const lost = await run("report judge --out nowhere/page.html");
  expect(lost).toMatchObject({ code: 1, stdout: "" });
  expect(lost.stderr).toMatch(/^rnn: could not write the report: .*name another file\n$/);
});

test("report: a checkpoint without calibration is evaluated again; without its corpus the page names what is missing", async () => {
  const { metrics, ...document } = documentIn("judge");
  const { calibration: _, ...kept } = metrics["test"] as Record<string, unknown>;
  const store = (content: unknown): void => writeFileSync("judge/checkpoint.json", JSON.stringify(content));
  store({ ...document, metrics: { test: kept } });
  expect((await run("report judge --out -")).stdout).toBe(pages.judge);
  store({ ...document, metrics: { test: kept }, corpus: { ...document.corpus, name: "gone.csv" } });
  const { stdout, code } = await run("report judge --out -");
  expect(code).toBe(0);
  expect(wordsOf(stdout)).toMatch(/The calibration could not be computed: .*gone\.csv/);
  expect(stdout).not.toContain("reliability diagram");
  store({ ...document, metrics });
});

test("report: a regressor's page has its errors and no map of tokens", async () => {
  const tide = { window: 4, horizon: 1, labelColumn: "height", valueColumns: ["height"], sequenceLength: undefined };
  await trainInto("tide", "tide.csv", { ...tide, embedding: undefined, units: [4], epochs: 3 }, { task: "regressor" });
  const { stdout, code } = await run("report tide --out -");
  expect(code).toBe(0);
  expect(wordsOf(stdout)).toMatch(/mean absolute error root mean squared error R² loss network \d/);
  expect(stdout).not.toContain("Map of tokens");
});

/** Each plot with its size on the screen and the number of its marks. */
const drawings = `[...document.querySelectorAll("svg")].map((svg) => {
  const { width, height } = svg.getBoundingClientRect();
  const marks = [...svg.querySelectorAll("circle, rect.bar, path")].filter((mark) => {
    const box = mark.getBoundingClientRect();
    return box.width + box.height > 0;
  });
  return { label: svg.getAttribute("aria-label"), width, height, marks: marks.length };
})`;

test.skipIf(chromium === undefined)(
  "report: a browser draws the plots without a request and without an error",
  async () => {
    for (const [name, charts] of Object.entries({ judge: 4, writer: 2 })) {
      const path = join(cwd, `${name}.html`);
      writeFileSync(path, pages[name as keyof typeof pages]);
      const url = pathToFileURL(path).href;
      const { requests, messages, value } = await seenIn<
        { label: string; width: number; height: number; marks: number }[]
      >(url, drawings);
      expect(requests).toEqual([url]);
      expect(messages).toEqual([]);
      expect(value).toHaveLength(charts);
      for (const { label, width, height, marks } of value) {
        expect(label).toMatch(/by training step|reliability|map of/);
        expect(width).toBeGreaterThan(300);
        expect(height).toBeGreaterThan(100);
        expect(marks).toBeGreaterThan(label.startsWith("reliability") ? 0 : 3);
      }
    }
  },
);

// Course row 2.7: docs/guide/README.md#course-rows
test("report: --pictures writes every plot as an SVG file that needs nothing else", async () => {
  const names = {
    judge: ["accuracy.svg", "calibration.svg", "confusion-matrix.svg", "loss.svg", "token-map.svg"],
    writer: ["loss.svg", "token-map.svg"],
  };
  for (const [name, expected] of Object.entries(names)) {
    const { code, stdout } = await run(`report ${name} --out ${name}.html --pictures plots/${name}`);
    expect(code).toBe(0);
    const [page, ...paths] = stdout.trimEnd().split("\n");
    expect(page).toBe(`${name}.html`);
    expect(paths.toSorted()).toEqual(expected.map((file) => join("plots", name, file)));
    for (const path of paths) {
      const svg = readFileSync(path, "utf8");
      expect(svg).toMatch(
        /^<\?xml [^>]*>\n<!-- written by rnn -->\n<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<rect width="100%" height="100%" fill="#fff"/s,
      );
      expect(svg).not.toMatch(/var\(|<script|<image|href=|url\(|@import/);
    }
  }
  const { confusion } = documentIn("judge").metrics["test"] as { confusion: number[][] };
  const matrix = readFileSync("plots/judge/confusion-matrix.svg", "utf8");
  for (const count of confusion.flat()) expect(matrix).toContain(`>${count}</text>`);
});

test.skipIf(chromium === undefined)("report: a browser draws the pictures with their labels inside", async () => {
  const labels = `[...document.querySelectorAll("text")].map((text) => {
    const { left, top, right, bottom } = text.getBoundingClientRect();
    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight ? "" : text.textContent;
  })`;
  await run("report judge --out judge.html --pictures plots/judge");
  for (const name of ["loss", "confusion-matrix", "calibration"]) {
    const { href } = pathToFileURL(join(cwd, `plots/judge/${name}.svg`));
    const { messages, value } = await seenIn<string[]>(href, labels);
    expect(messages).toEqual([]);
    expect(value.length).toBeGreaterThan(4);
    expect(value.filter((text) => text !== "")).toEqual([]);
  }
});
