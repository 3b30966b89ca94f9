/** @file What `rnn evaluate` says of a classifier: its probabilities, its mistakes, and another checkpoint on the same texts. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { labelHits, pairedCounts } from "../../src/evaluation/pairedComparison.js";
import { loadModel } from "../../src/model/model.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { trainInto } from "../support/models.js";
import { csvOf, opinions } from "../support/texts.js";

const rows = opinions(200);
const mislabeled = rows.map((row, index) =>
  index % 8 === 0 ? { ...row, label: row.label === "praise" ? "blame" : "praise" } : row,
);
const cwd = folderWith({
  "opinions.csv": csvOf(mislabeled),
  "others.csv": csvOf(opinions(60)),
  "kinds.csv": csvOf(opinions(60)).replaceAll("praise", "good"),
});
const run = (...argv: string[]) => rnn(["evaluate", ...argv], { cwd });
const modelIn = (name: string) => loadModel(join(cwd, "checkpoints", name), { task: "classifier" });

beforeAll(async () => {
  const train = (name: string, corpus: string, options: object) =>
    trainInto(join(cwd, "checkpoints", name), join(cwd, corpus), options);
  await train("good", "opinions.csv", { epochs: 20, learningRate: 0.02 });
  await train("poor", "opinions.csv", { epochs: 1, learningRate: 0.00001 });
  await train("others", "others.csv", { epochs: 1, tokenizer: "characters" });
  await train("kinds", "kinds.csv", { epochs: 1 });
});

test("evaluate: a classifier's accuracy and calibration have intervals, and its probabilities are scored", async () => {
  const { code, stdout } = await run("-c", "good");
  expect(code).toBe(0);
  expect(stdout).toMatch(/\naccuracy +\d+\.\d%, 95% interval \d+\.\d% to \d+\.\d%\n/);
  expect(stdout).toMatch(/\ncalibration error +\d+\.\d%, 95% interval \d+\.\d% to \d+\.\d%; the mean probability/);
  expect(stdout).toMatch(/ROC AUC \d\.\d{3}, average precision \d\.\d{3}, Brier score \d\.\d{3}\n/);
});

test("evaluate: --json has the intervals, the bins and the rankings by label", async () => {
  const { stdout } = await run("-c", "good", "--json", "--mistakes", "2", "--against", "poor");
  const found = JSON.parse(stdout) as Awaited<ReturnType<typeof evaluate>> & { report: { classes: object[] } };
  expect(found.accuracyInterval![0]).toBeLessThan(found.accuracy!);
  expect(found.accuracyInterval![1]).toBeGreaterThan(found.accuracy!);
  expect(found.calibration!.interval).toHaveLength(2);
  expect(found.report.classes[0]).toMatchObject({
    rocAuc: expect.any(Number) as number,
    averagePrecision: expect.any(Number) as number,
  });
  expect(found.mistakes!.length).toBeLessThanOrEqual(2);
  expect(found.against).toMatchObject({ accuracy: expect.any(Number) as number, mayHaveSeen: false });
});

test("evaluate: --mistakes lists wrong predictions of the test part, the most confident first, with text and line", async () => {
  using model = await modelIn("good");
  const { mistakes = [], confusion } = await evaluate(model, undefined, { mistakes: 100 });
  expect(mistakes).toHaveLength(confusion![0]![1]! + confusion![1]![0]!);
  expect(mistakes.length).toBeGreaterThan(0);
  for (const [index, { text, actual, predicted, probability, line }] of mistakes.entries()) {
    expect({ text, label: actual }).toEqual(mislabeled[line! - 2]); // below the header
    expect(predicted).not.toBe(actual);
    expect(probability).toBeLessThanOrEqual(mistakes[index - 1]?.probability ?? 1);
  }
  const { stdout } = await run("-c", "good", "--mistakes", "1");
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(mistakes[0]!.text);
});

test("evaluate: --against says which of two checkpoints is better on the same texts", async () => {
  const { code, stdout } = await run("-c", "good", "--against", "poor");
  expect(code).toBe(0);
  expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
    /good is better than poor by \d+\.\d points, (more than chance explains|which may be chance) \(p = /,
  );
  const swapped = await run("-c", "poor", "--against", "good");
  expect(swapped.stdout.replaceAll(/\s+/g, " ")).toMatch(/good is better than poor by/);
});

test("evaluate: --against compares documents, whatever the tokens and the order of labels are", async () => {
  using model = await modelIn("good");
  using other = await modelIn("others");
  const { against, accuracy } = await evaluate(model, undefined, { against: other });
  const { bothRight, firstAlone, secondAlone, bothWrong } = against!;
  expect(bothRight + firstAlone).toBe(Math.round(accuracy! * (bothRight + firstAlone + secondAlone + bothWrong)));
  expect(against!.mayHaveSeen).toBe(true);
  const printed = await run("-c", "good", "--against", "others");
  expect(printed.stdout.replaceAll(/\s+/g, " ")).toContain("others was trained on another corpus or split");
});

test("evaluate: the counts of two checkpoints match documents and labels by name", () => {
  const of = (documents: number[], actual: number[], right: boolean[]) => ({
    classes: 2,
    documents: Uint32Array.from(documents),
    actual: Int32Array.from(actual),
    probabilities: Float64Array.from(
      actual.flatMap((id, row) => (right[row] === (id === 0) ? [0.9, 0.1] : [0.1, 0.9])),
    ),
  });
  const counts = pairedCounts(
    labelHits(of([0, 1, 2, 3], [0, 1, 0, 1], [true, true, false, false]), ["a", "b"]),
    labelHits(of([3, 2, 1, 0], [0, 1, 0, 1], [false, true, false, true]), ["b", "a"]),
  );
  expect(counts).toMatchObject({ bothRight: 1, firstAlone: 1, secondAlone: 1, bothWrong: 1 });
});

test("evaluate: --reliability plots the accuracy by confidence and prints its numbers", async () => {
  const { stdout } = await run("-c", "good", "--reliability");
  expect(stdout).toMatch(/\nconfidence +predictions +mean confidence +accuracy\n/);
  expect(stdout).toContain("●");
});

test("evaluate: --against with other labels, and options without effect, are one line", async () => {
  const labels = await run("-c", "good", "--against", "kinds");
  expect(labels.code).toBe(1);
  expect(labels.stderr).toMatch(/kinds has the labels blame, good, and .*good has blame, praise; compare checkpoints/);
  const generator = ["-c", "storyteller"];
  expect((await run(...generator, "--mistakes", "3")).stderr).toMatch(/--mistakes has no effect on a generator/);
  expect((await run(...generator, "--reliability")).stderr).toMatch(/--reliability has no effect on a generator/);
  expect((await run(...generator, "--against", "good")).stderr).toMatch(
    /--against compares classifiers; .* is a generator/,
  );
});

test("evaluate: --against compares a network with a bag of n-grams", async () => {
  await rnn(["train", "opinions.csv", "--model", "bag", "--out", "bag"], { cwd });
  const { code, stdout } = await run("-c", "good", "--against", "./bag");
  expect(code).toBe(0);
  expect(stdout).toMatch(/accuracy: good \d+\.\d%, bag \d+\.\d%/);
  expect((await run("-c", "./bag", "--against", "good", "--mistakes", "3")).code).toBe(0);
});
