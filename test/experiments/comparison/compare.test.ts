/** @file Networks side by side on small corpora. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compare, type Run } from "../../../src/experiments/comparison/compare.js";
import { summaryOf } from "../../../src/experiments/comparison/comparisonSummary.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { neverStopped, small } from "../../support/models.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const cwd = folderWith({ "opinions.csv": csvOf(opinions(120)), "tale.txt": tale(80) });
const quick = ["--epochs", "6", "--embedding", "8", "--units", "8", "--learning-rate", "0.02"];

async function runsOf(corpus: string, contestants: string[], seeds: number): Promise<Run[]> {
  const { sequenceLength: _sequenceLength, ...given } = small;
  const runs: Run[] = [];
  const options = { given, contestants, seeds, backend: "auto" as const, stop: neverStopped() };
  for await (const run of compare(join(cwd, corpus), options)) runs.push(run);
  return runs;
}

test("lesson 3.7: every network is judged by the same texts, whatever its seed, with training and validation accuracy, loss and duration", async () => {
  const runs = await runsOf("opinions.csv", ["gru", "mean"], 2);
  expect(runs.map(({ contestant, seed }) => [contestant, seed])).toEqual([
    ["gru", 1],
    ["gru", 2],
    ["mean", 1],
    ["mean", 2],
  ]);
  for (const run of runs) {
    expect(run.result.baselines).toEqual(runs[0]!.result.baselines);
    expect(run.training.accuracy).toBeGreaterThan(0.4);
    expect(run.seconds).toBeGreaterThan(0);
    expect(run.speed).toBeGreaterThan(100);
  }
  expect(runs[0]!.result.loss).not.toBe(runs[1]!.result.loss);
  const { lines } = summaryOf(runs);
  for (const { validation, loss } of lines) expect([validation!.count, loss.count]).toEqual([2, 2]);
});

test("rnn compare prints a table with the baselines, and says what is more than noise", async () => {
  const { code, stdout, stderr } = await rnn(
    [
      "compare",
      "opinions.csv",
      "--networks",
      "bilstm,conv",
      "--seeds",
      "2",
      "--padding",
      "valid",
      "-o",
      "kept",
      ...quick,
    ],
    { cwd },
  );
  expect({ code, runs: stderr.trimEnd().split("\n").length }).toEqual({ code: 0, runs: 4 });
  expect(stdout).toMatch(
    /^ +test accuracy +loss +training accuracy +validation accuracy +parameters +trained in +documents\/s\n/,
  );
  for (const name of ["bilstm", "conv", "commonest label", "bag of words"])
    expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
  expect(stdout).toMatch(/noise \(judged by 12 documents, 2 seeds\)\n$/);
  expect(existsSync(join(cwd, "kept/conv-2/checkpoint.json"))).toBe(true);
});

test("generators are compared by perplexity; --json has every run", async () => {
  const { code, stdout } = await rnn(
    [
      "compare",
      "tale.txt",
      "--networks",
      "rnn,gru",
      "--seeds",
      "1",
      "--epochs",
      "1",
      "--units",
      "8",
      "--sequence-length",
      "16",
      "--json",
    ],
    { cwd },
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    measure: "perplexity",
    lines: [{}, {}],
    runs: [{ seed: 1 }, { seed: 1 }],
  });
});

test("an unknown network, standard input and no corpus are told in a line", async () => {
  expect(await rnn(["compare", "opinions.csv", "--networks", "gpt"], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("there is no gpt: choose among lstm"),
  });
  expect(await rnn(["compare", "-"], { cwd })).toMatchObject({ code: 2, stdout: "" });
  expect(await rnn(["compare"], { cwd })).toMatchObject({ code: 2, stdout: "" });
});
