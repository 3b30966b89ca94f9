/** @file Networks with other layers than recurrent ones, from training to use. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, comparableContent } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const cwd = folderWith({
  "tale.txt": tale(60),
  "opinions.csv": csvOf(opinions(60)),
  "short.txt": tale(12),
  "few.csv": csvOf(opinions(24)),
});
const quick = ["--embedding", "8", "--batch-size", "8", "--learning-rate", "0.01"];
const run = (...argv: string[]) => rnn(argv, { cwd });

test.concurrent("train: a convolution with mean pooling learns labels", async () => {
  const layers = ["--convolution", "12x3", "--units", "none", "--pooling", "mean", "--dense", "6", "--dropout", "0.1"];
  const trained = await run("train", "opinions.csv", ...layers, ...quick, "--epochs", "20", "-o", "windows");
  expect(trained).toMatchObject({ code: 0, stdout: "windows\n" });
  expect(trained.stderr).toContain("embedding 8 → convolution 12x3 → mean → dense 6 → output 2");
  const { metrics, options } = documentIn(join(cwd, "windows"));
  expect(metrics).toMatchObject({ test: { accuracy: 1 } });
  expect(options).toMatchObject({ convolution: "12x3", units: "none" });
  const { stdout } = await rnn(["classify", "-c", "windows"], {
    cwd,
    input: `${opinions(2)
      .map(({ text }) => text)
      .join("\n")}\n`,
  });
  expect(stdout.split("\n").map((line) => line.split("\t")[0])).toEqual([...opinions(2).map(({ label }) => label), ""]);
  expect((await run("inspect", "windows")).stdout.replaceAll(/\s+/g, " ")).toContain(
    "--units none --embedding 8 --pooling mean --convolution 12x3 --dense 6",
  );
});

test.concurrent("train: a classifier trains with --pooling flatten, attention and several poolings", async () => {
  for (const pooling of ["flatten", "attention", "last,attention,max,mean"]) {
    const { code } = await run(
      "train",
      "opinions.csv",
      ...quick,
      "--epochs",
      "1",
      "--units",
      "4",
      "--max-length",
      "20",
      "--pooling",
      pooling,
      "-o",
      pooling,
    );
    expect(code).toBe(0);
  }
});

test.concurrent("train: a generator with tied weights trains and generates", async () => {
  const { code, stderr } = await run(
    "train",
    "tale.txt",
    "--tie-weights",
    "--units",
    "12,8",
    "--optimizer",
    "adamw",
    "--weight-decay",
    "0.1",
    ...quick,
    "-o",
    "tied",
  );
  expect(code).toBe(0);
  expect(stderr).toContain("tied to the embedding");
  const { stdout } = await run("generate", "-c", "tied", "--max-tokens", "20", "--seed", "1");
  expect(stdout.length).toBeGreaterThan(10);
});

const everything = "--units 8,8 --residual --layer-norm --dropout 0.1 --variational-dropout".split(" ");
const drops = "--recurrent-dropout 0.1 --weight-drop 0.1 --embedding-dropout 0.1 --schedule constant".split(" ");

test.concurrent.each(["short.txt", "few.csv"])(
  "train: a network with every kind of layer trains on %s and resumes to the same bits",
  async (corpus) => {
    const [whole, parts] = [`${corpus} whole`, `${corpus} parts`];
    const trained = await run("train", corpus, ...everything, ...drops, ...quick, "--epochs", "2", "-o", whole);
    expect(trained.code).toBe(0);
    expect(trained.stderr).toContain("normalization");
    expect(trained.stderr).toContain("residual");
    await run("train", corpus, ...everything, ...drops, ...quick, "--epochs", "1", "-o", parts);
    expect((await run("train", "--resume", parts, "--epochs", "2")).code).toBe(0);
    expect(comparableContent(join(cwd, parts))).toEqual(comparableContent(join(cwd, whole)));
  },
);

test.concurrent("generate: a network with every kind of layer gives the same text for the same seed", async () => {
  await run("train", "short.txt", ...everything, ...drops, ...quick, "--epochs", "1", "-o", "writer");
  const write = () => run("generate", "-c", "writer", "--max-tokens", "20", "--seed", "1");
  const { code, stdout } = await write();
  expect(code).toBe(0);
  expect(stdout.length).toBeGreaterThan(10);
  expect((await write()).stdout).toBe(stdout);
});

test.concurrent("train: blocks learn to generate, are described in one line, score and are inspected", async () => {
  const blocks = ["--block", "--cell", "hgrn", "--units", "8,8", "--causal-conv", "4", "--mlp", "6", "--dropout", "0"];
  const given = ["--batch-size", "8", "--learning-rate", "0.01", "--epochs", "2", "-o", "blocks"];
  const trained = await run("train", "tale.txt", ...blocks, ...given);
  expect(trained.code).toBe(0);
  expect(trained.stderr.replaceAll(/\s+/g, " ")).toContain(
    "embedding 8 → 2 blocks (causal convolution 4, hgrn 8, gated MLP 6) → RMSNorm → output",
  );
  const { stdout } = await run("generate", "-c", "blocks", "--max-tokens", "20", "--seed", "1");
  expect(stdout.length).toBeGreaterThan(10);
  expect((await run("score", "-c", "blocks", "short.txt")).code).toBe(0);
  expect((await run("inspect", "blocks")).stdout.replaceAll(/\s+/g, " ")).toContain("--block --mlp 6 --causal-conv 4");
});

test.concurrent("train: blocks learn labels in both directions", async () => {
  const blocks = ["--block", "--cell", "sru", "--units", "8", "--causal-conv", "3", "--dropout", "0.1"];
  const given = ["--batch-size", "8", "--learning-rate", "0.01", "--epochs", "10", "-o", "label blocks"];
  expect((await run("train", "opinions.csv", ...blocks, ...given)).code).toBe(0);
  expect(documentIn(join(cwd, "label blocks")).metrics).toMatchObject({ test: { accuracy: 1 } });
});

test.concurrent.each([
  [["--mlp", "4"], 2, "--mlp has no effect without --block; remove it or add --block"],
  [["--causal-conv", "4"], 2, "--causal-conv has no effect without --block; remove it or add --block"],
  [["--block", "--causal-conv", "1"], 2, "expected a whole number from 2 to 16, got 1"],
  [
    ["--block", "--layer-norm"],
    2,
    "--block has residual connections and normalization of its own; remove --layer-norm",
  ],
  [
    ["--residual", "--units", "8,4"],
    2,
    "--residual needs two neighboring recurrent layers of the same width, but --units 8,4 has none",
  ],
  [["--dropout", "0", "--variational-dropout"], 2, "--variational-dropout has no effect with --dropout 0"],
  ...["--layer-norm", "--recurrent-dropout=0.1", "--weight-drop=0.1"].map((option): [string[], number, string] => [
    ["--units", "none", "--examples", "windows", "--sequence-length", "5", "--pooling", "mean", option],
    2,
    `${option.split("=")[0]} has no effect`,
  ]),
  [["--weight-drop", "1"], 2, "--weight-drop"],
  [
    ["--tie-weights", "--units", "12"],
    1,
    "--tie-weights needs a last layer of the embedding's width 8, but its width is 12",
  ],
  [["--convolution", "8x3"], 2, "--convolution has no effect"],
  [["--convolution", "8"], 2, "expected filters and kernel size as in 128x5, got 8"],
  [["--examples", "windows", "--sequence-length", "5", "--units", "none"], 2, "use another --pooling"],
])("train: %j is an error that names the option", async (given, code, message) => {
  const result = await run("train", "tale.txt", ...quick, "--epochs", "3", ...given, "-o", `wrong ${given.join(" ")}`);
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(message);
});
