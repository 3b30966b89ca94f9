/** @file What is copied from the training text, by an n-gram model that copies long runs. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { copyUnitsOf, unitsOf } from "../../../src/copying/copyUnits.js";
import { RunHash } from "../../../src/copying/runHash.js";
import { CopyFinder } from "../../../src/copying/copyFinder.js";
import { citationsOf } from "../../../src/inference/copying/citation.js";
import { memorizationOf } from "../../../src/inference/copying/memorization.js";
import type { Piece } from "../../../src/inference/generation/generate.js";
import { generate, type GenerateOptions } from "../../../src/library/textGeneration.js";
import type { ModelOf, TextModel } from "../../../src/model/model.js";
import { train } from "../../../src/training/run.js";
import { rnn } from "../../support/bin.js";
import { folderWith, writeInto } from "../../support/folder.js";
import { eventsOf, loadTextModel, neverStopped } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const rows = ["the blue heron waits", "a red fox, of all beasts, ran", "no owl was seen in the wood"];
const cwd = folderWith({
  "tale.txt": `${tale(3)}The fourth line is unlike\nall of the others below.\n${tale(150)}`,
  "rows.csv": `text\n${rows
    .map((row) => `"${row}"\n`)
    .join("")
    .repeat(12)}`,
});
const modelOf = async (name: string, corpus: string, given: object): Promise<TextModel> => {
  const options = { stop: neverStopped(), out: join(cwd, name), given: { model: "ngram" as const, ...given } };
  await eventsOf(train(join(cwd, corpus), options));
  return loadTextModel(join(cwd, name), { backend: "auto" });
};
let [characters, words, subwords, table]: TextModel[] = [];
beforeAll(async () => {
  characters = await modelOf("checkpoints/characters", "tale.txt", { ngramOrder: 8 });
  words = await modelOf("checkpoints/words", "tale.txt", { tokenizer: "words", vocabulary: 5000 });
  subwords = await modelOf("subwords", "tale.txt", { tokenizer: "subwords", vocabulary: 300 });
  table = await modelOf("table", "rows.csv", { tokenizer: "words", duplicates: "apart" });
});
const spaced = (text: string): string => text.replaceAll(/\s+/g, " ");

describe("memorization", () => {
  test("memorization: the longest runs of each text are in the corpus", async () => {
    const corpus = spaced(readFileSync(join(cwd, "tale.txt"), "utf8"));
    const copied: string[] = []; // an example of subwords has the whole of its first and last token
    for (const model of [characters!, words!, subwords!]) {
      const { unit, rows: found } = await memorizationOf(model);
      expect(unit).toBe(model === words ? "words" : "characters");
      expect(found.map(({ text, temperature }) => [text, temperature])).toEqual([
        ["generated", 0.5],
        ["generated", 0.8],
        ["generated", 1],
        ["test", undefined],
      ]);
      for (const { example, longest, mean, length } of found) {
        if (model !== subwords) copied.push(example);
        expect(longest).toBeGreaterThan(1);
        expect(mean).toBeLessThanOrEqual(longest);
        expect(length).toBeGreaterThan(0);
      }
      expect(await memorizationOf(model, { seed: 1 })).toEqual({ unit, rows: found });
    }
    expect(copied.filter((example) => !corpus.includes(spaced(example)))).toEqual([]);
  });

  test("memorization: rnn evaluate prints it, and its JSON has it", async () => {
    const { stdout } = await rnn(["evaluate", "-c", "characters", "--memorization"], { cwd });
    expect(stdout).toContain("temperature 0.8");
    expect(stdout).toContain("longest run");
    const json = await rnn(["evaluate", "-c", "words", "--memorization", "--json"], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ part: "test", memorization: { unit: "words" } });
  });

  test("memorization: a corpus that changed is an error of one line", async () => {
    writeInto(cwd, "changing.txt", tale(60));
    const model = await modelOf("changed", "changing.txt", {});
    writeInto(cwd, "changing.txt", tale(61));
    await expect(memorizationOf(model)).rejects.toThrow(/changing\.txt differs from the corpus/);
    await expect(citationsOf(model, ["a"])).rejects.toThrow(/differs/);
  });
});

describe("citations", () => {
  test("cite: the longest copied run, and the line where it begins", async () => {
    const text = "Nobody knew The fourth line is unlike\nall of the others, zqx";
    const line = readFileSync(join(cwd, "tale.txt"), "utf8").split("\n").indexOf("The fourth line is unlike") + 1;
    const [byCharacters] = await citationsOf(characters!, [text]);
    expect(byCharacters).toMatchObject({ unit: "characters", line, source: join(cwd, "tale.txt") });
    expect(byCharacters!.text).toContain("The fourth line is unlike\nall of the others");
    const [none, byWords] = await citationsOf(words!, ["zqx", text]);
    expect(none).toMatchObject({ length: 0, text: "" });
    expect(byWords).toMatchObject({
      length: 9,
      line,
      unit: "words",
      text: "The fourth line is unlike\nall of the others",
    });
    const [bySubwords] = await citationsOf(subwords!, [text]);
    expect(bySubwords).toMatchObject({ unit: "characters", line });
    expect(bySubwords!.text).toContain("The fourth line is unlike\nall of the others");
  });

  test("cite: no run goes from one row of a table to the next", async () => {
    const [cited] = await citationsOf(table!, ["waits a red fox, of all cats"]);
    expect(cited).toMatchObject({ length: 6, text: "a red fox, of all", line: 3 });
  });
});

describe("digests", () => {
  test("digest: a checkpoint with --digest has the runs of its training text, and says so", async () => {
    const model = await modelOf("checkpoints/digested", "tale.txt", { tokenizer: "words", digest: true });
    const units = copyUnitsOf(model.tokenizer);
    const { filter } = model.digest!;
    const hash = new RunHash(filter.length, units.isCounted);
    const found = (text: string): boolean => {
      for (const unit of unitsOf(units, model.tokenizer.encode(text))) hash.push(unit);
      return filter.has(hash);
    };
    expect(found("The fourth line is unlike all")).toBe(true);
    expect(found("The line is unlike others")).toBe(false);
    const { stdout } = await rnn(["inspect", "-c", "digested"], { cwd });
    expect(stdout).toMatch(/digest +the runs of 4 words of the training text as a filter, \d\.\d+ kB/);
    expect((await rnn(["train", "rows.csv", "--task", "classifier", "--digest"], { cwd })).stderr).toMatch(/--digest/);
  });
});

describe("novel texts", () => {
  const textsOf = async (model: TextModel, options: GenerateOptions): Promise<string[]> => {
    const texts: string[] = [];
    for await (const { sample, text } of generate(model as ModelOf<"generator">, {
      seed: 4,
      numSamples: 6,
      maxTokens: 120,
      ...options,
    }))
      texts[sample] = (texts[sample] ?? "") + text;
    return texts;
  };

  test("novel: no text has a longer run of the corpus, whatever the tokenizer", async () => {
    for (const model of [characters!, words!, subwords!]) {
      const longest = model === words ? 4 : 20;
      const lengths = async (options: GenerateOptions): Promise<number[]> =>
        (await citationsOf(model, await textsOf(model, options))).map(({ length }) => length);
      expect(Math.max(...(await lengths({})))).toBeGreaterThan(longest);
      expect(Math.max(...(await lengths({ novel: 4 })))).toBeLessThanOrEqual(longest);
    }
  });

  test("novel: a text ends where nothing else may follow, and says so", async () => {
    writeInto(cwd, "yes.txt", "yes ".repeat(200));
    const model = await modelOf("yes", "yes.txt", { tokenizer: "words" });
    const pieces: Piece[] = [];
    for await (const piece of generate(model as ModelOf<"generator">, { seed: 1, novel: 2 })) pieces.push(piece);
    expect(pieces.map(({ text }) => text).join("")).toBe("yes yes");
    expect(pieces.at(-1)).toMatchObject({ ended: true, end: "dead-end" });
  });

  test("novel: without the corpus, the digest of the checkpoint has its runs", async () => {
    writeInto(cwd, "gone.txt", tale(80));
    const given = { tokenizer: "words", digest: true } as const;
    const [model, plain] = [await modelOf("gone", "gone.txt", given), await modelOf("plain", "gone.txt", {})];
    const letters = await modelOf("letters", "gone.txt", { digest: true });
    const other = tale(80);
    rmSync(join(cwd, "gone.txt"));
    const texts = await textsOf(model, { novel: 5 });
    const units = copyUnitsOf(model.tokenizer);
    for (const text of texts) {
      const finder = new CopyFinder(unitsOf(units, model.tokenizer.encode(text)));
      finder.read(unitsOf(units, model.tokenizer.encode(other)));
      expect(finder.longest()!.length).toBeLessThanOrEqual(5);
    }
    await expect(textsOf(model, { novel: 2 })).rejects.toThrow(/--novel 3 or more/);
    await expect(textsOf(letters, { novel: 3 })).rejects.toThrow(/runs of 20 characters; use --novel 4 or more/);
    expect(await textsOf(letters, { novel: 4 })).not.toHaveLength(0);
    await expect(textsOf(plain, { novel: 2 })).rejects.toThrow(/needs the training text of .*--digest/);
    const copied = other.split("\n")[3]!;
    const [cited] = await citationsOf(model, [`Zqx ${copied}`]);
    expect(cited).toMatchObject({ text: copied, unit: "words" });
    expect(cited).not.toHaveProperty("line");
  });
});

test("generate: --novel and --cite, on the command line", async () => {
  const options = ["-c", "words", "--prompt", "The fourth", "--seed", "2", "-n", "60"];
  const cited = await rnn(["generate", ...options, "--cite"], { cwd });
  expect(cited.stderr).toMatch(/longest copied run: \d+ words, \S*tale\.txt:\d+: /);
  const run = /longest copied run: (\d+)/;
  const quiet = await rnn(["generate", ...options, "--cite", "--quiet"], { cwd });
  expect(quiet.stderr).toMatch("--cite has no effect with --quiet");
  const several = await rnn(["generate", ...options, "--cite", "--novel", "3", "--num-samples", "3"], { cwd });
  const lengths = [...several.stderr.matchAll(new RegExp(run, "g"))].map(([, length]) => Number(length));
  expect(lengths).toHaveLength(3);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(3);
  const json = await rnn(["generate", ...options, "--cite", "--json"], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject({ sample: 1, copied: { unit: "words", line: expect.any(Number) } });
});
