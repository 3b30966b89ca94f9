/** @file Splits the corpora, trains a tokenizer on the training part alone, and encodes every part. */
import { tmpdir as temporaryFolder } from "node:os";
import { UserError } from "../common/errors.js";
import type { Task } from "../common/names.js";
import type { Corpus } from "../corpus/document.js";
import type { Tokenizer, TokenizerTrainer } from "../tokenizers/index.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import {
  checkCorpora,
  createEncoder,
  eachPart,
  type EncodedParts,
  type EncoderOptions,
  type InputEncoding,
  type EncodingPlan,
  widthOf,
} from "./encodeCorpus.js";
import type { Scale } from "./scaling.js";
import { inFiles } from "./fileValues.js";
import { inMemory } from "./tokenStore.js";
import { corpusStats, type CorpusStats, type StatsOptions } from "./corpusStats.js";
import { type Part, parts, split, type SplitDocument, type SplitOptions } from "./split.js";

/** The training corpus, null if there is only a file to evaluate; and separate corpora for validation and test. */
export type Sources = { training: Corpus | null; validation?: Corpus; test?: Corpus };

/** characters, tokens and unknown (out-of-vocabulary) tokens count texts only. */
export type PartCounts = { documents: number; characters: number; tokens: number; unknown: number };

/** Documents of a separate file whose text, or whose group, is in the training corpus too. */
export type Known = { texts: number; groups: number };

/** The encoded parts, of the kind that the task needs. */
export type Prepared = InputEncoding &
  EncodedParts & {
    labels: readonly string[];
    counts: Record<Part, PartCounts>;
    known: Record<Part, Known>;
    /** Frees the files of its tokens. */
    dispose(): void;
  };

export type PrepareOptions = SplitOptions & {
  task: Task;
  /** With a trainer, the tokenizer is trained on the training part. */
  inputEncoding: EncodingPlan | { inputs: "tokens"; tokenizer: TokenizerTrainer; spelling?: TokenizerTrainer };
  /** The labels of a checkpoint. Default: the labels of the corpora. */
  labels?: readonly string[] | undefined;
  /** The scale of the target of a checkpoint. */
  target?: Scale | undefined;
  /** The counts of the training corpus, if known. */
  stats?: CorpusStats;
  /** A folder for the tokens. Default: memory, or the system's folder for temporary files if the corpora are large. */
  tokenCache?: string | undefined;
};

/** Tokens of larger corpora are kept in files. */
const largestInMemory = 1 << 26; // bytes

/** @throws UserError for a corpus that lacks the labels, tags or inputs that the task needs */
export async function prepare(sources: Sources, options: PrepareOptions): Promise<Prepared> {
  const { training, validation, test } = sources;
  const stats = options.stats ?? (await statsOf(training, options));
  const corpora = [training, validation, test].filter((corpus) => corpus != null);
  const labels = options.labels ?? (await labelsFor(options.task, stats, [validation, test]));
  checkCorpora(options.task, corpora, labels);
  checkInputs(corpora, options.inputEncoding);
  const documents = (): AsyncIterable<SplitDocument> => splitSources(sources, stats, options);
  const plan = await planOf(options.inputEncoding, documents);
  const size = Math.max(stats.characters, ...corpora.map(({ bytes }) => bytes));
  const { tokenCache } = options;
  const storage =
    tokenCache === undefined && size <= largestInMemory ? inMemory : inFiles(tokenCache ?? temporaryFolder());
  const prepared = await encode(documents(), stats, options.task, { plan, labels, target: options.target, storage });
  training?.release?.();
  return prepared;
}

/** @throws UserError for texts if the network reads rows of numbers, for rows if it reads texts, and for rows of another width */
function checkInputs(corpora: readonly Corpus[], inputEncoding: PrepareOptions["inputEncoding"]): void {
  for (const { name, rows } of corpora) {
    const expected = widthOf(inputEncoding);
    if (rows?.width === expected) continue;
    const describe = (width: number | undefined): string => (width ? `rows of ${width} numbers` : "texts");
    throw new UserError(`${name}: expected ${describe(expected)}, not ${describe(rows?.width)}`);
  }
}

async function planOf(
  inputEncoding: PrepareOptions["inputEncoding"],
  documents: () => AsyncIterable<SplitDocument>,
): Promise<EncodingPlan> {
  if (inputEncoding.inputs === "numbers") return inputEncoding;
  const { inputs, tokenizer, spelling } = inputEncoding;
  return {
    inputs,
    tokenizer: await fitted(tokenizer, documents),
    ...(spelling && { spelling: await fitted(spelling, documents) }),
  };
}

const fitted = (tokenizer: Tokenizer | TokenizerTrainer, documents: () => AsyncIterable<SplitDocument>) =>
  "add" in tokenizer ? fit(tokenizer, documents()) : tokenizer;

/** The labels of a tagger include tags that occur only in a separate validation or test file; rare tags often do. They are never predicted correctly. */
async function labelsFor(
  task: Task,
  { labels }: CorpusStats,
  others: readonly (Corpus | undefined)[],
): Promise<string[]> {
  if (task === "classifier") return labels;
  if (task !== "tagger") return [];
  const allStats = await Promise.all(others.map(async (corpus) => statsOf(corpus ?? null)));
  return [...new Set([labels, ...allStats.map((stats) => stats.labels)].flat())].toSorted();
}

const statsOf = (corpus: Corpus | null, options?: StatsOptions): Promise<CorpusStats> | CorpusStats =>
  corpus ? corpusStats(corpus, options) : { documents: 0, characters: 0, labels: [] };

/** All documents with their parts. A separate corpus for a part replaces that part of the training corpus, whose split stays the same. */
async function* splitSources(
  { training, validation, test }: Sources,
  stats: CorpusStats,
  options: SplitOptions,
): AsyncGenerator<SplitDocument> {
  const separate = { training: undefined, validation, test };
  if (training) {
    for await (const document of split(training, stats, options)) if (!separate[document.part]) yield document;
  }
  for (const part of parts) {
    const corpus = separate[part];
    if (!corpus) continue;
    for await (const document of corpus.read())
      yield { ...document, part, whole: corpus.shape === "documents", separate: true };
  }
}

async function fit(trainer: TokenizerTrainer, documents: AsyncIterable<SplitDocument>): Promise<Tokenizer> {
  for await (const { text, part } of documents) if (part === "training") trainer.add(text);
  return trainer.finish();
}

async function encode(
  documents: AsyncIterable<SplitDocument>,
  { hasText, hasGroup }: CorpusStats,
  task: Task,
  options: EncoderOptions,
): Promise<Prepared> {
  const counts = eachPart((): PartCounts => ({ documents: 0, characters: 0, tokens: 0, unknown: 0 }));
  const known = eachPart((): Known => ({ texts: 0, groups: 0 }));
  const encoder = createEncoder(task, options);
  for await (const document of documents) {
    const ids = encoder.add(document);
    const count = counts[document.part];
    count.documents++;
    count.characters += document.text.length;
    count.tokens += ids.length;
    count.unknown += unknownIn(ids);
    if (!document.separate) continue;
    if (hasText?.(document)) known[document.part].texts++;
    if (hasGroup?.(document)) known[document.part].groups++;
  }
  const encoded = encoder.finish();
  const stores = encoded.task === "generator" ? encoded.texts : encoded.documents;
  return {
    labels: options.labels,
    counts,
    known,
    ...encoded,
    dispose: () => parts.forEach((part) => stores[part].dispose()),
  };
}

const unknownIn = (ids: readonly number[]): number =>
  ids.reduce((count, id) => (id === unknownId ? count + 1 : count), 0);
