/** @file From corpora to ids: the split first, a tokenizer from the training part alone, then every part encoded. */
import { UserError } from "../errors.js";
import type { Corpus } from "../text/document.js";
import { endId, type Tokenizer, type TokenizerTrainer, unknownId } from "../text/tokenizer.js";
import { type Assigned, type Extent, measure, type Part, parts, type Shares, split } from "./split.js";
import { TokenDocuments, TokenSequence } from "./tokens.js";

/** A corpus, and other corpora where a part has one of its own; no training corpus where there is only something to evaluate. */
export type Sources = { training: Corpus | null; validation?: Corpus; test?: Corpus };

export type PartCounts = { documents: number; characters: number; tokens: number; unknown: number };

/** What the parts hold, encoded; of the kind that the task needs. */
export type Prepared = {
  tokenizer: Tokenizer;
  labels: string[];
  counts: Record<Part, PartCounts>;
} & (
  | { task: "generator"; texts: Record<Part, TokenSequence> }
  | { task: "classifier"; documents: Record<Part, TokenDocuments> }
);

export type PrepareOptions = {
  task: "generator" | "classifier";
  shares: Shares;
  seed: number;
  /** Makes the tokenizer from the training part, or is the one of a checkpoint. */
  tokenizer: Tokenizer | TokenizerTrainer;
  /** The labels of a checkpoint; absent, those found. */
  labels?: string[];
};

/** @throws UserError for a corpus without what the task needs */
export async function prepare(sources: Sources, options: PrepareOptions): Promise<Prepared> {
  const unlabelled = [sources.training, sources.validation, sources.test].find((corpus) => corpus && !corpus.labelled);
  if (options.task === "classifier" && unlabelled) {
    throw new UserError(
      `${unlabelled.name} has no labels, and a classifier needs them: a column of a table (--label-column), or subfolders named by them`,
    );
  }
  const extent = sources.training ? await measure(sources.training) : { documents: 0, characters: 0, labels: [] };
  const labels = options.labels ?? extent.labels;
  if (options.task === "classifier" && labels.length < 2) {
    throw new UserError(`${sources.training?.name} has one label only, ${labels[0]}: a classifier needs two or more`);
  }
  const documents = (): AsyncIterable<Assigned> => assigned(sources, extent, options);
  const tokenizer = "add" in options.tokenizer ? await fit(options.tokenizer, documents()) : options.tokenizer;
  return encode(documents(), tokenizer, labels, options.task);
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

async function encode(
  documents: AsyncIterable<Assigned>,
  tokenizer: Tokenizer,
  labels: string[],
  task: Prepared["task"],
): Promise<Prepared> {
  const vocabulary = tokenizer.vocabulary.length;
  const counts = eachPart((): PartCounts => ({ documents: 0, characters: 0, tokens: 0, unknown: 0 }));
  const texts = eachPart(() => new TokenSequence(vocabulary));
  const labelled = eachPart(() => new TokenDocuments(vocabulary));
  const labelIds = new Map(labels.map((label, id) => [label, id]));

  for await (const { text, label, part, whole } of documents) {
    const ids = tokenizer.encode(text);
    const count = counts[part];
    count.documents++;
    count.characters += text.length;
    count.tokens += ids.length;
    count.unknown += unknownIn(ids);
    if (task === "classifier") {
      const labelId = labelIds.get(label ?? "");
      if (labelId === undefined)
        throw new UserError(`the label ${label} in the ${part} part is not among ${labels.join(", ")}`);
      labelled[part].push(ids, labelId);
    } else {
      texts[part].push(ids);
      if (whole) texts[part].push([endId]);
    }
  }
  const shared = { tokenizer, labels, counts };
  return task === "classifier" ? { ...shared, task, documents: labelled } : { ...shared, task, texts };
}

const unknownIn = (ids: readonly number[]): number =>
  ids.reduce((count, id) => (id === unknownId ? count + 1 : count), 0);

const eachPart = <Value>(value: (part: Part) => Value): Record<Part, Value> =>
  Object.fromEntries(parts.map((part) => [part, value(part)])) as Record<Part, Value>;
