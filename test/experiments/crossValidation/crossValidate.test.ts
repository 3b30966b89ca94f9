/** @file Cross-validation of a classifier, a regressor and a tagger, from the command line and the library. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crossValidate } from "../../../src/library/crossValidation.js";
import { train } from "../../../src/library/trainingRuns.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { csvOf, opinions } from "../../support/texts.js";

const texts = opinions(60).map((row, index) => ({ ...row, text: `${row.text} ${index}` }));
const cwd = folderWith({
  "opinions.csv": csvOf(texts),
  "stars.csv": `text,stars\n${texts.map(({ text }, index) => `"${text}",${index / 7}\n`).join("")}`,
  "tale.txt": "the fox took the cheese\n".repeat(40),
  "tags.conllu": Array.from(
    { length: 12 },
    (_, index) => `1\tfox${index}\t_\tNOUN${"\t_".repeat(6)}\n2\truns\t_\tVERB${"\t_".repeat(6)}\n\n`,
  ).join(""),
  "topics.jsonl": texts
    .map(({ text, label }, index) => `${JSON.stringify({ text, label: index % 3 ? [label] : [label, "third"] })}\n`)
    .join(""),
  "dated.csv": `text,label,day\n${texts.map(({ text, label }, index) => `"${text}",${label},${2000 + index}-01-01\n`).join("")}`,
});
const small = { units: 4, embedding: 4, epochs: 1, batchSize: 8 };
const quick = ["--units", "4", "--embedding", "4", "--epochs", "1", "--batch-size", "8"];
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

test("train --folds: mean ± standard deviation and pooled accuracy beside the baselines go to stdout, and nothing is kept", async () => {
  const { code, stdout, stderr } = await rnn(["train", "opinions.csv", "--folds", "3", ...quick], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +accuracy +pooled accuracy +loss$/m);
  expect(stdout).toMatch(/^network +[\d.]+% ± [\d.]+% +[\d.]+% +[\d.]+ ± [\d.]+$/m);
  expect(stdout).toMatch(/^majority class +[\d.]+% ± [\d.]+% +[\d.]+%$/m);
  expect(stdout).toContain("3 folds, 60 documents; ± is the standard deviation over the folds");
  expect(stdout).toMatch(/95 % confidence interval of the pooled accuracy: [\d.]+% to [\d.]+%/);
  expect(stderr).toContain("3 folds; each document is once in a test part");
  for (const fold of [1, 2, 3])
    expect(stderr).toMatch(new RegExp(`^fold ${fold}: test accuracy .* trained on 34 documents`, "m"));
  expect(existsSync(join(cwd, "checkpoints"))).toBe(false);
});

test("train --folds --out: keeps the scores and the checkpoint of each fold, which evaluate scores the same", async () => {
  const argv = ["train", "opinions.csv", "--folds", "2", "--out", "kept", "--json", ...quick];
  const { code, stdout } = await rnn(argv, { cwd });
  expect(code).toBe(0);
  const found = JSON.parse(stdout);
  expect(JSON.parse(readFileSync(join(cwd, "kept", "folds.json"), "utf8"))).toEqual(found);
  const [first, second] = found.runs.map(({ result }: { result: { accuracy: number } }) => result.accuracy);
  expect(found.models[0].scores.accuracy.mean).toBeCloseTo((first + second) / 2, 12);
  expect(found.models[0].scores.accuracy.standardDeviation).toBeCloseTo(Math.abs(first - second) / Math.SQRT2, 12);
  expect(sum(found.confusion.flat())).toBe(60);
  const hits = sum(found.confusion.map((row: number[], label: number) => row[label]));
  expect(found.models[0].pooledAccuracy).toBeCloseTo(hits / 60, 12);
  const evaluation = await rnn(["evaluate", "-c", "kept/fold-2", "--json"], { cwd });
  expect(JSON.parse(evaluation.stdout)).toMatchObject({ accuracy: second, targets: 30 });
});

test("train --fold N trains one network of --folds, the same as the whole cross-validation does", async () => {
  const { runs } = await crossValidate(join(cwd, "opinions.csv"), { folds: 3, ...small });
  const out = join(cwd, "third");
  const { result } = await train(join(cwd, "opinions.csv"), { folds: 3, fold: 3, out, ...small });
  expect(result).toEqual(runs[2]!.result);
});

test.each([
  ["stars.csv", ["meanAbsoluteError", "rootMeanSquaredError", "r2"], 60],
  ["tags.conllu", ["accuracy", "loss"], 24],
])("train --folds: %s too has its scores", async (corpus, measures, targets) => {
  const { summary } = await crossValidate(join(cwd, corpus), { folds: 2, ...small });
  expect(Object.keys(summary!.models[0]!.scores)).toEqual(measures);
  expect(summary!.targets).toBe(targets);
  expect(summary!.models.length).toBeGreaterThan(1);
});

test("train --folds: sets of labels have micro and macro F1", async () => {
  const { summary } = await crossValidate(join(cwd, "topics.jsonl"), { folds: 2, multilabel: true, ...small });
  expect(Object.keys(summary!.models[0]!.scores)).toEqual(["accuracy", "f1Micro", "f1Macro", "loss"]);
  expect(summary!.confusion).toBeUndefined();
});

test.each([
  [["opinions.csv", "--folds", "5", "--test", "0.2"], /--test has no effect with --folds/],
  [["opinions.csv", "--folds", "2", "--validation", "0.6"], /--validation 0.6 and --folds 2 leave no training part/],
  [["opinions.csv", "--folds", "100"], /--folds 100 needs at least 100 different documents, and opinions.csv has 60/],
  [["opinions.csv", "--folds", "3", "--fold", "4"], /--fold 4 is not one of --folds 3/],
  [["opinions.csv", "--fold", "2"], /--fold has no effect without --folds/],
  [["opinions.csv", "--folds", "3", "--dry-run"], /--dry-run plans one network; add --fold 1/],
  [["tale.txt", "--folds", "3"], /--folds has no effect on a generator/],
  [
    ["dated.csv", "--folds", "3", "--time-column", "day"],
    /draws documents at random, and dated.csv is split by its times/,
  ],
  [["-", "--folds", "3"], /could not cross-validate on standard input/],
])("train: %j is one line", async (argv, message) => {
  const { code, stderr } = await rnn(["train", ...argv, ...quick], { cwd });
  expect(code).toBeGreaterThan(0);
  expect(stderr.split("\n")[0]).toMatch(message);
  expect(stderr).not.toContain("    at ");
});
