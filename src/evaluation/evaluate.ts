/** @file Evaluates a model on the test part of its corpus, or on other files. */
import { inFile, messageOf, UsageError, UserError } from "../common/errors.js";
import { type Prepared, prepare, type Sources } from "../examples/prepare.js";
import { checkDigest, openSources, splitOptions } from "../examples/partSources.js";
import { spooled } from "../examples/documentSpool.js";
import { likeOf, type Model, optionsFor } from "../model/model.js";
import { openAs, openCorpus, recordedCorpus, type StandardInput } from "../corpus/corpus.js";
import { type CorpusPath, expandedPath, pathText } from "../corpus/sources/corpusPath.js";
import { type ReadingOptions, readOptionsOf } from "../corpus/openOptions.js";
import { readingRecordOf, recordedOptions } from "../corpus/record/readingRecord.js";
import { partFolders } from "../corpus/sources/partFolders.js";
import { type AdaptedModel, type CacheSettings, fitCache, scoreAdapted } from "./adaptation.js";
import type { Sequence } from "../examples/tokenStore.js";
import {
  checkComparable,
  encodingOf,
  type LabelEvaluation,
  labelEvaluation,
  type LabelEvaluationOptions,
  predictorOf,
} from "./labelEvaluation.js";
import { PredictionKeeper } from "./labelPredictions.js";
import { mixtureResultOf, type Result, resultOf, textScores } from "./result.js";

export type Evaluation = Result &
  Partial<LabelEvaluation> & {
    /** The name of the evaluated part or file. */
    source: string;
    /** The out-of-vocabulary rate: the fraction of tokens that the vocabulary lacks. */
    unknown: number;
    /** The settings of a neural cache. */
    cache?: CacheSettings;
    /** The reason for missing baselines. */
    note?: string;
  };

export type EvaluateOptions = LabelEvaluationOptions & {
  standardInput?: StandardInput | undefined;
  /** How the file is read, where it is not like the training corpus. */
  reading?: Partial<ReadingOptions> | undefined;
  /** Called with a note for each thing that is read otherwise than in the training corpus. */
  onNote?: ((note: string) => void) | undefined;
  /** A neural cache of so many states; its theta and weight are fitted on the validation part of the training corpus unless both are given. */
  neuralCache?: number | undefined;
  cacheTheta?: number | undefined;
  cacheWeight?: number | undefined;
  /** A folder where the tokens are kept for other runs with the same corpus. Default: memory, or the system's folder for temporary files if the corpus is large. */
  tokenCache?: string | undefined;
};

/**
 * @param file a path, of which the test folder is read if it is a folder of train/ and test/, several paths, or -. Default: the test part of the training corpus, or its validation part if it has no test part
 * @throws UserError if the training corpus is needed and missing or changed
 */
export async function evaluate(
  model: Model,
  file?: CorpusPath,
  { tokenCache, ...options }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { recipe, labels, target, task } = model;
  const { against, mistakes } = options;
  const hasOneLabel = task === "classifier" && !recipe.multilabel;
  if (recipe.multilabel && (against || mistakes !== undefined))
    throw new UsageError(
      `--${against ? "against" : "mistakes"} has no effect on a classifier of several labels a text; remove it`,
    );
  if (against) checkComparable(model, against);
  if (mistakes !== undefined && !hasOneLabel) throw new UsageError(`--mistakes has no effect on a ${task}; remove it`);
  const [useless] = Object.keys(readOptionsOf(options.reading ?? {}));
  if (file === undefined && useless !== undefined)
    throw new UsageError("options that say how a file is read have no effect without a file; name it, or remove them");
  const { sources, note } = await sourcesFor(model, file, { ...options, tokenCache });
  const prepared = await prepare(sources, {
    task,
    ...splitOptions(recipe),
    multilabel: recipe.multilabel,
    inputEncoding: encodingOf(model),
    labels,
    target,
    tokenCache,
  });
  try {
    const keeper = hasOneLabel ? new PredictionKeeper(labels.length) : undefined;
    const scored = adapted(model, prepared, options, evaluated(model, prepared, file, keeper));
    const predicted = { sources, part: scored.part, isOwn: file === undefined, tokenCache };
    const evaluation = keeper
      ? { ...scored, ...(await labelEvaluation(model, { predictions: keeper.finish(), ...predicted }, options)) }
      : scored;
    return note === undefined ? evaluation : { ...evaluation, note };
  } finally {
    prepared.dispose();
  }
}

/** The evaluation of a generator that adapts to the text, with that of the model as it is among the baselines. */
function adapted(model: Model, prepared: Prepared, options: EvaluateOptions, found: Evaluation): Evaluation {
  const { neuralCache: size } = options;
  if (size === undefined) return found;
  if (prepared.task !== "generator") throw new UsageError(`--neural-cache has no effect on a ${model.task}; remove it`);
  const adaptedModel = {
    network: model.network,
    mixture: model.mixture,
    documents: model.recipe.examples === "documents",
  };
  const cache = cacheSettings(adaptedModel, prepared.texts.validation, size, options);
  const { loss, targets } = scoreAdapted(adaptedModel, prepared.texts[found.part], cache);
  const { name = "network", perplexity: _perplexity, baselines, part, source, unknown, ...own } = found;
  const alone = { name, loss: own.loss, ...textScores(prepared, part, own.loss) };
  return {
    part,
    source,
    unknown,
    name: `${name} + cache`,
    targets,
    loss,
    ...textScores(prepared, part, loss),
    cache,
    baselines: [alone, ...baselines],
  };
}

function cacheSettings(
  model: AdaptedModel,
  validation: Sequence,
  size: number,
  { cacheTheta: theta, cacheWeight: weight }: EvaluateOptions,
): CacheSettings {
  if (theta !== undefined && weight !== undefined) return { size, theta, weight };
  if (validation.length < 2)
    throw new UsageError(
      "--neural-cache is fitted on the validation part of the training corpus, which is not there; give --cache-theta and --cache-weight",
    );
  const fitted = fitCache(model, validation, size);
  return { size, theta: theta ?? fitted.theta, weight: weight ?? fitted.weight };
}

/** @param file that is the test part. Default: the test or validation part of the training corpus */
function evaluated(
  model: Model,
  prepared: Prepared,
  file: CorpusPath | undefined,
  keeper: PredictionKeeper | undefined,
): Evaluation {
  const { recipe, document, mixture } = model;
  const parts = file === undefined ? (["test", "validation"] as const) : (["test"] as const);
  for (const part of parts) {
    const result = mixture
      ? mixtureResultOf({ network: model.hasNetwork ? model.network : null, mixture }, prepared, part, recipe)
      : resultOf(
          predictorOf(model),
          prepared,
          part,
          { ...recipe, thresholds: model.thresholds },
          undefined,
          keeper?.add,
        );
    if (!result) continue;
    const { tokens, unknown } = prepared.counts[part];
    const source = file ? pathText(file) : `the ${part} part of ${document.corpus.name}`;
    return { ...result, source, unknown: unknown / Math.max(1, tokens) };
  }
  throw new UserError(
    file === undefined
      ? `${document.corpus.name} has no test or validation part; give \`rnn evaluate\` a file`
      : `${pathText(file)} has too little text to evaluate; use a longer file`,
  );
}

/** The training corpus, for its parts and for the baselines; a given file is the test part. */
async function sourcesFor(
  model: Model,
  file: CorpusPath | undefined,
  { standardInput, reading: given, onNote, tokenCache }: EvaluateOptions,
): Promise<{ sources: Sources; note?: string }> {
  const { document, recipe, task } = model;
  const { name, digest } = document.corpus;
  const record = inFile(model.folder, () => readingRecordOf(document));
  if (file === undefined) {
    if (name === null) {
      throw new UserError(`${model.folder} was imported without a corpus; give \`rnn evaluate\` a file`);
    }
    const sources = await openSources(
      inFile(model.folder, () => recordedCorpus(document.corpus)),
      recipe,
      { record, tokenCache },
    );
    checkDigest(sources.training, digest);
    return { sources };
  }
  const named = await expandedPath(file);
  const path = (typeof named === "string" ? await partFolders(named) : undefined)?.test ?? named;
  const test = await openCorpus(path, {
    ...optionsFor(model, given),
    ...(standardInput && { standardInput }),
    like: { ...likeOf(model), onNote, needsLabels: task === "classifier" || task === "regressor" },
  });
  try {
    const opened = await openAs(
      recordedCorpus(document.corpus),
      recipe,
      undefined,
      recordedOptions(record, "training"),
    );
    const training = spooled(opened, tokenCache);
    checkDigest(training, digest);
    return { sources: { training, test } };
  } catch (error) {
    return {
      sources: { training: null, test },
      note: `no baselines, because the training corpus could not be read: ${messageOf(error)}`,
    };
  }
}
