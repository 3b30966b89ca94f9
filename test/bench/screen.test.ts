/** @file What the benchmark prints first. */
import { expect, test } from "vitest";
import { bar, firstScreen } from "../../bench/screen.mjs";
import { answers } from "../../bench/speeds.mjs";
import { speedPicture } from "../../bench/speedPicture.mjs";
import { measured } from "./results.js";

const run = { machine: "a machine", threads: 2 };
const results = new Map([
  [
    "char256",
    measured({ ours: 2000, pytorch: 1000, keras: 500 }, { ratios: { pytorch: { median: 2, min: 1.5, max: 2.5 } } }),
  ],
  ["word200-adam", measured({ ours: 800, pytorch: 100 }, { ratios: { pytorch: { median: 8, min: 7, max: 9 } } })],
  ["bilstm64-label", measured({ ours: 90, pytorch: 30, onnxruntime: 100 })],
]);

test("bench screen: one line for each kind of work, with the mean over the rows and the range over the repetitions", () => {
  const lines = firstScreen(results, run).split("\n");
  expect(lines).toContain("            PyTorch               Keras                 ONNX Runtime");
  expect(lines).toContain("training    4.00 × (1.50–9.00)    4.00 × (4.00–4.00)    –");
  expect(lines).toContain("labeling    3.00 × (3.00–3.00)    –                     0.90 × (0.90–0.90)");
});

test("bench screen: bars relative to the fastest, within 80 columns, without escape codes", () => {
  const text = firstScreen(results, run);
  expect(text).toContain(`  ONNX Runtime   ${bar(1)} 100`);
  expect(text).toContain(`  PyTorch        ${bar(0.3)} 30`);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).not.toContain("\u001B");
});

test("bench screen: rows in another precision or on another backend do not count", () => {
  const other = new Map([
    ["bf16-256", measured({ ours: 9, pytorch: 1 })],
    ["tensorflow-char128", measured({ ours: 9, pytorch: 1 })],
  ]);
  expect(answers(other)).toEqual([]);
  expect(firstScreen(new Map([["char256", measured({ ours: 9 })]]), run)).toContain(
    "no row in 32-bit floats was measured beside",
  );
});

test("bench screen: a bar is as long as its fraction, at least an eighth of a character", () => {
  expect(bar(1)).toHaveLength(50);
  expect(bar(0.5)).toBe("█".repeat(25));
  expect(bar(0)).toBe("▏");
});

test("bench picture: one bar for each measured speed, with the processor and the date", () => {
  const picture = speedPicture(results, "a processor, 2 threads, 2026-01-02");
  expect(picture.match(/<rect class="(?:ours|pytorch|keras|onnxruntime)"/g)).toHaveLength(8);
  expect(picture).toContain("a processor, 2 threads, 2026-01-02");
  expect(picture).toContain("prefers-color-scheme: dark");
  expect(picture).not.toContain("NaN");
});
