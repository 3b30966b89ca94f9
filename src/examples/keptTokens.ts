/** @file What a run keeps of its corpora in a folder (--token-cache), so that another run neither reads nor encodes them: counts, tokenizers and tokens. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import { type JsonObject, type JsonValue } from "../common/json.js";
import { type Task, tokenizerNames } from "../common/names.js";
import type { Corpus, SkippedRows } from "../corpus/document.js";
import { type Tokenizer, tokenizerFrom } from "../tokenizers/index.js";
import { corpusStats, type CorpusStats, type StatsOptions } from "./corpusStats.js";
import { type EncodingPlan, numbersBeside } from "./inputEncoder.js";
import type { Sources } from "./prepare.js";
import { parts, type SplitOptions } from "./split.js";
import { type CachedEntry, type EntryDraft, TokenCache } from "./tokenCache.js";

/** All that determines the documents of a corpus. */
const corpusKey = (corpus: Corpus | null | undefined): JsonObject | null => {
  if (!corpus) return null;
  const { digest, bytes, shape, labeled, tagged, rows, grouped, times, overlap, reading, readOptions } = corpus;
  return { digest, bytes, shape, labeled, tagged, rows, grouped, times, overlap, reading, readOptions };
};

const sourcesKey = ({ training, validation, test }: Sources, { fractions, seed, duplicates, fold }: SplitOptions) => ({
  training: corpusKey(training),
  validation: corpusKey(validation),
  test: corpusKey(test),
  split: { fractions, seed, duplicates, ...(fold && { fold }) },
});

/** An entry that was filled, and put under its key. @param fill returns its data */
async function made(
  cache: TokenCache,
  key: JsonObject,
  fill: (draft: EntryDraft) => Promise<JsonValue> | JsonValue,
): Promise<CachedEntry> {
  const draft = cache.draft();
  try {
    return await draft.keep(key, await fill(draft));
  } catch (error) {
    draft.discard();
    throw error;
  }
}

const number = v.number();
const optionalNumber = v.optional(number);
const countsSchema = v.strictObject({
  documents: number,
  characters: number,
  labelCounts: v.array(v.tuple([v.string(), number])),
  moreLabels: optionalNumber,
  pages: optionalNumber,
  copies: optionalNumber,
  groups: v.optional(v.strictObject({ count: number, largest: number })),
  copiesTogether: v.boolean(),
});

/** The counts of a corpus. @param folder where they are kept; undefined for nowhere */
export async function keptStats(
  corpus: Corpus,
  options: StatsOptions,
  folder: string | undefined,
): Promise<CorpusStats> {
  if (folder === undefined) return corpusStats(corpus, options);
  const { duplicates, compareTexts } = options;
  const cache = new TokenCache(folder);
  const key = { kind: "counts", corpus: corpusKey(corpus), duplicates, compareTexts };
  const found = await cache.open(key);
  if (found) return statsIn(found, () => corpusStats(corpus, options));
  const stats = await corpusStats(corpus, options);
  const entry = await made(cache, key, ({ storage }) => {
    if (stats.times) storage.store("times", Float64Array).push(stats.times);
    const {
      documents,
      characters,
      labelCounts = [],
      moreLabels,
      pages,
      copies,
      groups,
      copiesTogether = false,
    } = stats;
    return { documents, characters, labelCounts: [...labelCounts], moreLabels, pages, copies, groups, copiesTogether };
  });
  entry.dispose();
  return stats;
}

function statsIn({ data, storage, dispose }: CachedEntry, recount: () => Promise<CorpusStats>): CorpusStats {
  const { labelCounts, moreLabels, pages, copies, groups, ...counts } = checked(countsSchema, data, damaged);
  const times = storage.stored<Float64Array>("times");
  const stats = {
    ...counts,
    labels: labelCounts.map(([label]) => label).toSorted(),
    labelCounts: new Map(labelCounts),
    ...(moreLabels !== undefined && { moreLabels }),
    ...(pages !== undefined && { pages }),
    ...(copies !== undefined && { copies }),
    ...(groups && { groups }),
    ...(times && { times: times.slice(0, times.length) }),
    recount,
  };
  dispose();
  return stats;
}

/** The tokenizers of texts. */
export type TokenPlan = Extract<EncodingPlan, { inputs: "tokens" }>;

const tokenizersSchema = v.strictObject({ tokenizer: v.unknown(), spelling: v.optional(v.unknown()) });

/** The tokenizers of a training part. @param trainedFrom the options of their trainers */
export async function keptTokenizers(
  folder: string,
  sources: Sources,
  options: SplitOptions & { trainedFrom: JsonObject },
  train: () => Promise<TokenPlan>,
): Promise<TokenPlan> {
  const cache = new TokenCache(folder);
  const key = { kind: "tokenizers", ...sourcesKey(sources, options), trainedFrom: options.trainedFrom };
  const found = await cache.open(key);
  if (found) {
    const { tokenizer, spelling } = checked(tokenizersSchema, found.data, damaged);
    return {
      inputs: "tokens",
      tokenizer: tokenizerFrom(tokenizer),
      ...(spelling !== undefined && { spelling: tokenizerFrom(spelling) }),
    };
  }
  const plan = await train();
  await made(cache, key, () => tokenizersOf(plan));
  return plan;
}

const tokenizersOf = ({ tokenizer, spelling }: TokenPlan): JsonObject => ({
  tokenizer: tokenizer.toJSON(),
  spelling: spelling?.toJSON(),
});

/** Whether the tokens can be kept: the data of a tokenizer that a program added do not determine its tokens. */
export const areKept = (plan: EncodingPlan): boolean =>
  plan.inputs === "numbers" || [plan.tokenizer, plan.spelling].every((tokenizer) => !tokenizer || isBuiltIn(tokenizer));

const isBuiltIn = ({ kind }: Tokenizer): boolean => tokenizerNames.some((name) => name === kind);

const partOf = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.strictObject({ training: schema, validation: schema, test: schema });
const skippedSchema = v.strictObject({
  bad: number,
  unlabeled: number,
  blank: number,
  first: v.array(
    v.strictObject({
      skipped: v.picklist(["bad", "unlabeled", "blank"]),
      line: number,
      reason: v.string(),
      source: v.exactOptional(v.string()),
    }),
  ),
});
const tokensSchema = v.strictObject({
  counts: partOf(
    v.strictObject({
      documents: number,
      characters: number,
      tokens: number,
      unknown: number,
      bytes: v.exactOptional(number),
    }),
  ),
  known: partOf(v.strictObject({ texts: number, groups: number })),
  words: v.optional(v.array(v.string())),
  skipped: v.array(v.nullable(skippedSchema)),
});

export type KeptTokens = Pick<CachedEntry, "storage" | "dispose"> &
  Pick<v.InferOutput<typeof tokensSchema>, "counts" | "known" | "words">;

/** The tokens of all parts, and what was counted while they were encoded. @param encode fills a storage */
export async function keptTokens(
  folder: string,
  sources: Sources,
  options: SplitOptions & { task: Task; plan: EncodingPlan; labels: readonly string[] },
  encode: (draft: EntryDraft) => Promise<Pick<KeptTokens, "counts" | "known" | "words">>,
): Promise<KeptTokens> {
  const { task, plan, labels } = options;
  const beside = plan.inputs === "tokens" ? numbersBeside(plan) : 0;
  const inputs = { ...(plan.inputs === "tokens" && tokenizersOf(plan)), ...(beside > 0 && { numbers: beside }) };
  const cache = new TokenCache(folder);
  const key = { kind: "tokens", ...sourcesKey(sources, options), task, labels, inputs };
  const entry =
    (await cache.open(key)) ??
    (await made(cache, key, async (draft) => {
      const encoded = await encode(draft);
      return { ...encoded, skipped: parts.map((part) => (sources[part]?.skipped ?? null) as JsonValue) };
    }));
  const { skipped, ...found } = checked(tokensSchema, entry.data, damaged);
  for (const [index, part] of parts.entries()) restoreSkipped(sources[part], skipped[index] ?? null);
  return { ...found, storage: entry.storage, dispose: entry.dispose };
}

/** As if the corpus had been read. */
function restoreSkipped(corpus: Corpus | null | undefined, skipped: SkippedRows | null): void {
  if (corpus?.skipped && skipped) Object.assign(corpus.skipped, skipped);
}

const damaged = (problems: string): string =>
  `the folder of --token-cache has an entry that does not fit: ${problems}; name another folder`;
