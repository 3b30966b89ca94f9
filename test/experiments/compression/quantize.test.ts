/** @file `rnn quantize`: a smaller checkpoint that every command reads, with the scores of `rnn evaluate`. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { train } from "../../../src/library/trainingRuns.js";
import { quantize } from "../../../src/library/checkpointTools.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { documentIn } from "../../support/models.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const cwd = folderWith({ "opinions.csv": csvOf(opinions(80)), "tale.txt": tale(60) });
const weightsFile = (folder: string): string =>
  join(
    cwd,
    folder,
    readdirSync(join(cwd, folder)).find((name) => name.startsWith("weights"))!,
  );

beforeAll(async () => {
  await train(join(cwd, "opinions.csv"), {
    model: "network",
    units: 24,
    embedding: 32,
    epochs: 6,
    learningRate: 0.02,
    out: join(cwd, "big"),
  });
  await train(join(cwd, "tale.txt"), { units: 12, epochs: 1, sequenceLength: 16, out: join(cwd, "teller") });
});

test("quantize: size, scores and speed of both go to stderr, the folder to stdout, and its scores are those of evaluate", async () => {
  const { code, stdout, stderr } = await rnn(["quantize", "big", "--out", "small"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toBe("small\n");
  expect(stderr).toMatch(/^ +weights +parameters +test accuracy +test loss +documents\/s$/m);
  expect(stderr).toMatch(/^small +[\d.]+ kB .*%/m);
  expect(stderr).toMatch(/^\d\d% of the size, .*accuracy.*, [\d.]+ × as fast$/m);
  expect(statSync(weightsFile("small")).size).toBeLessThan(0.4 * statSync(weightsFile("big")).size);
  const evaluation = JSON.parse((await rnn(["evaluate", "-c", "small", "--json"], { cwd })).stdout);
  const { metrics, quantized, files } = documentIn(join(cwd, "small"));
  expect(metrics["test"]).toMatchObject({ accuracy: evaluation.accuracy, loss: evaluation.loss });
  expect(quantized?.type).toBe("int8");
  expect(files.training).toBeUndefined();
  expect((await rnn(["classify", "-c", "small", "-"], { cwd, input: "the bell was lovely\n" })).stdout).toMatch(
    /^praise\t/,
  );
  expect((await rnn(["inspect", "small"], { cwd })).stdout).toContain("quantized to 8-bit integers");
});

test("quantize: a generator too; a corpus that is gone is a note, and the sizes stay", async () => {
  const { folder, before, after } = await quantize(join(cwd, "teller"), { out: join(cwd, "short teller") });
  expect(after.evaluation!.perplexity).toBeCloseTo(before.evaluation!.perplexity!, 0);
  expect((await rnn(["generate", "-c", folder, "--max-tokens", "20"], { cwd })).stdout.length).toBeGreaterThan(10);
  writeFileSync(join(cwd, "tale.txt"), tale(61));
  const unscored = await quantize(join(cwd, "teller"), { out: join(cwd, "unscored") });
  expect(unscored.note).toMatch(/^not scored: .*tale\.txt differs from the corpus/);
  expect(unscored.after.bytes).toBeLessThan(unscored.before.bytes);
});

test("quantize: a quantized checkpoint, a resumed one and a damaged one are one line each", async () => {
  await quantize(join(cwd, "big"), { out: join(cwd, "other") });
  const again = await rnn(["quantize", "other", "--out", "third"], { cwd });
  expect(again.stderr).toContain("other is quantized already; name the checkpoint that it was made from");
  const resumed = await rnn(["train", "--resume", "other", "--epochs", "9"], { cwd });
  expect(resumed.stderr).toContain("it was saved without its training state");
  const file = weightsFile("other");
  const bytes = readFileSync(file);
  bytes[bytes.length - 5]! ^= 1;
  writeFileSync(file, bytes);
  const damaged = await rnn(["classify", "-c", "other", "-"], { cwd, input: "a\n" });
  expect(damaged.code).toBe(1);
  expect(damaged.stderr.trim().split("\n")).toHaveLength(1);
  expect(damaged.stderr).toContain("its SHA-256 differs");
});
