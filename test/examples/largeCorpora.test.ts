/** @file Corpora whose tokens are in files, also in those of an earlier run: the same batches as from memory, to the bit. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { ArrangementName, Task } from "../../src/common/names.js";
import type { Corpus, Document } from "../../src/corpus/document.js";
import { evaluationExamples, trainingExamples } from "../../src/examples/arrange.js";
import { type Prepared, prepare } from "../../src/examples/prepare.js";
import { parts } from "../../src/examples/split.js";
import { baselinesOf } from "../../src/baselines/index.js";
import { tokenizerTrainer } from "../../src/tokenizers/index.js";
import { epochOf } from "./exampleCorpora.js";

const folder = mkdtempSync(join(tmpdir(), "rnn-large-"));
afterAll(() => rmSync(folder, { recursive: true }));

const corpusOf = (documents: readonly Document[], more: Partial<Corpus>): Corpus => ({
  name: "made up",
  shape: "documents",
  labeled: true,
  digest: createHash("sha256").update(JSON.stringify(documents)).digest("hex"),
  bytes: 1,
  read: async function* () {
    yield* documents;
  },
  ...more,
});

const word = fc.constantFrom("a", "bee", "sea", "day", "eve", "of", "he's", "é", "字");
const sentence = fc.array(word, { minLength: 1, maxLength: 12 });
const corpora = fc.record({
  sentences: fc.array(sentence, { minLength: 8, maxLength: 60 }),
  seed: fc.integer({ min: 0, max: 5 }),
  epoch: fc.integer({ min: 0, max: 2 }),
  batchSize: fc.integer({ min: 1, max: 7 }),
  sequenceLength: fc.integer({ min: 1, max: 9 }),
});

type Kind = { task: Task; examples: ArrangementName; corpus: (sentences: string[][]) => Corpus; numbers?: true };

const labeled = (labelOf: (index: number) => string) => (sentences: string[][]) =>
  corpusOf(
    sentences.map((words, index) => ({ text: words.join(" "), label: labelOf(index) })),
    {},
  );

const kinds: Record<string, Kind> = {
  streams: {
    task: "generator",
    examples: "streams",
    corpus: (sentences) =>
      corpusOf(
        sentences.map((words) => ({ text: `${words.join(" ")}\n` })),
        { shape: "stream", labeled: false },
      ),
  },
  "whole documents": { task: "generator", examples: "documents", corpus: labeled(() => "x") },
  windows: { task: "generator", examples: "windows", corpus: labeled(() => "x") },
  classifiers: { task: "classifier", examples: "streams", corpus: labeled((index) => (index % 2 ? "yes" : "no")) },
  regressors: { task: "regressor", examples: "streams", corpus: labeled((index) => String(index / 7)) },
  taggers: {
    task: "tagger",
    examples: "streams",
    corpus: (sentences) =>
      corpusOf(
        sentences.map((words) => ({
          text: "",
          words,
          tags: words.map((text) => (text.length > 2 ? "LONG" : "SHORT")),
        })),
        { labeled: false, tagged: true },
      ),
  },
  numbers: {
    task: "classifier",
    examples: "streams",
    numbers: true,
    corpus: (sentences) =>
      corpusOf(
        sentences.map((words, index) => ({
          text: "",
          rows: { width: 2, values: Float32Array.from(words.flatMap(({ length }, at) => [length / 3, at])) },
          label: index % 2 ? "yes" : "no",
        })),
        { rows: { width: 2 } },
      ),
  },
};

test.each(Object.entries(kinds))(
  "%s: batches and baselines from files, and from those of an earlier run, are those from memory; the corpus is not read again",
  async (_, kind) => {
    await fc.assert(
      fc.asyncProperty(corpora, async ({ sentences, seed, epoch, ...sizes }) => {
        const corpus = kind.corpus([["a"], ["bee"], ["of", "sea"], ...sentences]);
        let read = 0;
        const training: Corpus = {
          ...corpus,
          read: () => {
            read++;
            return corpus.read();
          },
        };
        const preparedIn = (tokenCache?: string): Promise<Prepared> =>
          prepare(
            { training },
            {
              task: kind.task,
              fractions: { validation: 0.2, test: 0.2 },
              seed,
              inputEncoding: kind.numbers
                ? { inputs: "numbers", shape: { width: 2 } }
                : { inputs: "tokens", tokenizer: tokenizerTrainer("words"), trainedFrom: { tokenizer: "words" } },
              tokenCache,
            },
          );
        const inMemory = await preparedIn();
        const inFiles = await preparedIn(folder);
        read = 0;
        const kept = await preparedIn(folder);
        expect(read).toBe(0);
        const options = { examples: kind.examples, maxLength: 8, seed, ...sizes };
        const batchesOf = (prepared: Prepared) => [
          ...epochOf(trainingExamples(prepared, options), epoch),
          ...parts.flatMap((part) => epochOf(evaluationExamples(prepared, part, options) ?? noExamples, 0)),
        ];
        for (const other of [inFiles, kept]) {
          expect(batchesOf(other)).toEqual(batchesOf(inMemory));
          expect(other.counts).toEqual(inMemory.counts);
          expect(other.labels).toEqual(inMemory.labels);
          expect(baselinesOf(other, "test", { longest: 8 })).toEqual(baselinesOf(inMemory, "test", { longest: 8 }));
          other.dispose();
        }
      }),
      { numRuns: 15 },
    );
  },
);

const noExamples = { batchesPerEpoch: 0, targetsPerEpoch: 0, batch: () => Promise.reject(new Error()) as never };
