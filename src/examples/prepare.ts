/** @file From corpora to ids: the split first, a tokenizer from the training part alone, then every part encoded. */
import { UserError } from "../common/errors.js";
import type { Task } from "../common/names.js";
import type { Corpus } from "../corpus/document.js";
import type { Tokenizer, TokenizerTrainer } from "../tokenizers/index.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import {
  checkCorpora,
  createEncoder,
  eachPart,
  type Encoded,
  type Encoding,
  type Reading,
  type ReadingPlan,
  widthOf,
} from "./encodeCorpus.js";
import type { Scale } from "./scaling.js";
import { type Assigned, type Extent, measure, type Part, parts, type Shares, split } from "./split.js";

/** A corpus, and other corpora where a part has one of its own; no training corpus where there is only something to evaluate. */
export type Sources = { training: Corpus | null; validation?: Corpus; test?: Corpus };

/** characters, tokens and unknown ones are of texts. */
export type PartCounts = { documents: number; characters: number; tokens: number; unknown: number };

/** What the parts hold, encoded; of the kind that the task needs. */
export type Prepared = Reading & Encoded & { labels: readonly string[]; counts: Record<Part, PartCounts> };

export type PrepareOptions = {
  task: Task;
  shares: Shares;
  seed: number;
  /** Of a tokenizer, what makes it from the training part, or the one of a checkpoint. */
  reading: ReadingPlan | { inputs: "tokens"; tokenizer: TokenizerTrainer; spelling?: TokenizerTrainer };
  /** The labels of a checkpoint; absent, those found. */
  labels?: readonly string[] | undefined;
  /** The target's scale of a checkpoint. */
  target?: Scale | undefined;
  /** What is known of the training corpus already. */
  extent?: Extent;
};

/** @throws UserError for a corpus without what the task needs */
export async function prepare(sources: Sources, options: PrepareOptions): Promise<Prepared> {
  const { training, validation, test } = sources;
  const extent = options.extent ?? (await extentOf(training));
  const corpora = [training, validation, test].filter((corpus) => corpus != null);
  const labels = options.labels ?? (await labelsFor(options.task, extent, [validation, test]));
  checkCorpora(options.task, corpora, labels);
  checkInputs(corpora, options.reading);
  const documents = (): AsyncIterable<Assigned> => assigned(sources, extent, options);
  const plan = await planOf(options.reading, documents);
  return encode(documents(), options.task, { plan, labels, target: options.target });
}

/** @throws UserError for texts where rows of numbers are read, and the reverse, and for rows of another width */
function checkInputs(corpora: readonly Corpus[], reading: PrepareOptions["reading"]): void {
  for (const { name, rows } of corpora) {
    const wanted = widthOf(reading);
    if (rows?.width === wanted) continue;
    const words = (width: number | undefined): string => (width ? `rows of ${width} numbers` : "texts");
    throw new UserError(`${name} holds ${words(rows?.width)}, and ${words(wanted)} are read here`);
  }
}

async function planOf(
  reading: PrepareOptions["reading"],
  documents: () => AsyncIterable<Assigned>,
): Promise<ReadingPlan> {
  if (reading.inputs === "numbers") return reading;
  const { inputs, tokenizer, spelling } = reading;
  return {
    inputs,
    tokenizer: await fitted(tokenizer, documents),
    ...(spelling && { spelling: await fitted(spelling, documents) }),
  };
}

const fitted = (tokenizer: Tokenizer | TokenizerTrainer, documents: () => AsyncIterable<Assigned>) =>
  "add" in tokenizer ? fit(tokenizer, documents()) : tokenizer;

/** Tags are fine and many: one that only a file of its own has counts as wrong, and is none that cannot be read. */
async function labelsFor(task: Task, { labels }: Extent, others: readonly (Corpus | undefined)[]): Promise<string[]> {
  if (task === "classifier") return labels;
  if (task !== "tagger") return [];
  const extents = await Promise.all(others.map(async (corpus) => extentOf(corpus ?? null)));
  return [...new Set([labels, ...extents.map((extent) => extent.labels)].flat())].toSorted();
}

const extentOf = (corpus: Corpus | null): Promise<Extent> | Extent =>
  corpus ? measure(corpus) : { documents: 0, characters: 0, labels: [] };

/** Every document with its part: a corpus given for a part stands in for the share of the first, whose split stays as it is. */
async function* assigned(
  { training, validation, test }: Sources,
  extent: Extent,
  { shares, seed }: PrepareOptions,
): AsyncGenerator<Assigned> {
  const own = { training: undefined, validation, test };
  if (training) {
    for await (const document of split(training, extent, shares, seed)) if (!own[document.part]) yield document;
  }
  for (const part of parts) {
    const corpus = own[part];
    if (!corpus) continue;
    for await (const document of corpus.read()) yield { ...document, part, whole: corpus.shape === "documents" };
  }
}

async function fit(trainer: TokenizerTrainer, documents: AsyncIterable<Assigned>): Promise<Tokenizer> {
  for await (const { text, part } of documents) if (part === "training") trainer.add(text);
  return trainer.finish();
}

async function encode(documents: AsyncIterable<Assigned>, task: Task, encoding: Encoding): Promise<Prepared> {
  const counts = eachPart((): PartCounts => ({ documents: 0, characters: 0, tokens: 0, unknown: 0 }));
  const encoder = createEncoder(task, encoding);
  for await (const document of documents) {
    const ids = encoder.add(document);
    const count = counts[document.part];
    count.documents++;
    count.characters += document.text.length;
    count.tokens += ids.length;
    count.unknown += unknownIn(ids);
  }
  return { labels: encoding.labels, counts, ...encoder.finish() };
}

const unknownIn = (ids: readonly number[]): number =>
  ids.reduce((count, id) => (id === unknownId ? count + 1 : count), 0);
