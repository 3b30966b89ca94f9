/** @file The commands about checkpoints and texts: evaluate, inspect, tokenize, windows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const cwd = folderWith({
  "tale.txt": tale(80),
  "opinions.csv": csvOf(opinions(60)),
  "more.txt": tale(9),
  "short.txt": "a",
  "strange.csv": "text,label\nwarm,praise\nsour,shrug\n",
});
const run = (line: string, input = "") => rnn(line.split(" "), { cwd, input });
beforeAll(async () => {
  process.chdir(cwd); // a checkpoint stores the given path of the corpus
  await trainInto("writer", "tale.txt", {});
  await trainInto("judge", "opinions.csv", { epochs: 10, learningRate: 0.02 });
});

test("evaluate: the scores on the test part are those that training found", async () => {
  for (const name of ["writer", "judge"]) {
    const { code, stdout, stderr } = await run(`evaluate -c ${name} --json`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const result = JSON.parse(stdout) as Record<string, unknown>;
    const { test: kept } = documentIn(name).metrics as { test: Record<string, unknown> };
    for (const key of ["loss", "perplexity", "accuracy", "targets", "baselines"])
      expect(result[key]).toEqual(kept[key]);
  }
});

test("evaluate: --json has the loss with the perplexity or the accuracy at the top level", async () => {
  const [texts, labels] = await Promise.all([run("evaluate -c writer --json"), run("evaluate -c judge --json")]);
  const text = JSON.parse(texts.stdout) as { loss: number; perplexity: number };
  expect(text.perplexity).toBeCloseTo(Math.exp(text.loss), 6);
  const label = JSON.parse(labels.stdout) as { accuracy: number; loss: number; confusion: number[][]; report: unknown };
  expect(label).toMatchObject({ accuracy: 1, loss: expect.any(Number) });
  expect(label.confusion.flat().reduce((sum, count) => sum + count)).toBe(6);
});

test("evaluate: the text has the scores of the network and its baselines, and the confusion matrix", async () => {
  const { stdout } = await run("evaluate -c judge");
  expect(stdout).toMatch(/^the test part of opinions\.csv/);
  for (const word of ["network", "majority class", "bag of n-grams", "precision", "recall", "F1", "actual ↓"])
    expect(stdout).toContain(word);
});

test("evaluate: other files and standard input are evaluated too", async () => {
  const [file, input] = await Promise.all([
    run("evaluate -c writer more.txt --json"),
    run("evaluate -c writer - --json", tale(9)),
  ]);
  expect(JSON.parse(file.stdout)).toMatchObject({ source: "more.txt", targets: tale(9).length - 1, baselines: [{}] });
  expect(JSON.parse(input.stdout)).toMatchObject({ loss: (JSON.parse(file.stdout) as { loss: number }).loss });
  const strange = await run("evaluate -c judge strange.csv");
  expect(strange).toMatchObject({ code: 1, stdout: "" });
  expect(strange.stderr).toMatch(/the label shrug in the test part is not one of blame, praise/);
});

test("inspect: --json is checkpoint.json, the text has its main values and the curve", async () => {
  const { code, stdout, stderr } = await run("inspect judge --json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(cwd, "judge/checkpoint.json"), "utf8")));
  const page = (await run("inspect -c judge")).stdout;
  expect(page).toMatch(/^checkpoint {2}judge, .*\ntask {8}classifier: blame, praise\ncorpus {6}opinions\.csv/);
  expect(page).toContain("loss over steps");
});

test("windows: a sentence has one for each position", async () => {
  const sentence = "I went to the beach with my dog\n";
  expect(await run("windows --sequence-length 5", sentence)).toEqual({
    code: 0,
    stdout: "I went to the beach\twith\nwent to the beach with\tmy\nto the beach with my\tdog\n",
    stderr: "",
  });
  expect((await run("windows --sequence-length 3 --prefixes", "I went to the\n")).stdout).toBe(
    "· · I\twent\n· I went\tto\nI went to\tthe\n",
  );
  expect((await run("windows --sequence-length 7 --json", sentence)).stdout).toBe(
    '{"inputs":["I","went","to","the","beach","with","my"],"target":"dog"}\n',
  );
  expect(await run("windows --sequence-length 8", sentence)).toMatchObject({ code: 0, stdout: "" });
});

test("tokenize: a line of tokens for each line, or of ids", async () => {
  const text = "Don't panic, said the owl.\nThe owl!\n";
  const { code, stdout, stderr } = await run("tokenize --lowercase", text);
  expect(code).toBe(0);
  expect(stdout.split("\n")).toHaveLength(3);
  expect(stdout).toMatch(/panic , said the owl \./);
  expect(stderr).toMatch(/^\d+ tokens, 0 of them unknown; vocabulary size \d+\n$/);
  const ids = (await run("tokenize --lowercase --ids", text)).stdout;
  expect(ids).toMatch(/^[\d ]+\n[\d ]+\n$/);
  const result = await run("tokenize -c writer --json", "the fox 7");
  expect(JSON.parse(result.stdout)).toEqual(["t", "h", "e", " ", "f", "o", "x", " ", "<unk>"]);
});

test("windows: a note reports that a text is too short", async () => {
  const { stdout, stderr, code } = await run("windows --sequence-length 5", "I went to the beach\n");
  expect({ stdout, stderr, code }).toEqual({
    stdout: "",
    stderr: "no windows: a text needs more than 5 tokens\n",
    code: 0,
  });
});

test("evaluate: a file with too little text is an error", async () => {
  const { stdout, stderr, code } = await run("evaluate -c writer short.txt");
  expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
  expect(stderr).toMatch(/^rnn: short\.txt has too little text to evaluate/m);
});
