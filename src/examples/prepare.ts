/** @file From corpora to ids: the split first, a tokenizer from the training part alone, then every part encoded. */
import type { Task } from "../names.js";
import type { Corpus } from "../text/document.js";
import { type Tokenizer, type TokenizerTrainer, unknownId } from "../text/tokenizer.js";
import { checkCorpora, createEncoder, eachPart, type Encoded, type Encoding } from "./encode.js";
import { type Assigned, type Extent, measure, type Part, parts, type Shares, split } from "./split.js";

/** A corpus, and other corpora where a part has one of its own; no training corpus where there is only something to evaluate. */
export type Sources = { training: Corpus | null; validation?: Corpus; test?: Corpus };

export type PartCounts = { documents: number; characters: number; tokens: number; unknown: number };

/** What the parts hold, encoded; of the kind that the task needs. */
export type Prepared = Encoding & { counts: Record<Part, PartCounts> } & Encoded;

export type PrepareOptions = {
  task: Task;
  shares: Shares;
  seed: number;
  /** Makes the tokenizer from the training part, or is the one of a checkpoint. */
  tokenizer: Tokenizer | TokenizerTrainer;
  /** The labels of a checkpoint; absent, those found. */
  labels?: readonly string[];
};

/** @throws UserError for a corpus without what the task needs */
export async function prepare(sources: Sources, options: PrepareOptions): Promise<Prepared> {
  const { training, validation, test } = sources;
  const extent = training ? await measure(training) : { documents: 0, characters: 0, labels: [] };
  const labels = options.labels ?? extent.labels;
  const corpora = [training, validation, test].filter((corpus) => corpus != null);
  checkCorpora(options.task, corpora, labels);
  const documents = (): AsyncIterable<Assigned> => assigned(sources, extent, options);
  const tokenizer = "add" in options.tokenizer ? await fit(options.tokenizer, documents()) : options.tokenizer;
  return encode(documents(), options.task, { tokenizer, labels });
}

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
  return { ...encoding, counts, ...encoder.encoded };
}

const unknownIn = (ids: readonly number[]): number =>
  ids.reduce((count, id) => (id === unknownId ? count + 1 : count), 0);
