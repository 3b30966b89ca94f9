/** @file Runs that share the tokens of a corpus in the folder of --token-cache. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus } from "../../src/corpus/corpus.js";
import { showReadingWith } from "../../src/corpus/sources/readingProgress.js";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { loadModel } from "../../src/model/model.js";
import type { Recipe } from "../../src/options/recipe.js";
import { resume, type RunEvent } from "../../src/training/run.js";
import { folderWith } from "../support/folder.js";
import { comparableContent, eventsOf, neverStopped, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const numbered = opinions(60).map(({ text, label }, index) => ({ text: `${text} ${index % 40}`, label }));
const sentences = Array.from({ length: 30 }, (_, index) =>
  ["The DET", `cat${index % 7} NOUN`, "sleeps VERB"].map((line) => `${line}\n`).join(""),
).join("\n");
const folder = folderWith({
  "tale.txt": `é ${tale(60)}`,
  "opinions.csv": csvOf(numbered),
  "newer.csv": csvOf(numbered.slice(0, 12)),
  "opinions.jsonl": numbered.map((row, author) => JSON.stringify({ ...row, author: `a${author % 9}` })).join("\n"),
  "prices.csv": `day,price,volume\n${Array.from({ length: 90 }, (_, day) => `${day},${(day * 7) % 11},${day % 5}`).join("\n")}\n`,
  "tags.conll": sentences,
});
const pathOf = (name: string): string => join(folder, name);

const beginOf = (events: RunEvent[]) => {
  const begin = events.find((event) => event.type === "begin")!;
  const { folder: _folder, backend: _backend, tokenizer, ...described } = begin;
  return { ...described, tokenizer: tokenizer?.toJSON(), assembly: undefined };
};

const runs: Record<string, { file: string; given?: { [Name in keyof Recipe]?: Recipe[Name] | undefined } }> = {
  "a text": { file: "tale.txt" },
  subwords: { file: "tale.txt", given: { tokenizer: "subwords", vocabulary: 300 } },
  "a table with a test file": { file: "opinions.csv", given: { test: pathOf("newer.csv") } },
  "jsonl with groups": { file: "opinions.jsonl", given: { groupColumn: "author", sequenceLength: undefined } },
  "a time series": {
    file: "prices.csv",
    given: {
      window: 5,
      valueColumns: ["price", "volume"],
      labelColumn: "price",
      horizon: 1,
      embedding: undefined,
      sequenceLength: undefined,
    },
  },
  "a file of tags": { file: "tags.conll", given: { sequenceLength: undefined } },
};

test.each(Object.entries(runs))(
  "train --token-cache: %s has the same bits and findings as without it, in its first run and in a second one",
  async (name, { file, given = {} }) => {
    const tokenCache = pathOf(`cache of ${name}`);
    const [without, first, second] = ["without", "first", "second"].map((run) => pathOf(`${run} of ${name}`)) as [
      string,
      string,
      string,
    ];
    const expected = beginOf(await trainInto(without, pathOf(file), given));
    expect(beginOf(await trainInto(first, pathOf(file), given, { tokenCache }))).toEqual(expected);
    const entries = readdirSync(tokenCache);
    expect(beginOf(await trainInto(second, pathOf(file), given, { tokenCache }))).toEqual(expected);
    expect(comparableContent(first)).toEqual(comparableContent(without));
    expect(comparableContent(second)).toEqual(comparableContent(without));
    await eventsOf(resume(second, { backend: "auto", stop: neverStopped(), given: { epochs: 3 }, tokenCache }));
    await eventsOf(resume(without, { backend: "auto", stop: neverStopped(), given: { epochs: 3 } }));
    expect(comparableContent(second)).toEqual(comparableContent(without));
    expect(await evaluate(await loadModel(second), undefined, { tokenCache })).toEqual(
      await evaluate(await loadModel(without)),
    );
    expect(readdirSync(tokenCache)).toEqual(entries); // all of them used what the first run kept
  },
);

test("train --token-cache: a second run and --resume read the corpus no more often than is needed to open it", async () => {
  const corpus = pathOf("opinions.csv");
  let read = 0;
  const stop = showReadingWith(({ name }) => (name === corpus ? read++ : undefined)); // the file is one block
  const readingsOf = async (work: Promise<unknown>): Promise<number> => {
    read = 0;
    await work;
    return read;
  };
  const tokenCache = pathOf("cache of a count");
  const resumed = () =>
    resume(pathOf("c2"), { backend: "auto", stop: neverStopped(), given: { epochs: 3 }, tokenCache });
  try {
    const opening = await readingsOf(openCorpus(corpus));
    expect(await readingsOf(trainInto(pathOf("c1"), corpus, {}, { tokenCache }))).toBe(opening + 3);
    expect(await readingsOf(trainInto(pathOf("c2"), corpus, {}, { tokenCache }))).toBe(opening);
    expect(await readingsOf(eventsOf(resumed()))).toBeLessThanOrEqual(opening);
  } finally {
    stop();
  }
});

test("train --token-cache: another seed of the split, tokenizer or corpus is encoded anew", async () => {
  const tokenCache = pathOf("cache of many");
  let runCount = 0;
  const countAfter = async (given: Partial<Recipe>, file = "tale.txt"): Promise<number> => {
    await trainInto(pathOf(`many ${runCount++}`), pathOf(file), { epochs: 1, ...given }, { tokenCache });
    return readdirSync(tokenCache).length;
  };
  const one = await countAfter({});
  expect(await countAfter({ learningRate: 0.5 })).toBe(one);
  const tokenizers = await countAfter({ tokenizer: "words" });
  expect(tokenizers).toBe(one + 2);
  expect(await countAfter({ validation: "0.3" })).toBe(tokenizers + 2);
  const more = await countAfter({ documents: "lines" });
  expect(more).toBeGreaterThan(tokenizers + 2);
  writeFileSync(pathOf("tale.txt"), tale(61));
  expect(await countAfter({})).toBe(more + 3);
});
