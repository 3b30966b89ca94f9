/** @file Splits a corpus into training, validation and test parts, before any other processing. */
import { quantity } from "../common/quantity.js";
import { UserError } from "../common/errors.js";
import type { DuplicateSplit } from "../common/names.js";
import { randomStream, shuffle } from "../common/random.js";
import { blocksIn, type Corpus, type Document } from "../corpus/document.js";
import type { CorpusStats } from "./corpusStats.js";
import { assignFold, checkFolds, type Fold } from "./foldSplit.js";
import type { Grouping } from "./grouping.js";
import { partsInTime } from "./timeSplit.js";

export const parts = ["training", "validation", "test"] as const;
export type Part = (typeof parts)[number];

export const eachPart = <Value>(value: (part: Part) => Value): Record<Part, Value> =>
  Object.fromEntries(parts.map((part) => [part, value(part)])) as Record<Part, Value>;

/** Fractions of the corpus, each 0 … 1; the training part is the rest. */
export type SplitFractions = { validation: number; test: number };

export type SplitOptions = {
  fractions: SplitFractions;
  seed: number;
  /** Whether documents with the same text are put together into one part. Default: apart. */
  duplicates?: DuplicateSplit | undefined;
  /** Of a cross-validation: the fold that is the test part, instead of a fraction. */
  fold?: Fold | undefined;
};

/** A document, or a piece of a stream, with its part. `whole`: a text of its own, not a piece of a stream. `separate`: of a validation or test file. */
export type SplitDocument = { document: Document; part: Part; whole: boolean; separate?: true };

/**
 * Documents are drawn at random from the seed, or parted by their times; those that belong together are in one part. Windows of a time series keep its order. A stream is cut at ends of lines, the test part last.
 * Windows of one text are never split, because neighboring windows overlap.
 * @returns blocks of documents, in the order of the corpus
 */
export function split(
  corpus: Corpus,
  stats: CorpusStats,
  { fractions, seed, fold }: Pick<SplitOptions, "fractions" | "seed" | "fold">,
): AsyncIterable<readonly SplitDocument[]> {
  if (fold) checkFolds(corpus, stats);
  if (corpus.shape === "stream") return splitStream(corpus, stats, fractions);
  if (corpus.overlap !== undefined) return splitSeries(corpus, stats, fractions, corpus.overlap);
  const { times, together = alone(stats.documents) } = stats;
  if (fold) {
    const { validation } = fractions;
    return splitDocuments(corpus, assignFold(together, fold, { validation, seed, name: corpus.name }));
  }
  return splitDocuments(
    corpus,
    times ? partsInTime(corpus.name, times, fractions) : assignGroups(together, fractions, seed),
  );
}

/** In order of time: training, validation, test. Between two parts, the windows that share rows with the second one are left out. */
async function* splitSeries(
  corpus: Corpus,
  { documents }: CorpusStats,
  fractions: SplitFractions,
  overlap: number,
): AsyncGenerator<SplitDocument[]> {
  const gaps = [fractions.validation, fractions.test].filter((fraction) => fraction > 0).length;
  const used = documents - gaps * overlap;
  const sizes = { validation: Math.round(used * fractions.validation), test: Math.round(used * fractions.test) };
  if (used - sizes.validation - sizes.test < 1) {
    throw new UserError(
      `${corpus.name} has ${quantity(documents, "windows")}, too few for parts without common rows (${overlap} are left out between two parts); ` +
        "use a smaller --window, or --validation 0 and --test 0",
    );
  }
  const testBegin = documents - sizes.test;
  const validationEnd = fractions.test > 0 ? testBegin - overlap : documents;
  const validationBegin = validationEnd - sizes.validation;
  const trainingEnd = fractions.validation > 0 ? validationBegin - overlap : validationEnd;
  const partOf = (index: number): Part | undefined => {
    if (index < trainingEnd) return "training";
    if (index >= testBegin) return "test";
    return index >= validationBegin && index < validationEnd ? "validation" : undefined;
  };
  let index = 0;
  for await (const block of blocksIn(corpus)) {
    yield block.flatMap((document) => {
      const part = partOf(index++);
      return part === undefined ? [] : [{ document, part, whole: true }];
    });
  }
}

/** The part of each document, by its index. */
export type Assignment = (document: number) => Part;

async function* splitDocuments(corpus: Corpus, partOf: Assignment): AsyncGenerator<SplitDocument[]> {
  let index = 0;
  for await (const block of blocksIn(corpus)) {
    yield block.map((document) => ({ document, part: partOf(index++), whole: true }));
  }
}

/** Groups of one document each. */
const alone = (documents: number): Grouping => ({
  groupOf: new Uint32Array(documents).map((_, index) => index),
  sizes: new Uint32Array(documents).fill(1),
});

/** Groups in random order fill the test part, then the validation part; one that would exceed the part by more than it lacks goes on to the next. */
function assignGroups({ groupOf, sizes }: Grouping, fractions: SplitFractions, seed: number): Assignment {
  const order = shuffle(
    new Uint32Array(sizes.length).map((_, index) => index),
    randomStream(seed, "split"),
  );
  const missing = {
    test: Math.round(groupOf.length * fractions.test),
    validation: Math.round(groupOf.length * fractions.validation),
  };
  const assigned = new Uint8Array(sizes.length); // indices of `parts`
  for (const group of order) {
    const size = sizes[group]!;
    const part = (["test", "validation"] as const).find((name) => size <= 2 * missing[name]);
    if (part === undefined) continue;
    missing[part] -= size;
    assigned[group] = parts.indexOf(part);
  }
  return (document) => parts[assigned[groupOf[document]!]!]!;
}

/** The longest validation or test part of a stream, in UTF-16 code units. */
const maxHeldOutLength = 250_000;

async function* splitStream(
  corpus: Corpus,
  { characters }: CorpusStats,
  fractions: SplitFractions,
): AsyncGenerator<SplitDocument[]> {
  const lengthOf = (fraction: number): number => Math.min(maxHeldOutLength, Math.round(characters * fraction));
  const [validation, test] = [lengthOf(fractions.validation), lengthOf(fractions.test)];
  const ends = [characters - validation - test, characters - test, Infinity];
  const reach = Math.min(maxReach, reachFraction * Math.min(validation || Infinity, test || Infinity));
  let part = 0;
  let read = 0;
  for await (const { text } of corpus.read()) {
    let rest = text;
    while (rest !== "") {
      const piece =
        read + rest.length <= ends[part]! ? rest : rest.slice(0, lineEndAfter(rest, ends[part]! - read, reach));
      if (piece !== "") yield [{ document: { text: piece }, part: parts[part]!, whole: false }];
      read += piece.length;
      rest = rest.slice(piece.length);
      while (read >= ends[part]!) part++;
    }
  }
}

/** A cut moves to the end of its line by at most this many code units, and at most this fraction of the part; longer lines are split. */
const maxReach = 2000;
const reachFraction = 0.25;

/** The end of the line at an offset, after its newline; the offset itself if the end is farther than `reach`. */
function lineEndAfter(text: string, offset: number, reach: number): number {
  const start = Math.max(0, Math.floor(offset) - 1);
  const newline = text.indexOf("\n", start);
  if (newline !== -1 && newline - start <= reach) return newline + 1;
  const splitsPair = /[\uDC00-\uDFFF]/.test(text[start + 1] ?? "");
  return Math.min(text.length, start + (splitsPair ? 2 : 1));
}
