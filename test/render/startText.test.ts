/** @file The text of a run that started from another checkpoint, and of its diagnosis. */
import { expect, test } from "vitest";
import { baseText, keptText } from "../../src/render/startText.js";
import { diagnosisText } from "../../src/render/trainingText.js";
import type { RunDescription } from "../../src/training/runDescription.js";

const record = {
  checkpoint: "checkpoints/fables",
  weights: "0".repeat(64),
  freeze: ["embedding" as const],
  replay: 0.1,
  corpus: {
    name: "fables.txt",
    shape: "stream" as const,
    labelled: false,
    bytes: 9,
    digest: "0".repeat(64),
    options: {},
  },
  options: {},
};
const run = { task: "generator", from: record, tokenizer: { kind: "characters" } } as unknown as RunDescription;

test("from: a line says what was kept, frozen and replayed", () => {
  expect(keptText(record)).toEqual(["checkpoints/fables", "frozen: embedding", "10% of the batches of fables.txt"]);
});

test("from: the scores on the old corpus are a table of two rows", () => {
  const scores = {
    corpus: "fables.txt",
    part: "validation" as const,
    targets: 2000,
    sampledFrom: 30_000,
    before: { loss: 1, perplexity: Math.E },
    after: { loss: 1.05, perplexity: Math.exp(1.05) },
  };
  expect(baseText(scores, run).split("\n")).toEqual([
    "fables.txt, of checkpoints/fables: validation part, a sample of 2,000 of 30,000 characters",
    expect.stringMatching(/^ +perplexity +loss$/),
    expect.stringMatching(/^before +2\.72 +1\.0000$/),
    expect.stringMatching(/^after +2\.86 +1\.0500$/),
  ]);
});

test("diagnosis: each finding has a line with what to change first, and a run without findings has none", () => {
  expect(diagnosisText([])).toBeNull();
  expect(diagnosisText([{ fault: "overfitting", finding: "overfitting: the curve", advice: "more text" }])).toMatch(
    /^diagnosis +overfitting: the curve\nchange first +more text$/,
  );
});
