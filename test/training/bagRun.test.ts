/** @file A bag of n-grams as a model: trained, saved, loaded, and used by every command that needs no network. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { classifyBatch } from "../../src/inference/classification/classify.js";
import { wordContributions } from "../../src/inference/classification/wordContributions.js";
import { loadModel } from "../../src/model/model.js";
import { train } from "../../src/training/run.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, eventsOf, neverStopped } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const rows = opinions(120);
const three = rows.map(({ text, label }, index) =>
  index % 3 === 2 ? { text: `${text}?`, label: "doubt" } : { text, label },
);
const cwd = folderWith({
  "opinions.csv": csvOf(rows),
  "three.csv": csvOf(three),
  "prices.csv": csvOf(rows.map(({ text }, index) => ({ text, label: `${index}.5` }))),
  "tale.txt": tale(40),
  "lines.txt": `${rows
    .slice(0, 40)
    .map(({ text }) => text)
    .join("\n")}\n`,
});
const path = (name: string): string => join(cwd, name);

const bagInto = (out: string, corpus = "opinions.csv", given = {}) =>
  eventsOf(train(path(corpus), { stop: neverStopped(), out: path(out), given: { model: "bag", ...given } }));

test.each([["opinions.csv"], ["three.csv"]])(
  "bag run: its checkpoint labels texts, and evaluate repeats its scores (%s)",
  async (corpus) => {
    const events = await bagInto(`own-${corpus}`, corpus);
    expect(events.map(({ type }) => type)).toEqual(["begin", "bag", "end", "result"]);
    const result = events.at(-1);
    if (result?.type !== "result") throw new Error("expected a result");
    expect(result.result).toMatchObject({ part: "test", name: "bag of n-grams" });
    expect(result.result!.accuracy).toBeGreaterThan(0.95);
    expect(result.result!.baselines.map(({ name }) => name)).toEqual(["majority class"]);
    using model = await loadModel(path(`own-${corpus}`), { task: "classifier" });
    expect(model.hasNetwork).toBe(false);
    expect(model.labels).toEqual(documentIn(model.folder).labels);
    const { accuracy, loss, confusion } = await evaluate(model);
    expect({ accuracy, loss, confusion }).toEqual({
      accuracy: result.result!.accuracy,
      loss: result.result!.loss,
      confusion: result.result!.confusion,
    });
    const [first, alone] = [
      classifyBatch(
        model,
        rows.slice(0, 9).map(({ text }) => text),
      )[4],
      classifyBatch(model, [rows[4]!.text])[0],
    ];
    expect(first).toEqual(alone);
  },
);

test("bag run: whole documents and all words are read, in any case", async () => {
  await bagInto("whole");
  using model = await loadModel(path("whole"), { task: "classifier" });
  const [short, upper] = classifyBatch(model, ["the lamp was lovely", "THE LAMP WAS LOVELY"]);
  expect(upper).toEqual(short);
  const [long] = classifyBatch(model, [`${"the lamp ".repeat(600)}was lovely, warm, helpful`]);
  expect(long![0]!.label).toBe("praise");
  const words = [...wordContributions(model, "the bell was lovely")];
  const most = words.toSorted(
    (left, right) => Math.abs(right.contributions[0]!) - Math.abs(left.contributions[0]!),
  )[0]!;
  expect("the bell was lovely".slice(most.start, most.end)).toBe("lovely");
});

test("bag run: every command shows it", async () => {
  const { stdout, stderr, code } = await rnn(["train", "opinions.csv", "--model", "bag"], { cwd });
  expect({ stdout, code }).toEqual({ stdout: "checkpoints/opinions\n", code: 0 });
  expect(stderr).toMatch(/bag of \d+ n-grams of up to \d tokens?[^]*?C [\d.]+/);
  expect(stderr).toMatch(/bag of n-grams +\d+\.\d%/);
  const run = async (...args: string[]): Promise<string> => (await rnn(args, { cwd })).stdout;
  expect(await run("inspect", "opinions")).toMatch(/bag +\d+ n-grams of up to/);
  expect(await run("list")).toMatch(/opinions +classifier/);
  expect(await run("evaluate", "-c", "opinions")).toMatch(/bag of n-grams +\d+\.\d%/);
  const labels = await run("classify", "-c", "opinions", "lines.txt");
  expect(labels.trimEnd().split("\n")).toHaveLength(40);
  expect(await run("classify", "-c", "opinions", "--workers", "2", "lines.txt")).toBe(labels);
  expect((await rnn(["report", "opinions"], { cwd })).code).toBe(0);
  expect(readFileSync(path("checkpoints/opinions/report.html"), "utf8")).toMatch(/A bag of n-grams that predicts/);
  expect((await rnn(["remove", "opinions"], { cwd })).code).toBe(0);
});

test("bag run: what has no effect or needs a network is one line", async () => {
  await bagInto("alone");
  const lineOf = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await rnn(args, { cwd });
    expect(code).toBeGreaterThan(0);
    expect(stderr).not.toMatch(/^ +at /m);
    return stderr;
  };
  expect(await lineOf("train", "--resume", "./alone")).toMatch(/is a bag of n-grams.*nothing to resume/);
  expect(await lineOf("train", "three.csv", "--from", "./alone")).toMatch(/is a bag of n-grams.*name a network/);
  const fit = ["train", "opinions.csv", "--model", "bag"];
  for (const option of ["--units", "--epochs", "--dropout"])
    expect(await lineOf(...fit, option, option === "--dropout" ? "0.1" : "8")).toMatch(/no effect with --model bag/);
  expect(await lineOf(...fit, "--dry-run")).toMatch(/--dry-run has no effect with --model bag/);
  expect(await lineOf("compare", "opinions.csv", "--model", "bag")).toMatch(/--model bag has no effect here/);
  expect(await lineOf("train", "tale.txt", "--model", "bag")).toMatch(
    /--model bag is for a classifier, and this is a generator/,
  );
  expect(await lineOf("train", "prices.csv", "--model", "bag", "--task", "regressor")).toMatch(/--model/);
  expect(await lineOf("train", "opinions.csv", "--model", "ngram")).toMatch(/--model ngram is for a generator/);
});

test("bag run: a damaged file of its weights is one line", async () => {
  await bagInto("damaged");
  const name = readdirSync(path("damaged")).find((file) => file.startsWith("bag-"))!;
  const bytes = readFileSync(path(`damaged/${name}`));
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path(`damaged/${name}`), bytes);
  await expect(loadModel(path("damaged"))).rejects.toThrow(/bag-\d+\.safetensors: damaged/);
});
