/** @file Splits the corpora, trains a tokenizer on the training part alone, and encodes every part. */
import { tmpdir as temporaryFolder } from "node:os";
import { UserError } from "../common/errors.js";
import type { JsonObject } from "../common/json.js";
import { quantity } from "../common/quantity.js";
import type { Task } from "../common/names.js";
import type { Corpus } from "../corpus/document.js";
import type { Tokenizer, TokenizerTrainer } from "../tokenizers/index.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import { checkCorpora, createEncoder, type EncodedParts, type EncoderOptions } from "./encodeCorpus.js";
import { type EncodingPlan, type InputEncoding, numbersBeside, type TextPlan, widthOf } from "./inputEncoder.js";
import type { Scale } from "./scaling.js";
import { inFiles } from "./fileValues.js";
import { inMemory, type Storage } from "./tokenStore.js";
import type { CorpusStats } from "./corpusStats.js";
import { areKept, type KeptTokens, keptTokenizers, keptTokens, type TokenPlan } from "./keptTokens.js";
import { eachPart, type Part, parts, type SplitDocument, type SplitOptions } from "./split.js";
import { comparesTexts, corporaOf, type Sources, type SplitBlocks, splitSources, statsOf } from "./splitSources.js";

export type { Sources } from "./splitSources.js";

/** characters, tokens and unknown (out-of-vocabulary) tokens count texts only; bytes are those of a generator's texts in UTF-8, with one for the end of each document. */
export type PartCounts = { documents: number; characters: number; tokens: number; unknown: number; bytes?: number };

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

/** Trainers of tokenizers. `trainedFrom`: what determines the trainers; without it the tokenizers are not kept for another run. */
type TrainedEncoding = {
  inputs: "tokens";
  tokenizer: TokenizerTrainer;
  spelling?: TokenizerTrainer;
  trainedFrom?: JsonObject;
} & Pick<TextPlan, "numbers" | "numberColumns">;

export type PrepareOptions = SplitOptions & {
  task: Task;
  /** With a trainer, the tokenizer is trained on the training part. */
  inputEncoding: EncodingPlan | TrainedEncoding;
  /** The labels of a checkpoint. Default: the labels of the corpora. */
  labels?: readonly string[] | undefined;
  /** Whether a document has a set of labels. */
  multilabel?: boolean | undefined;
  /** The scale of the target of a checkpoint. */
  target?: Scale | undefined;
  /** The counts of the training corpus, if known. */
  stats?: CorpusStats;
  /** A folder where the tokens are kept for other runs. Default: memory, or the system's folder for temporary files if the corpora are large. */
  tokenCache?: string | undefined;
};

/** Tokens of larger corpora are kept in files. */
const largestInMemory = 1 << 26; // bytes

/** @throws UserError for a corpus that lacks the labels, tags or inputs that the task needs */
export async function prepare(sources: Sources, options: PrepareOptions): Promise<Prepared> {
  const { training, validation, test } = sources;
  const { task, tokenCache, target, multilabel, inputEncoding } = options;
  const corpora = corporaOf(sources);
  const statsOptions = { ...options, compareTexts: comparesTexts(sources, options) };
  let { stats } = options;
  const wholeStats = async (): Promise<CorpusStats> => {
    stats = stats?.recount ? await stats.recount() : (stats ?? (await statsOf(training, statsOptions)));
    return stats;
  };
  const labels =
    options.labels ??
    (await labelsFor(task, (stats ??= await statsOf(training, statsOptions, tokenCache)), [validation, test], options));
  checkCorpora(task, corpora, labels);
  checkInputs(corpora, inputEncoding);
  const documents = async function* (): SplitBlocks {
    yield* splitSources(sources, await wholeStats(), options);
  };
  const plan = await planOf(sources, options, documents);
  const encodeInto = async (storage: Storage): Promise<Prepared> =>
    encode(documents(), await wholeStats(), task, { plan, labels, target, multilabel, storage });
  try {
    if (tokenCache !== undefined && areKept(plan)) {
      const kept = await keptTokens(tokenCache, sources, { ...options, plan, labels }, async ({ storage }) => {
        const { counts, known, ...encoded } = await encodeInto(storage);
        return { counts, known, ...(encoded.task === "tagger" && { words: encoded.documents.training.lexicon.words }) };
      });
      return restored(kept, task, { plan, labels, target, multilabel });
    }
    const { characters } = await wholeStats();
    const isSmall = Math.max(characters, ...corpora.map(({ bytes }) => bytes)) <= largestInMemory;
    return await encodeInto(tokenCache === undefined && isSmall ? inMemory : inFiles(tokenCache ?? temporaryFolder()));
  } finally {
    training?.release?.();
  }
}

/** The parts that an earlier run encoded. */
function restored(
  { counts, known, words, storage, dispose }: KeptTokens,
  task: Task,
  options: Omit<EncoderOptions, "storage" | "words">,
): Prepared {
  const encoded = createEncoder(task, { ...options, storage, words }).finish();
  return { labels: options.labels, counts, known, ...encoded, dispose };
}

/** @throws UserError for texts if the network reads rows of numbers, for rows if it reads texts, and for rows of another width */
function checkInputs(corpora: readonly Corpus[], inputEncoding: PrepareOptions["inputEncoding"]): void {
  const describe = (width: number | undefined, beside: number): string =>
    width ? `rows of ${width} numbers` : beside > 0 ? `texts with ${quantity(beside, "numbers")} each` : "texts";
  const expected = describe(widthOf(inputEncoding), numbersBeside(inputEncoding));
  for (const { name, rows, numberColumns = [] } of corpora) {
    const found = describe(rows?.width, numberColumns.length);
    if (found !== expected)
      throw new UserError(`${name}: expected ${expected}, not ${found}; --value-columns names columns of numbers`);
  }
}

async function planOf(
  sources: Sources,
  { inputEncoding, tokenCache, ...options }: PrepareOptions,
  documents: () => SplitBlocks,
): Promise<EncodingPlan> {
  if (inputEncoding.inputs === "numbers") return inputEncoding;
  const { inputs, tokenizer, spelling, numbers, numberColumns } = inputEncoding;
  const fit = async (): Promise<TokenPlan> => ({
    inputs,
    tokenizer: await fitted(tokenizer, documents),
    ...(spelling && { spelling: await fitted(spelling, documents) }),
  });
  const trainedFrom = "trainedFrom" in inputEncoding ? inputEncoding.trainedFrom : undefined;
  const plan =
    tokenCache === undefined || trainedFrom === undefined
      ? await fit()
      : await keptTokenizers(tokenCache, sources, { ...options, trainedFrom }, fit);
  return { ...plan, ...(numbers && { numbers }), ...(numberColumns && { numberColumns }) };
}

const fitted = (tokenizer: Tokenizer | TokenizerTrainer, documents: () => SplitBlocks) =>
  "add" in tokenizer ? trained(tokenizer, documents()) : tokenizer;

/** The labels of a tagger include tags that occur only in a separate validation or test file; rare tags often do. They are never predicted correctly. */
async function labelsFor(
  task: Task,
  { labels }: CorpusStats,
  others: readonly (Corpus | undefined)[],
  { tokenCache }: Pick<PrepareOptions, "tokenCache">,
): Promise<string[]> {
  if (task === "classifier") return labels;
  if (task !== "tagger") return [];
  const allStats = await Promise.all(others.map(async (corpus) => statsOf(corpus ?? null, {}, tokenCache)));
  return [...new Set([labels, ...allStats.map((stats) => stats.labels)].flat())].toSorted();
}

async function trained(trainer: TokenizerTrainer, blocks: SplitBlocks): Promise<Tokenizer> {
  for await (const block of blocks)
    for (const { document, part } of block) if (part === "training") trainer.add(document.text);
  return trainer.finish();
}

async function encode(
  blocks: SplitBlocks,
  { hasText, hasGroup }: CorpusStats,
  task: Task,
  options: EncoderOptions,
): Promise<Prepared> {
  const counts = eachPart((): PartCounts => ({ documents: 0, characters: 0, tokens: 0, unknown: 0 }));
  const known = eachPart((): Known => ({ texts: 0, groups: 0 }));
  const encoder = createEncoder(task, options);
  const add = (splitDocument: SplitDocument): void => {
    const { document, part, separate } = splitDocument;
    const ids = encoder.add(splitDocument);
    const count = counts[part];
    count.documents++;
    count.characters += document.text.length;
    count.tokens += ids.length;
    count.unknown += unknownIn(ids);
    if (task === "generator")
      count.bytes = (count.bytes ?? 0) + Buffer.byteLength(document.text) + Number(splitDocument.whole);
    if (!separate) return;
    if (hasText?.(document)) known[part].texts++;
    if (hasGroup?.(document)) known[part].groups++;
  };
  for await (const block of blocks) for (const document of block) add(document);
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
