/** @file What is learned from, steered by and judged by: exact, and without a leak from one to the other. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { evaluationExamples, trainingExamples } from "../../src/examples/arrange.js";
import { prepare, type PrepareOptions } from "../../src/examples/prepare.js";
import { type Assigned, measure, type Part, parts, type Shares, split } from "../../src/examples/split.js";
import type { Corpus, Document } from "../../src/corpus/document.js";
import { tokenizerTrainer } from "../../src/tokenizers/index.js";

const corpusOf = (shape: Corpus["shape"], documents: Document[]): Corpus => ({
  name: "a corpus",
  shape,
  labelled: documents.some(({ label }) => label !== undefined),
  digest: "",
  bytes: 0,
  async *read() {
    yield* documents;
  },
});

async function splitOf(corpus: Corpus, shares: Shares, seed: number): Promise<Assigned[]> {
  const assigned: Assigned[] = [];
  for await (const document of split(corpus, await measure(corpus), shares, seed)) assigned.push(document);
  return assigned;
}

const textIn = (assigned: Assigned[], part: Part): string =>
  assigned.flatMap((document) => (document.part === part ? [document.text] : [])).join("");

const shares = fc.record({
  validation: fc.double({ min: 0, max: 0.45, noNaN: true }),
  test: fc.constantFrom(0, 0.1, 0.3),
});

test("lesson 2.3: each document goes to one part, and the parts are as large as asked for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200 }), shares, fc.nat(), async (count, wanted, seed) => {
      const documents = Array.from({ length: count }, (_, index) => ({ text: `document ${index}` }));
      const assigned = await splitOf(corpusOf("documents", documents), wanted, seed);
      expect(assigned.map(({ text }) => ({ text }))).toEqual(documents);
      const sizes = parts.map((part) => assigned.filter((document) => document.part === part).length);
      expect(sizes[1]).toBe(Math.min(Math.round(count * wanted.validation), count - sizes[2]!));
      expect(sizes[2]).toBe(Math.round(count * wanted.test));
    }),
    { numRuns: 50 },
  );
});

test("the seed decides which documents, and the same seed decides the same", async () => {
  const corpus = corpusOf(
    "documents",
    Array.from({ length: 100 }, (_, index) => ({ text: `document ${index}` })),
  );
  const wanted = { validation: 0.2, test: 0.2 };
  const first = await splitOf(corpus, wanted, 1);
  expect(await splitOf(corpus, wanted, 1)).toEqual(first);
  expect(await splitOf(corpus, wanted, 2)).not.toEqual(first);
});

test("the parts of a stream joined are the text, however its pieces come", async () => {
  const lines = fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(lines, lines, shares, async (one, two, wanted) => {
      const pieces = [one.join("\n"), two.join("\n")].map((text) => ({ text: `${text}\n` }));
      const assigned = await splitOf(corpusOf("stream", pieces), wanted, 1);
      const text = pieces.map((piece) => piece.text).join("");
      expect(assigned.map((piece) => piece.text).join("")).toBe(text);
      expect(parts.map((part) => textIn(assigned, part)).join("")).toBe(text); // in their order
    }),
    { numRuns: 50 },
  );
});

test("a stream is cut at the ends of lines, near its shares", async () => {
  const text = "a line of some words\n".repeat(500);
  const assigned = await splitOf(corpusOf("stream", [{ text }]), { validation: 0.1, test: 0.2 }, 1);
  for (const part of parts) expect(textIn(assigned, part)).toMatch(/^a line[^]*words\n$/);
  expect(textIn(assigned, "test").length / text.length).toBeCloseTo(0.2, 2);
  expect(textIn(assigned, "validation").length / text.length).toBeCloseTo(0.1, 2);
});

test("a text without line ends is cut all the same, and never within a character", async () => {
  const text = "🙂".repeat(9001);
  const assigned = await splitOf(corpusOf("stream", [{ text }]), { validation: 0.1, test: 0.1 }, 1);
  for (const part of parts) expect(textIn(assigned, part)).toMatch(/^(🙂){800,}$/u);
});

const optionsFor = (task: PrepareOptions["task"]): PrepareOptions => ({
  task,
  shares: { validation: 0.1, test: 0.2 },
  seed: 1,
  reading: { inputs: "tokens", tokenizer: tokenizerTrainer("words") },
});
const arrange = { examples: "streams", batchSize: 4, sequenceLength: 8, maxLength: 9, seed: 1 } as const;

test("the vocabulary is the training part's alone", async () => {
  const documents = Array.from({ length: 50 }, (_, index) => ({ text: `word${index}`, label: `label${index % 2}` }));
  const prepared = await prepare({ training: corpusOf("documents", documents) }, optionsFor("classifier"));
  const { vocabulary } = (prepared as Extract<typeof prepared, { inputs: "tokens" }>).tokenizer;
  expect(vocabulary.filter((token) => token.startsWith("word"))).toHaveLength(35);
  expect(prepared.counts.training).toMatchObject({ documents: 35, unknown: 0 });
  expect(prepared.counts.validation).toMatchObject({ documents: 5, tokens: 5, unknown: 5 });
  expect(prepared.counts.test).toMatchObject({ documents: 10, tokens: 10, unknown: 10 });
});

test("a file of its own stands in for a part, and the other parts stay as they are", async () => {
  const training = corpusOf("stream", [{ text: "one two\n".repeat(50) }]);
  const own = corpusOf("stream", [{ text: "two three\n" }]);
  const prepared = await prepare({ training, test: own }, optionsFor("generator"));
  expect(prepared.counts.test).toMatchObject({ documents: 1, characters: 10, unknown: 1 });
  const whole = await prepare({ training }, optionsFor("generator"));
  expect(prepared.counts.training).toEqual(whole.counts.training);
  expect(prepared.counts.validation).toEqual(whole.counts.validation);
});

test("one label is too few, a label that training has not is told, and too little text is told", async () => {
  const labelled = (...labels: string[]) =>
    corpusOf(
      "documents",
      labels.map((label) => ({ text: "a", label })),
    );
  await expect(prepare({ training: labelled("yes", "yes") }, optionsFor("classifier"))).rejects.toThrow(
    "a corpus has one label only, yes: a classifier needs two or more",
  );
  await expect(
    prepare({ training: labelled("yes", "no"), test: labelled("maybe") }, optionsFor("classifier")),
  ).rejects.toThrow("the label maybe in the test part is not among no, yes");
  const little = await prepare({ training: corpusOf("stream", [{ text: "a" }]) }, optionsFor("generator"));
  expect(() => trainingExamples(little, arrange)).toThrow(/too little to learn from; give more text/);
  expect(evaluationExamples(little, "test", arrange)).toBeNull();
});
