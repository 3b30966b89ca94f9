/** @file `rnn train` on every kind of corpus. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cellNames } from "../../src/common/names.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, essenceOf, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const rows = opinions(40);
const cwd = folderWith({
  "tale.txt": tale(60),
  "packed.txt.gz": gzipSync(tale(60)),
  "opinions.csv": csvOf(rows),
  "opinions.tsv": `text\tlabel\n${rows.map(({ text, label }) => `${text}\t${label}\n`).join("")}`,
  "opinions.jsonl": rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  ...Object.fromEntries(rows.map(({ text, label }, index) => [`opinions/${label}/${index}.txt`, text])),
});
const quick = ["--units", "6", "--embedding", "4", "--epochs", "1", "--batch-size", "8"];
const run = (...argv: string[]) => rnn([...argv, ...quick], { cwd });

test("stdout has the folder and nothing else, stderr has what a person reads", async () => {
  const { code, stdout, stderr } = await run("train", "tale.txt", "--out", "writer");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "writer\n" });
  expect(stderr.replaceAll(/\d[\d,.]*k?|avx\w+|baseline|neon|sse\w*/g, "#")).toMatchInlineSnapshot(`
    "corpus    tale.txt: # characters to learn from, # to steer by, # to judge by
    tokens    characters, # in the vocabulary
    network   embedding # → lstm # → #: # parameters
    training  # steps, # epochs, on native, #, # threads
    into      writer
    epoch #  train #  validation #  perplexity #  best

    test: # characters that it has not learned from
                  perplexity    loss
    network             #  #
    #-gram model        #  #
    "
  `);
  expect(readdirSync(join(cwd, "writer"))).toHaveLength(3);
});

test.concurrent.each(["opinions.csv", "opinions.tsv", "opinions.jsonl", "opinions"])(
  "%s has labels to learn",
  async (corpus) => {
    const { code, stdout } = await run("train", corpus, "--out", `of ${corpus}`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `of ${corpus}\n` });
    expect(documentIn(join(cwd, `of ${corpus}`))).toMatchObject({
      task: "classifier",
      labels: ["blame", "praise"],
      counts: { training: { documents: 32 }, validation: { documents: 4 }, test: { documents: 4 } },
      metrics: { test: { targets: 4, baselines: [{ name: "commonest label" }, { name: "bag of words" }] } },
    });
  },
);

test("what has labels can be learned to be written", async () => {
  const { code } = await run("train", "opinions.csv", "--task", "generator", "--out", "forced");
  expect(code).toBe(0);
  expect(documentIn(join(cwd, "forced"))).toMatchObject({ task: "generator", corpus: { shape: "documents" } });
});

test("a packed file and standard input are read as the file that they hold", async () => {
  const given = { units: [6], embedding: 4, epochs: 1, batchSize: 8, sequenceLength: 64 };
  await trainInto(join(cwd, "plain"), join(cwd, "tale.txt"), given);
  await run("train", "packed.txt.gz", "--out", "unpacked");
  const piped = await rnn(["train", "-", "--out", "piped", ...quick], {
    cwd,
    input: readFileSync(join(cwd, "tale.txt")),
  });
  expect(piped).toMatchObject({ code: 0, stdout: "piped\n" });
  const { sha256 } = documentIn(join(cwd, "plain")).files.weights;
  for (const name of ["unpacked", "piped"]) expect(documentIn(join(cwd, name)).files.weights.sha256).toBe(sha256);
});

test("without --out the folder has the corpus's name and is never one that is there", async () => {
  expect((await run("train", "tale.txt")).stdout).toBe("checkpoints/tale\n");
  const kept = essenceOf(join(cwd, "checkpoints/tale"));
  expect((await run("train", "tale.txt", "--seed", "2")).stdout).toBe("checkpoints/tale-2\n");
  expect(essenceOf(join(cwd, "checkpoints/tale"))).toEqual(kept);
});

test("files of their own steer and judge", async () => {
  const { code } = await run(
    "train",
    "opinions.csv",
    "--validation",
    "opinions.tsv",
    "--test",
    "opinions.jsonl",
    "-o",
    "own",
  );
  expect(code).toBe(0);
  expect(documentIn(join(cwd, "own")).counts).toMatchObject({
    training: { documents: 40 },
    validation: { documents: 40 },
    test: { documents: 40 },
  });
});

test("a run that diverges says what to do and ends with 1", async () => {
  const { code, stderr } = await rnn(
    [
      "train",
      "tale.txt",
      ...quick,
      "--epochs",
      "60",
      "--learning-rate",
      "1e38",
      "--schedule",
      "constant",
      "-o",
      "wild",
    ],
    { cwd },
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /error: the loss is no longer a number after step \d+: the best weights so far are kept; train anew with a lower --learning-rate \(now 1e\+38\) or --clip-norm \(now 1\)\n/,
  );
});

test.concurrent.each(cellNames)("a network of %s cells learns to write and to label", async (cell) => {
  await run("train", "tale.txt", "--cell", cell, "--out", `writer of ${cell}`);
  const written = await rnn(["generate", "The", "-c", `./writer of ${cell}`, "--max-tokens", "20"], { cwd });
  expect(written).toMatchObject({ code: 0 });
  expect(written.stdout).toMatch(/^The[^]{20,}/);

  await run("train", "opinions.csv", "--cell", cell, "--bidirectional", "yes", "--out", `critic of ${cell}`);
  const labelled = await rnn(["classify", "-c", `./critic of ${cell}`], { cwd, input: "a fine day\n\n" });
  expect(labelled).toMatchObject({ code: 0, stdout: expect.stringMatching(/^((blame|praise).*\n){2}$/) as string });
  const { stdout } = await rnn(["inspect", `./critic of ${cell}`], { cwd });
  expect(stdout).toContain(`bidirectional ${cell} 6`);
});
