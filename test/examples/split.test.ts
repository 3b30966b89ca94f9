/** @file The training, validation and test parts: exact fractions, and no text in two parts. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { evaluationExamples, trainingExamples } from "../../src/examples/arrange.js";
import { prepare, type PrepareOptions } from "../../src/examples/prepare.js";
import { type Part, parts, type SplitFractions, type SplitOptions, split } from "../../src/examples/split.js";
import type { Corpus, Document } from "../../src/corpus/document.js";
import { corpusStats } from "../../src/examples/corpusStats.js";
import { tokenizerTrainer } from "../../src/tokenizers/index.js";

const corpusOf = (shape: Corpus["shape"], documents: Document[]): Corpus => ({
  name: "a corpus",
  shape,
  labeled: documents.some(({ label }) => label !== undefined),
  digest: "",
  bytes: 0,
  async *read() {
    yield* documents;
  },
});

type Assigned = Document & { part: Part };

async function splitOf(
  corpus: Corpus,
  fractions: SplitFractions,
  seed: number,
  duplicates?: SplitOptions["duplicates"],
): Promise<Assigned[]> {
  const assigned: Assigned[] = [];
  const stats = await corpusStats(corpus, { duplicates });
  for await (const block of split(corpus, stats, { fractions, seed }))
    assigned.push(...block.map(({ document, part }) => ({ ...document, part })));
  return assigned;
}

const textIn = (assigned: Assigned[], part: Part): string =>
  assigned.flatMap((document) => (document.part === part ? [document.text] : [])).join("");

const fractions = fc.record({
  validation: fc.double({ min: 0, max: 0.45, noNaN: true }),
  test: fc.constantFrom(0, 0.1, 0.3),
});

// Course row 2.3: docs/guide/README.md#course-rows
test("split: each document is in one part, and the parts have the given fractions", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fractions, fc.nat(), async (count, wanted, seed) => {
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

test("split: the seed determines the parts", async () => {
  const corpus = corpusOf(
    "documents",
    Array.from({ length: 100 }, (_, index) => ({ text: `document ${index}` })),
  );
  const wanted = { validation: 0.2, test: 0.2 };
  const first = await splitOf(corpus, wanted, 1);
  expect(await splitOf(corpus, wanted, 1)).toEqual(first);
  expect(await splitOf(corpus, wanted, 2)).not.toEqual(first);
});

const labeledCopies = Array.from({ length: 300 }, (_, index) => ({
  text: index % 2 === 0 ? `text  ${index % 50}\n` : ` text ${index % 50}`,
}));

test("split: equal texts are in one part, whatever their spaces", async () => {
  const assigned = await splitOf(corpusOf("documents", labeledCopies), { validation: 0.1, test: 0.2 }, 1, "together");
  const partOf = new Map<string, Part>();
  for (const { text, part } of assigned) {
    const folded = text.replaceAll(/\s+/g, " ").trim();
    expect(partOf.get(folded) ?? part).toBe(part);
    partOf.set(folded, part);
  }
  expect(parts.map((part) => assigned.filter((document) => document.part === part).length)).toEqual([210, 30, 60]);
});

test("split: without equal texts, and for a checkpoint without the record, the parts are those of each document alone", async () => {
  const wanted = { validation: 0.1, test: 0.2 };
  const distinct = corpusOf(
    "documents",
    Array.from({ length: 200 }, (_, index) => ({ text: `document ${index}` })),
  );
  expect(await splitOf(distinct, wanted, 1, "together")).toEqual(await splitOf(distinct, wanted, 1));
  const copied = await splitOf(corpusOf("documents", labeledCopies.slice(0, 200)), wanted, 1);
  expect(copied.map(({ part }) => part)).toEqual((await splitOf(distinct, wanted, 1)).map(({ part }) => part));
});

test("split: a text with so many copies that no smaller part holds them is training", async () => {
  const documents = Array.from({ length: 100 }, (_, index) => ({ text: index < 60 ? "the same" : `text ${index}` }));
  const assigned = await splitOf(corpusOf("documents", documents), { validation: 0.1, test: 0.1 }, 1, "together");
  expect(assigned.filter(({ part }) => part === "training").length).toBe(80);
  expect(assigned.slice(0, 60).every(({ part }) => part === "training")).toBe(true);
});

const authored = Array.from({ length: 300 }, (_, index) => ({ text: `text ${index}`, group: `author ${index % 37}` }));
const grouped = (documents: Document[]): Corpus => ({ ...corpusOf("documents", documents), grouped: true });
const timed = (documents: Document[]): Corpus => ({ ...corpusOf("documents", documents), times: "numbers" });

/** The parts in which each of some keys occurs. */
function partsBy(assigned: Assigned[], keyOf: (document: Assigned) => string | undefined): Map<string, Set<Part>> {
  const found = new Map<string, Set<Part>>();
  for (const document of assigned) {
    const key = keyOf(document);
    if (key !== undefined) found.set(key, (found.get(key) ?? new Set()).add(document.part));
  }
  return found;
}

test("split: the documents of a group are in one part, and so are equal texts of several groups", async () => {
  const copies = [3, 4].map((author) => ({ text: "the same", group: `author ${author}` }));
  const documents = [...authored, ...copies, { text: "of nobody" }, { text: "of nobody else" }];
  const assigned = await splitOf(grouped(documents), { validation: 0.1, test: 0.2 }, 1, "together");
  const byGroup = partsBy(assigned, ({ group }) => group);
  expect([...byGroup.values()].filter(({ size }) => size > 1)).toEqual([]);
  expect(byGroup.get("author 3")).toEqual(byGroup.get("author 4"));
  for (const [part, size] of [
    ["validation", 30],
    ["test", 61],
  ] as const) {
    expect(Math.abs(assigned.filter((document) => document.part === part).length - size)).toBeLessThan(10);
  }
});

test("split: a text that most groups share does not join them", async () => {
  const documents = authored.flatMap((document, index) => [
    document,
    { text: "thanks", group: authored[index]!.group },
  ]);
  const corpus = grouped(documents);
  const assigned = await splitOf(corpus, { validation: 0.1, test: 0.2 }, 1, "together");
  expect([...partsBy(assigned, ({ group }) => group).values()].filter(({ size }) => size > 1)).toEqual([]);
  expect(assigned.filter(({ part }) => part === "test").length).toBeGreaterThan(90);
  expect(await corpusStats(corpus, { duplicates: "together" })).toMatchObject({
    copies: 299,
    copiesTogether: false,
    groups: { count: 37, largest: 18 },
  });
});

test("split: in time, the newest documents are the test part, and no time is in two parts", async () => {
  const times = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 50, maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(times, async (found) => {
      fc.pre(new Set(found).size > 20);
      const documents = found.map((time, index) => ({ text: `text ${index}`, time }));
      const assigned = await splitOf(timed(documents), { validation: 0.2, test: 0.2 }, 1, "together");
      const [oldest, between, newest] = parts.map((part) =>
        assigned.flatMap((document) => (document.part === part ? [document.time!] : [])),
      );
      expect(Math.max(...oldest!)).toBeLessThan(Math.min(...between!));
      expect(Math.max(...between!)).toBeLessThan(Math.min(...newest!));
    }),
    { numRuns: 50 },
  );
});

test("split: in time, a group is in the part of its newest document", async () => {
  const documents = Array.from({ length: 100 }, (_, index) => ({
    text: `text ${index}`,
    time: index,
    ...([5, 95].includes(index) && { group: "one" }),
  }));
  const assigned = await splitOf({ ...timed(documents), grouped: true }, { validation: 0, test: 0.1 }, 1, "together");
  expect(assigned.flatMap(({ part, time }) => (part === "test" ? [time] : []))).toEqual([
    5, 91, 92, 93, 94, 95, 96, 97, 98, 99,
  ]);
});

test("split: too few times for all parts are an error with the option to change", async () => {
  const documents = Array.from({ length: 100 }, (_, index) => ({ text: `text ${index}`, time: index % 2 }));
  await expect(splitOf(timed(documents), { validation: 0.1, test: 0.1 }, 1)).rejects.toThrow(
    /--time-column has 2 different times, too few .*--validation 0/,
  );
  const assigned = await splitOf(timed(documents), { validation: 0, test: 0.1 }, 1);
  expect(assigned.filter(({ part }) => part === "test").map(({ time }) => time)).toEqual(
    Array.from({ length: 50 }, () => 1),
  );
});

test("split: texts are not compared where copies may be apart", async () => {
  expect(await corpusStats(corpusOf("documents", labeledCopies), { duplicates: "apart" })).not.toHaveProperty("copies");
});

test("split: the joined parts of a stream are the text, for any pieces", async () => {
  const lines = fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(lines, lines, fractions, async (one, two, wanted) => {
      const pieces = [one.join("\n"), two.join("\n")].map((text) => ({ text: `${text}\n` }));
      const assigned = await splitOf(corpusOf("stream", pieces), wanted, 1);
      const text = pieces.map((piece) => piece.text).join("");
      expect(assigned.map((piece) => piece.text).join("")).toBe(text);
      expect(parts.map((part) => textIn(assigned, part)).join("")).toBe(text); // in order
    }),
    { numRuns: 50 },
  );
});

test("split: a stream is cut at ends of lines, near the given fractions", async () => {
  const text = "a line of some words\n".repeat(500);
  const assigned = await splitOf(corpusOf("stream", [{ text }]), { validation: 0.1, test: 0.2 }, 1);
  for (const part of parts) expect(textIn(assigned, part)).toMatch(/^a line[^]*words\n$/);
  expect(textIn(assigned, "test").length / text.length).toBeCloseTo(0.2, 2);
  expect(textIn(assigned, "validation").length / text.length).toBeCloseTo(0.1, 2);
});

test("split: a text without line ends is cut between characters", async () => {
  const text = "🙂".repeat(9001);
  const assigned = await splitOf(corpusOf("stream", [{ text }]), { validation: 0.1, test: 0.1 }, 1);
  for (const part of parts) expect(textIn(assigned, part)).toMatch(/^(🙂){800,}$/u);
});

const optionsFor = (task: PrepareOptions["task"]): PrepareOptions => ({
  task,
  fractions: { validation: 0.1, test: 0.2 },
  seed: 1,
  inputEncoding: { inputs: "tokens", tokenizer: tokenizerTrainer("words") },
});
const arrange = { examples: "streams", batchSize: 4, sequenceLength: 8, maxLength: 9, seed: 1 } as const;

test("tokenizer: the vocabulary is of the training part alone", async () => {
  const documents = Array.from({ length: 50 }, (_, index) => ({ text: `word${index}`, label: `label${index % 2}` }));
  const prepared = await prepare({ training: corpusOf("documents", documents) }, optionsFor("classifier"));
  const { vocabulary } = (prepared as Extract<typeof prepared, { inputs: "tokens" }>).tokenizer;
  expect(vocabulary.filter((token) => token.startsWith("word"))).toHaveLength(35);
  expect(prepared.counts.training).toMatchObject({ documents: 35, unknown: 0 });
  expect(prepared.counts.validation).toMatchObject({ documents: 5, tokens: 5, unknown: 5 });
  expect(prepared.counts.test).toMatchObject({ documents: 10, tokens: 10, unknown: 10 });
});

test("split: a separate file replaces its part, and the other parts stay the same", async () => {
  const training = corpusOf("stream", [{ text: "one two\n".repeat(50) }]);
  const own = corpusOf("stream", [{ text: "two three\n" }]);
  const prepared = await prepare({ training, test: own }, optionsFor("generator"));
  expect(prepared.counts.test).toMatchObject({ documents: 1, characters: 10, unknown: 1 });
  const whole = await prepare({ training }, optionsFor("generator"));
  expect(prepared.counts.training).toEqual(whole.counts.training);
  expect(prepared.counts.validation).toEqual(whole.counts.validation);
});

test("classifier: a single label, an unknown label and too little text are errors", async () => {
  const labeled = (...labels: string[]) =>
    corpusOf(
      "documents",
      labels.map((label) => ({ text: "a", label })),
    );
  await expect(prepare({ training: labeled("yes", "yes") }, optionsFor("classifier"))).rejects.toThrow(
    "a corpus has only one label, yes; a classifier needs two or more: name another column with --label-column",
  );
  await expect(
    prepare({ training: labeled("yes", "no"), test: labeled("maybe") }, optionsFor("classifier")),
  ).rejects.toThrow("the label maybe in the test part is not one of no, yes");
  const little = await prepare({ training: corpusOf("stream", [{ text: "a" }]) }, optionsFor("generator"));
  expect(() => trainingExamples(little, arrange)).toThrow(/the training part is too small/);
  expect(evaluationExamples(little, "test", arrange)).toBeNull();
});
