/** @file `rnn train` on every kind of corpus. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cellNames } from "../../../src/common/names.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { documentIn, comparableContent, trainInto } from "../../support/models.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

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

test("train: stdout has the folder only, stderr has the settings, the progress, the scores and the next command", async () => {
  const { code, stdout, stderr } = await run("train", "tale.txt", "--out", "writer");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "writer\n" });
  expect(stderr.replaceAll(/\d[\d,.]*k?|avx\w+|baseline|neon|sse\w*/g, "#")).toMatchInlineSnapshot(`
    "corpus     tale.txt
    task       generator, because the text has no labels
    parts      training # characters, validation # test #
    tokenizer  characters, vocabulary size # out-of-vocabulary rate #%
    network    embedding # → lstm # → layer normalization → output #; #
               parameters
    chosen     dropout # learning rate # for # characters read about #
               times
    optimizer  adam, learning rate # cosine schedule
    training   # steps, # epochs, batch size #
    backend    native, #, # threads
    output     writer
    warning: only # training steps, which teach a network little; give more --epochs (now #), or a smaller --batch-size

    epoch #  training loss #  validation loss #  perplexity #  best
    kept the mix # network + # #-gram model: validation perplexity #
    network # n-gram model #

    test part, # characters
                            perplexity  bits per byte    loss
    network + #-gram model        #          #  #
    network                       #          #  #
    #-gram model                  #          #  #

    diagnosis     the corpus is too small: # characters of training for #
                  weights; #-gram model has perplexity # the network perplexity
                  #
    change first  more text, best # characters or more; or start from a
                  checkpoint of similar text (--from)

    next: rnn generate -c ./writer --prompt "the fox took"
    "
  `);
  expect(readdirSync(join(cwd, "writer"))).toHaveLength(4); // with the n-grams of the mix
});

test("train: --json prints one object with the folder, the scores and their baselines", async () => {
  const { code, stdout } = await run("train", "opinions.csv", "--out", "as json", "--json");
  expect(code).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    folder: "as json",
    task: "classifier",
    labels: ["blame", "praise"],
    parameters: expect.any(Number) as number,
    steps: 4,
    epochs: 1,
    seconds: expect.any(Number) as number,
    ended: "finished",
    metrics: { test: { targets: 4, accuracy: expect.any(Number) as number, baselines: expect.any(Array) as object[] } },
  });
});

test.concurrent.each(["opinions.csv", "opinions.tsv", "opinions.jsonl", "opinions"])(
  "train: %s has labels, so a classifier is trained",
  async (corpus) => {
    const { code, stdout } = await run("train", corpus, "--out", `of ${corpus}`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `of ${corpus}\n` });
    expect(documentIn(join(cwd, `of ${corpus}`))).toMatchObject({
      task: "classifier",
      labels: ["blame", "praise"],
      counts: { training: { documents: 32 }, validation: { documents: 4 }, test: { documents: 4 } },
      metrics: {
        test: {
          targets: 4,
          baselines: expect.arrayContaining([expect.objectContaining({ name: "majority class" })]) as object[],
        },
      },
    });
  },
);

test("train: --task generator trains on the text of a corpus with labels", async () => {
  const { code } = await run("train", "opinions.csv", "--task", "generator", "--out", "forced");
  expect(code).toBe(0);
  expect(documentIn(join(cwd, "forced"))).toMatchObject({ task: "generator", corpus: { shape: "documents" } });
});

test("train: a gzip file and standard input train the same weights as the file itself", async () => {
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

test("train: without --out the folder has the corpus's name and never overwrites another", async () => {
  expect((await run("train", "tale.txt")).stdout).toBe("checkpoints/tale\n");
  const kept = comparableContent(join(cwd, "checkpoints/tale"));
  expect((await run("train", "tale.txt", "--seed", "2")).stdout).toBe("checkpoints/tale-2\n");
  expect(comparableContent(join(cwd, "checkpoints/tale"))).toEqual(kept);
});

test("train: --validation and --test take files", async () => {
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

test("train: a run that diverges suggests options to change and exits with 1", async () => {
  const { code, stderr } = await rnn(
    [
      "train",
      "tale.txt",
      ...quick.with(quick.indexOf("--epochs") + 1, "60"),
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
    /error: training diverged: the loss is not a finite number after step \d+; .* a lower --learning-rate \(now 1e\+38\) or --clip-norm \(now 1\)\n/,
  );
});

test.concurrent.each(["--recurrent-dropout", "--weight-drop"])(
  "train: %s with a cell that has no recurrent matrix is one line",
  async (option) => {
    const { code, stderr } = await rnn(["train", "tale.txt", "--cell", "sru", option, "0.2"], { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(
        /^rnn: --[a-z-]+ drops parts of a product .* the cell sru does not have; use --dropout or --variational-dropout\n/,
      ) as string,
    });
  },
);

test.concurrent.each(cellNames)("train: %s cells train a generator and a classifier", async (cell) => {
  await run("train", "tale.txt", "--cell", cell, "--out", `writer of ${cell}`);
  const written = await rnn(["generate", "The", "-c", `./writer of ${cell}`, "--max-tokens", "20"], { cwd });
  expect(written).toMatchObject({ code: 0 });
  expect(written.stdout).toMatch(/^The[^]{20,}/);

  await run("train", "opinions.csv", "--cell", cell, "--bidirectional", "yes", "--out", `critic of ${cell}`);
  const classified = await rnn(["classify", "-c", `./critic of ${cell}`], { cwd, input: "a fine day\n\n" });
  expect(classified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^((blame|praise).*\n){2}$/) as string });
  const { stdout } = await rnn(["inspect", `./critic of ${cell}`], { cwd });
  expect(stdout).toContain(`bidirectional ${cell} 6`);
});
