/** @file Starts a run: opens the corpus, trains its tokenizer, and creates the network with its initial weights. */
import { UsageError } from "../common/errors.js";
import type { JsonObject } from "../common/json.js";
import { type InputKind, type Task, tokenizerNames } from "../common/names.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import { defaultTask } from "../examples/corpusStats.js";
import { longDocuments, refuseOwnLabels, summaryOf } from "../examples/corpusSummary.js";
import { keptStats } from "../examples/keptTokens.js";
import { openSources, readingsOf, splitFolder, splitOptions } from "../examples/partSources.js";
import { prepare, type Prepared, type PrepareOptions } from "../examples/prepare.js";
import { startEngine } from "../model/model.js";
import { specFrom } from "../network/build.js";
import { initializations } from "../network/initializers.js";
import { Network } from "../network/network.js";
import type { Spec } from "../network/spec.js";
import { countsOf } from "../examples/tokenStore.js";
import {
  newRunDefaults,
  type Recipe,
  refuseUseless,
  settleRecipe,
  usualModel,
  withoutUndefined,
} from "../options/recipe.js";
import { type TokenizerTrainer, tokenizerTrainer } from "../tokenizers/index.js";
import { usualNormalization } from "../tokenizers/normalization.js";
import { type Assembly, type AssemblyParts, buildAssembly, type Given } from "./assembly.js";
import { chosenOptions } from "./chosenOptions.js";
import { selectFastestPrecision } from "./fastestPrecision.js";
import { refuseMixWithoutValidation } from "./finalScores.js";
import { grownEncoding, sizesOf, startedRun } from "./startedRun.js";
import { openVectors, withVectors } from "./staticVectors.js";
import { inheritedOptions, knowsLabels, networkFrom, openStartingPoint, type StartingPoint } from "./startingPoint.js";

/**
 * @param corpus its path or paths, or - for standard input
 * @throws UserError for a corpus that cannot be read or lacks what the task needs
 * @throws UsageError for options that have no effect
 */
export async function newAssembly(corpus: CorpusPath, givenOptions: Given): Promise<Assembly> {
  const { file: vectorFile, given: withWidth } = await openVectors(givenOptions.given);
  const options = { ...givenOptions, given: withWidth };
  const { precision } = options.given;
  const backend = await startEngine(options, precision === "auto" ? undefined : precision);
  const { start, given, tokenCache } = options;
  if (start && vectorFile)
    throw new UsageError("--vectors has no effect with --from, which has embeddings of its own; remove one of them");
  const base = start && (await openStartingPoint(start, options.task));
  const opened = await openRun(corpus, options, base);
  const { prepared } = opened;
  const chosen = base ? undefined : chosenOptions(opened, given);
  const recipe = { ...opened.recipe, ...chosen?.options };
  refuseMixWithoutValidation(prepared, recipe);
  const usualSpec = (): Spec => specOf(recipe, prepared);
  const keepsHead = base !== undefined && knowsLabels(base, prepared.labels);
  const initial = base
    ? networkFrom(base, recipe, sizesOf(prepared), { usualSpec, keepsHead })
    : Network.create(usualSpec(), initializations[recipe.init](recipe.initRange), recipe.seed);
  const vectors =
    vectorFile && prepared.inputs === "tokens" ? await withVectors(initial, prepared.tokenizer, vectorFile) : undefined;
  const network = vectors?.network ?? initial;
  const started = base && (await startedRun(base, start, { keepsHead, seconds: given.for, tokenCache }));
  const assembly = buildAssembly({
    ...opened,
    recipe,
    network,
    backend,
    ...(chosen && { chosen: { options: Object.keys(chosen.options), epochs: chosen.epochs } }),
    created: new Date().toISOString(),
    ...(started && { started }),
    ...(vectors && { vectors: vectors.found }),
  });
  return precision === "auto" ? withFastestPrecision(assembly) : assembly;
}

/** A new run before its model: its corpus, in parts and encoded, and its options with the defaults that fit it. */
export type OpenedRun = Pick<AssemblyParts, "path" | "readings" | "sources" | "recipe" | "prepared" | "summary"> & {
  task: Task;
};

export async function openRun(
  corpus: CorpusPath,
  { given: givenOptions, task: wantedTask, standardInput, lenient, tokenCache, networkAlone }: Given,
  base?: StartingPoint,
): Promise<OpenedRun> {
  const givenTask = base ? base.encoding.task : wantedTask;
  const inherited = base && inheritedOptions(base, givenOptions);
  const { path, given } = await splitFolder(corpus, givenOptions);
  const sources = await openSources(path, settleRecipe({ ...inherited, ...given }, givenTask ?? "generator"), {
    standardInput,
    task: givenTask,
    tokenCache,
  });
  const { rows, numberColumns } = sources.training;
  const { duplicates = "together" } = given;
  const compareTexts = duplicates === "together" || (sources.validation ?? sources.test) !== undefined;
  const stats = await keptStats(sources.training, { duplicates, compareTexts }, tokenCache);
  const task = givenTask ?? (given.multilabel ? "classifier" : defaultTask(sources.training, stats.labels));
  const inputs = rows ? "numbers" : "tokens";
  const { shape } = sources.training;
  const defaults: Partial<Recipe> = {
    ...newRunDefaults(task),
    ...(!base && !networkAlone && given.wide === undefined && usualModel(given, task, inputs)),
    ...(task === "generator" && shape === "documents" && { examples: "documents" }),
    ...inherited,
  };
  const settled = settleRecipe({ ...defaults, ...withoutUndefined(given) }, task, inputs);
  const usual = base || networkAlone ? settled : { ...settled, mix: settled.mix ?? usualMix(settled, task, inputs) };
  if (!lenient) refuseUseless(given, usual, task, inputs);
  refuseOwnLabels(sources.training.name, task, stats);
  const own: PrepareOptions["inputEncoding"] = base
    ? grownEncoding(base.encoding, usual)
    : rows
      ? { inputs: "numbers", shape: rows }
      : { inputs: "tokens", ...newTokenizers(usual, task) };
  const isNew = !base || base.isTransfer;
  const inputEncoding = own.inputs === "tokens" && isNew && numberColumns ? { ...own, numberColumns } : own;
  const prepared = await prepare(sources, {
    task,
    ...splitOptions(usual),
    multilabel: usual.multilabel,
    inputEncoding,
    stats,
    ...(base && knowsLabels(base, stats.labels) && { labels: base.encoding.labels, target: base.encoding.target }),
    tokenCache,
  });
  const inChunks = isNew && isReadInChunks(given, usual, prepared);
  const recipe: Recipe = inChunks ? { ...usual, longDocuments: "chunks" } : usual;
  const summary = summaryOf(stats, prepared, recipe, sources, base ? "--from" : givenTask && "--task");
  return { path, readings: readingsOf(sources), sources, recipe, prepared, task, summary };
}

/** A given --max-length cuts, as other programs do, unless --long-documents says otherwise. Flattened steps differ by their place in a text. */
const isReadInChunks = (given: Partial<Recipe>, recipe: Recipe, prepared: Prepared): boolean =>
  given.longDocuments === undefined &&
  given.maxLength === undefined &&
  recipe.model !== "bag" &&
  !recipe.pooling.includes("flatten") &&
  longDocuments(prepared, recipe) > 0;

/** A network that reads its text in order may be mixed with an n-gram model. */
const usualMix = ({ examples, model }: Recipe, task: Task, inputs: InputKind): Recipe["mix"] =>
  task === "generator" &&
  inputs === "tokens" &&
  model !== "ngram" &&
  (examples === "streams" || examples === "documents")
    ? "auto"
    : undefined;

/** The spec that the options describe. */
export const specOf = (recipe: Recipe, prepared: Prepared): Spec =>
  specFrom(recipe, {
    task: prepared.task,
    reads:
      prepared.inputs === "tokens"
        ? { vocabulary: prepared.tokenizer.vocabulary.length }
        : { width: prepared.scaling.length },
    labels: prepared.labels.length,
    numbers: prepared.inputs === "tokens" ? prepared.numbers?.length : undefined,
    multilabel: recipe.multilabel,
    characters: prepared.inputs === "tokens" ? prepared.spelling?.vocabulary.length : undefined,
    examples: recipe.examples,
    longest: longestSequence(prepared, recipe),
    counts:
      prepared.task === "generator" && prepared.inputs === "tokens"
        ? () => countsOf(prepared.texts.training, prepared.tokenizer.vocabulary.length)
        : undefined,
  });

async function withFastestPrecision(assembly: Assembly): Promise<Assembly> {
  try {
    const measured = await selectFastestPrecision(assembly.trainer, assembly.backend);
    const { precision, backend, steps } = measured;
    return { ...assembly, recipe: { ...assembly.recipe, precision }, backend, precisionSteps: steps };
  } catch (error) {
    assembly.dispose();
    throw error;
  }
}

/** The characters of a tagger's words keep their case, with `--lowercase` too. */
const newTokenizers = (
  { tokenizer, lowercase, vocabulary, charUnits }: Recipe,
  task: Task,
): { tokenizer: TokenizerTrainer; spelling?: TokenizerTrainer; trainedFrom?: JsonObject } => ({
  tokenizer: tokenizerTrainer(tokenizer, {
    lowercase,
    normalization: usualNormalization(tokenizer, task),
    clusters: true,
    ...(vocabulary && { vocabulary }),
  }),
  ...(task === "tagger" &&
    charUnits > 0 && {
      spelling: tokenizerTrainer("characters", { normalization: usualNormalization(tokenizer, task) }),
    }),
  ...(tokenizerNames.some((name) => name === tokenizer) && {
    trainedFrom: { task, tokenizer, lowercase, vocabulary, spelled: charUnits > 0 },
  }),
});

/** The most steps that the network reads of a sequence; for rows of numbers, at most as many as the longest sequence has. */
function longestSequence(prepared: Prepared, { sequenceLength, maxLength }: Recipe): number {
  if (prepared.task === "generator") return sequenceLength;
  if (prepared.task === "tagger") return maxLength;
  const { inputs } = prepared.documents.training;
  if (inputs.inputs === "tokens") return maxLength;
  let longest = 1;
  for (let index = 0; index < inputs.count; index++) longest = Math.max(longest, inputs.lengthOf(index));
  return Math.min(maxLength, longest);
}
