/** @file `compare`: several networks on small corpora. */
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

async function runsOf(corpus: string, networks: string[], seeds: number): Promise<Run[]> {
  const { sequenceLength: _sequenceLength, ...given } = small;
  const runs: Run[] = [];
  const options = { given, networks, seeds, backend: "auto" as const, stop: neverStopped() };
  for await (const run of compare(join(cwd, corpus), options)) runs.push(run);
  return runs;
}

// Course row 3.7: docs/guide/README.md#course-rows
test("compare: all networks and seeds share one test part; a run has its accuracies, loss and duration", async () => {
  const runs = await runsOf("opinions.csv", ["gru", "mean"], 2);
  expect(runs.map(({ network, seed }) => [network, seed])).toEqual([
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
  const { networks } = summaryOf(runs);
  for (const { validation, loss } of networks) expect([validation!.count, loss.count]).toEqual([2, 2]);
});

test("compare: the plan and the runs go to stderr, the table with the baselines and the verdict to stdout", async () => {
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
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^networks bilstm, conv; seeds 1, 2; 4 runs\n(?:(?:bilstm|conv), seed [12]: test accuracy [\d.]+%, [\d.]+ s\n){4}\n$/,
  );
  expect(stdout).toMatch(/^ +training +validation +training\n +test accuracy +accuracy +accuracy +parameters +time\n/);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  for (const name of ["bilstm", "conv", "majority class", "bag of n-grams"])
    expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
  expect(stdout).toMatch(/standard errors\ntest part: 12 documents; 2 seeds; ± is the standard deviation\n$/);
  expect(existsSync(join(cwd, "kept/conv-2/checkpoint.json"))).toBe(true);
});

test("compare: generators are compared by perplexity; --json has every run", async () => {
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
    metric: "perplexity",
    networks: [{}, {}],
    runs: [{ seed: 1 }, { seed: 1 }],
  });
});

test("compare: an unknown network, standard input and a missing corpus are usage errors", async () => {
  expect(await rnn(["compare", "opinions.csv", "--networks", "gpt"], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no such network or preset "gpt"'),
  });
  expect(await rnn(["compare", "-"], { cwd })).toMatchObject({ code: 2, stdout: "" });
  expect(await rnn(["compare"], { cwd })).toMatchObject({ code: 2, stdout: "" });
});
