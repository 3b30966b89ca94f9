/** @file `rnn train --dry-run`: what was found, the plan, and nothing written. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planTraining } from "../../../src/index.js";
import { rnn, rnnProcess } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(400), "opinions.csv": csvOf(opinions(80)) });
const small = ["--units", "6", "--embedding", "4", "--batch-size", "8"];

test("train: --dry-run prints what was found and the plan to stdout, and writes nothing", async () => {
  const { code, stdout, stderr } = await rnn(["train", "opinions.csv", "--dry-run", "--epochs", "30", ...small], {
    cwd,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.replaceAll(/avx\w+|baseline|neon|sse\w*/g, "#")).toMatch(
    new RegExp(
      [
        "^corpus     opinions\\.csv",
        'read as    csv, delimiter ",", text column text, label column label',
        "task       classifier, because column label holds labels",
        "labels     blame \\(40\\), praise \\(40\\)",
        "copies     20 of 80 documents repeat the text of another, and are in its part",
        "parts      training 63 documents, validation 9, test 8",
        "tokenizer  words, vocabulary size .*(\n {11}.*)*",
        "network    embedding 4 → bidirectional lstm 6 → .* → output 2; [\\d.k]+(\n {11})? ?parameters",
        "optimizer  adam, learning rate 0\\.002, cosine schedule",
        "training   240 steps, 30\\.0 epochs, batch size 8",
        "backend    native, #, \\d+ threads?",
        "epoch      8 steps, about .*",
        "time       about .* of training, .* for each step; reading took .*(\n {11}.*)*",
        "memory     about \\d+ MB",
        "output     nothing is written \\(--dry-run\\)\n$",
      ].join("\n"),
    ),
  );
  expect(readdirSync(cwd).toSorted()).toEqual(["opinions.csv", "tale.txt"]);
});

test("train: --dry-run --json prints the description and the plan as one object", async () => {
  const { code, stdout } = await rnn(["train", "tale.txt", "--dry-run", "--json", "--for", "3s", ...small], { cwd });
  expect(code).toBe(0);
  const plan = JSON.parse(stdout) as { steps: number; trainingSeconds: number; stepSeconds: number };
  expect(plan).toMatchObject({
    task: "generator",
    for: 3,
    batchSize: 8,
    layers: expect.arrayContaining([
      { type: "embedding", units: 4 },
      { type: "recurrent", cell: "lstm", units: 6, bidirectional: false },
    ]) as object[],
    counts: { training: { documents: 1 } },
    memory: expect.any(Number) as number,
  });
  expect(plan.trainingSeconds).toBeGreaterThan(0.2);
  expect(plan.trainingSeconds).toBeLessThan(4);
  expect(readdirSync(cwd)).not.toContain("checkpoints");
});

test("planTraining: the library plans a run with the same warnings", async () => {
  const plan = await planTraining(join(cwd, "opinions.csv"), { units: 6, epochs: 2, batchSize: 32 });
  expect(plan).toMatchObject({ task: "classifier", stepsPerEpoch: 2, plan: { steps: 4, evaluateEvery: 2 } });
  expect(plan.warnings).toEqual([
    "only 4 training steps, which teach a network little; give more --epochs (now 2), or a smaller --batch-size",
  ]);
  expect(plan.trainingSeconds).toBeGreaterThanOrEqual(4 * plan.stepSeconds);
});

/** Prints the peak resident memory of a process at its end. */
const shownPeak = `--import=data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => process.stderr.write(`peak ${process.resourceUsage().maxRSS * 1024}\\n`))',
)}`;

test.each([["tale.txt"], ["opinions.csv"]])(
  "train: the memory that --dry-run estimates for %s is that of the run, within a half",
  async (corpus) => {
    const argv = ["train", corpus, "--epochs", "2", "--units", "256", "--threads", "1"]; // the weights take most of it
    const planned = await rnnProcess([...argv, "--dry-run", "--json"], { cwd });
    const { memory } = JSON.parse(planned.stdout) as { memory: number };
    const { code, stderr } = await rnnProcess(argv, { cwd, env: { NODE_OPTIONS: shownPeak } });
    expect(code).toBe(0);
    const peak = Number(/^peak (\d+)$/m.exec(stderr)?.[1]);
    expect(memory / peak).toBeGreaterThan(0.67);
    expect(memory / peak).toBeLessThan(1.5);
  },
  60_000,
);
