/** @file `rnn tag` through pipes, and a tagger from its corpus to its evaluation. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { finished, rnn, shell, start } from "../../support/bin.js";
import { conlluText, simpleSentences } from "../../support/conllu.js";
import { folderWith } from "../../support/folder.js";
import { documentIn } from "../../support/models.js";

const sentences = simpleSentences(120);
const cwd = folderWith({
  "simple.conllu": conlluText(sentences),
  "held.conllu": conlluText(sentences.slice(0, 6)),
  "broken.conllu": `${conlluText(sentences.slice(0, 1))}1\tthe\tDET\n`,
});
const small = ["--embedding", "8", "--units", "12", "--char-units", "8", "--learning-rate", "0.02", "--dropout", "0.2"];
beforeAll(async () => {
  const trained = await rnn(["train", "simple.conllu", ...small, "--test", "held.conllu", "--epochs", "12"], { cwd });
  expect(trained.code, trained.stderr).toBe(0);
  expect(trained.stdout).toBe(`${join("checkpoints", "simple")}\n`);
  expect(trained.stderr).toMatch(/test part, \d+ words[^]*majority tag[^]*most frequent tag per word/);
});
const run = (input: string, ...argv: string[]) => rnn(["tag", "-c", "simple", ...argv], { cwd, input });

test("train: a corpus with tags trains a tagger", () => {
  expect(documentIn(join(cwd, "checkpoints/simple"))).toMatchObject({
    task: "tagger",
    labels: ["ADV", "DET", "NOUN", "PUNCT", "VERB"],
    tokenizer: { kind: "whitespace" },
    spelling: { kind: "characters" },
  });
});

test("tag: each line is word, tab and tag; an empty line ends a sentence, also an empty one", async () => {
  const { code, stdout, stderr } = await run("the fox walked home.\n\nthe crow jumped.");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(
    "the\tDET\nfox\tNOUN\nwalked\tVERB\nhome\tADV\n.\tPUNCT\n\n\nthe\tDET\ncrow\tNOUN\njumped\tVERB\n.\tPUNCT\n\n",
  );
});

test("tag: many sentences give as many results", async () => {
  const { stdout } = await run("the owl waited.\n\n".repeat(300), "--json");
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { words: unknown[] });
  expect(lines.map(({ words }) => words.length)).toEqual(
    Array.from({ length: 600 }, (_, index) => (index % 2 ? 0 : 4)),
  );
});

test("tag: CoNLL-U output has the tags in their column and keeps everything else", async () => {
  const given = conlluText(sentences.slice(0, 5));
  const blank = given.replaceAll(/_\t(DET|NOUN|VERB|ADV|PUNCT)\t/g, "_\t_\t");
  const { stdout } = await run(blank, "--input-format", "conllu", "--format", "conllu");
  expect(stdout).toBe(given);
  const text = await run("the mole rested.\n", "--format", "conllu");
  expect(text.stdout).toMatch(/^# text = the mole rested\.\n1\tthe\t_\tDET\t_\t_\t_\t_\t_\t_\n2\tmole\t_\tNOUN\t/);
  expect((await run("", "held.conllu")).stdout.split("\n\n")).toHaveLength(7);
});

test("tag: a sentence gets its tags before the next one arrives", async () => {
  const running = start(["tag", "-c", "simple"], { cwd });
  running.stdin.write("the goat looked.\n");
  const [first] = (await new Promise((resolve) => running.stdout.once("data", (data) => resolve([data])))) as Buffer[];
  expect(String(first)).toMatch(/^the\tDET\n/);
  running.stdin.end();
  expect((await finished(running)).code).toBe(0);
});

test("tag: a reader that closes the pipe ends the program with code 0", async () => {
  const { code, stderr } = await shell('yes "the fox walked." | rnn tag -c simple | head -n 1 > /dev/null', { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("evaluate: a tagger's scores for each tag are a table, or JSON", async () => {
  const { stdout } = await rnn(["evaluate", "-c", "simple", "held.conllu"], { cwd });
  expect(stdout).toMatch(/NOUN +1\.000 +1\.000 +1\.000 +6/);
  const json = JSON.parse((await rnn(["evaluate", "-c", "simple", "--json"], { cwd })).stdout) as object;
  expect(json).toMatchObject({
    accuracy: 1,
    unseenTargets: 0,
    baselines: [{ name: "majority tag" }, { accuracy: 1 }],
  });
});

test("tag: CoNLL-U and CoNLL columns are recognized by their lines, on standard input and in files of any name", async () => {
  const sentence = sentences.slice(0, 1);
  const conllu = conlluText(sentence);
  const columns = conllu
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => `${line.split("\t")[1]} O\n`);
  const { stdout } = await run("", "held.conllu");
  const expected = `${stdout.split("\n\n")[0]}\n\n`;
  expect(await run(conllu)).toMatchObject({ code: 0, stdout: expected });
  expect(await run(columns.join(""), "--input-format", "conll")).toMatchObject({ code: 0, stdout: expected });
  const entities = columns.map((line, index) => (index === 0 ? line.replace(" O", " B-ANIMAL") : line)).join("");
  expect(await run(entities)).toMatchObject({ code: 0, stdout: expected });
  writeFileSync(join(cwd, "sentence.txt"), conllu);
  expect(await run("", "sentence.txt")).toMatchObject({ code: 0, stdout: expected });
});

test("tag: a sentence that cannot be read has a marked answer, and the next ones are tagged", async () => {
  const [good] = [conlluText(sentences.slice(0, 1))];
  const { code, stdout } = await run(`${good}1\tthe\tDET\n\n${good}`, "--input-format", "conllu", "--json");
  const answers = stdout
    .trimEnd()
    .split("\n")
    .map((line) => Object.keys(JSON.parse(line) as object)[0]);
  expect({ code, answers }).toEqual({ code: 1, answers: ["words", "error", "words"] });
});

test.each([
  [
    ["train", "broken.conllu"],
    1,
    /^rnn: broken\.conllu:\d+: expected the 10 columns of CoNLL-U, separated by tabs; got 3\n$/,
  ],
  [["tag", "-c", "simple", "broken.conllu"], 1, /the first at broken\.conllu:\d+: expected the 10 columns/],
  [["train", "simple.conllu", "--task", "classifier"], 1, /^rnn: simple\.conllu has no labels/],
  [["train", "simple.conllu", "--tokenizer", "words"], 2, /--tokenizer has no effect on a tagger/],
  [
    ["train", "simple.conllu", "--tag-column", "feats"],
    2,
    /expected upos, xpos or the number of a column from 1, got feats/,
  ],
  [
    ["tag", "-c", "simple", "--json", "--format", "tsv"],
    2,
    /--json and --format set the same option; remove one of them/,
  ],
  [["neighbours", "-c", "simple", "foxx"], 1, /foxx/],
])("tag: %j fails with code %d and one line", async (argv, code, message) => {
  const failed = await rnn(argv, { cwd });
  expect(failed).toMatchObject({ code });
  expect(failed.stderr).toMatch(message);
});
