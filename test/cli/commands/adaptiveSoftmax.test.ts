/** @file Every command on a generator with an adaptive softmax. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { documentIn } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(60) });
const quick = [
  "--tokenizer",
  "words",
  "--units",
  "6",
  "--embedding",
  "8",
  "--epochs",
  "2",
  "--batch-size",
  "4",
  "--no-layer-norm",
];
const run = (...argv: string[]) => rnn(argv, { cwd });
const adaptive = ["--softmax", "adaptive", "--cutoffs", "6,12"];
let trained: Awaited<ReturnType<typeof run>>;

beforeAll(async () => {
  trained = await run("train", "tale.txt", ...quick, ...adaptive, "--out", "a");
});

test("train: the line of the network says where the clusters of an adaptive softmax begin", () => {
  expect(trained).toMatchObject({ code: 0, stdout: "a\n" });
  expect(trained.stderr).toMatch(/embedding 8 → lstm 6 → output \d+ \(adaptive softmax 6,12\); /);
  expect(documentIn(join(cwd, "a")).spec).toMatchObject({ adaptive: { cutoffs: [6, 12], divValue: 4 } });
});

test("generate: an adaptive softmax gives the same text for a seed, from known words", async () => {
  const generated = await run("generate", "-c", "./a", "--seed", "3", "--max-tokens", "12");
  expect(generated.code).toBe(0);
  expect(generated.stdout.trim()).not.toBe("");
  expect(await run("generate", "-c", "./a", "--seed", "3", "--max-tokens", "12")).toEqual(generated);
});

test("evaluate: the loss of an adaptive softmax is that of the end of training", async () => {
  const { stdout } = await run("evaluate", "-c", "./a", "--json");
  const { metrics } = documentIn(join(cwd, "a")) as unknown as { metrics: { test: { loss: number } } };
  expect(stdout).toContain(String(metrics.test.loss));
});

test("score, inspect, neighbours and train --resume accept an adaptive softmax", async () => {
  const scored = await run("score", "-c", "./a", "--json", "tale.txt");
  expect(scored).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(scored.stdout.split("\n")[0]!)).toMatchObject({ perplexity: expect.any(Number) as number });
  expect((await run("inspect", "./a")).stdout).toContain("(adaptive softmax 6,12)");
  expect((await run("neighbours", "-c", "./a", "the")).code).toBe(0);
  expect(await run("train", "--resume", "./a", "--epochs", "3")).toMatchObject({ code: 0, stdout: "./a\n" });
});

test.each([
  [["--tokenizer", "characters", "--softmax", "adaptive"], "--softmax has no effect with --tokenizer characters"],
  [["--tokenizer", "words", "--cutoffs", "5"], "--cutoffs has no effect with --softmax full"],
  [["--tokenizer", "words", "--div-value", "2"], "--div-value has no effect with --softmax full"],
  [["--tokenizer", "words", ...adaptive, "--tie-weights"], "cannot be combined with --tie-weights"],
  [["--tokenizer", "words", "--softmax", "adaptive", "--cutoffs", "9,5"], "--cutoffs 9,5: expected ascending numbers"],
])("train: %j is a usage error of one line", async (argv, message) => {
  const { code, stderr } = await run("train", "tale.txt", ...argv, "--out", "none");
  expect(code).toBe(2);
  expect(stderr.split("\n")[0]).toContain(message);
});
