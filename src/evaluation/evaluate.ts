/** @file Evaluates a model on the test part of its corpus, or on other files. */
import { UsageError, UserError } from "../common/errors.js";
import { type Prepared, prepare } from "../examples/prepare.js";
import { splitOptions } from "../examples/partSources.js";
import type { Model } from "../model/model.js";
import { type CorpusPath, pathText } from "../corpus/sources/corpusPath.js";
import { readOptionsOf } from "../corpus/openOptions.js";
import { type CacheSettings, scoreAdapted } from "./adaptation.js";
import { adaptationOn, adaptedModelOf, type AdaptationOptions, isAdaptive } from "./adaptationSettings.js";
import type { DynamicRates } from "./dynamicWeights.js";
import { type SourceOptions, sourcesFor } from "./evaluatedSources.js";
import {
  checkComparable,
  encodingOf,
  type LabelEvaluation,
  labelEvaluation,
  type LabelEvaluationOptions,
  type LabelSetEvaluation,
  labelSetEvaluation,
  predictorOf,
} from "./labelEvaluation.js";
import { PredictionKeeper } from "./labelPredictions.js";
import { SetPredictionKeeper } from "./labelSetPredictions.js";
import { mixtureResultOf, type Result, resultOf, textScores } from "./result.js";

export type Evaluation = Result &
  Partial<LabelEvaluation & LabelSetEvaluation> & {
    /** The name of the evaluated part or file. */
    source: string;
    /** The out-of-vocabulary rate: the fraction of tokens that the vocabulary lacks. */
    unknown: number;
    /** The settings of a neural cache. */
    cache?: CacheSettings;
    /** The rate and the decay of a dynamic evaluation. */
    dynamic?: DynamicRates;
    /** The reason for missing baselines. */
    note?: string;
  };

export type EvaluateOptions = LabelEvaluationOptions & SourceOptions & AdaptationOptions;

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
  if (against) checkComparable(model, against);
  if (mistakes !== undefined && task !== "classifier")
    throw new UsageError(`--mistakes has no effect on a ${task}; remove it`);
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
    const keeper = task === "classifier" && !recipe.multilabel ? new PredictionKeeper(labels.length) : undefined;
    const setKeeper = recipe.multilabel ? new SetPredictionKeeper(labels.length, model.thresholds) : undefined;
    const scored = adapted(model, prepared, options, evaluated(model, prepared, file, keeper ?? setKeeper));
    const predicted = { sources, part: scored.part, isOwn: file === undefined, tokenCache };
    const evaluation = {
      ...scored,
      ...(keeper && (await labelEvaluation(model, keeper.finish(), predicted, options))),
      ...(setKeeper && (await labelSetEvaluation(model, setKeeper.finish(), predicted, options))),
    };
    return note === undefined ? evaluation : { ...evaluation, note };
  } finally {
    prepared.dispose();
  }
}

/** The evaluation of a generator that adapts to the text, with that of the model as it is among the baselines. */
function adapted(model: Model, prepared: Prepared, options: EvaluateOptions, found: Evaluation): Evaluation {
  if (!isAdaptive(options)) return found;
  if (prepared.task !== "generator")
    throw new UsageError(
      `--${options.neuralCache === undefined ? "dynamic" : "neural-cache"} has no effect on a ${model.task}; remove it`,
    );
  const adaptedModel = adaptedModelOf(model);
  const adaptation = adaptationOn(adaptedModel, prepared.texts, options);
  const { cache, dynamic } = adaptation;
  const { loss, targets } = scoreAdapted(adaptedModel, prepared.texts[found.part], adaptation);
  const { name = "network", perplexity: _perplexity, baselines, part, source, unknown, ...own } = found;
  const alone = { name, loss: own.loss, ...textScores(prepared, part, own.loss) };
  return {
    part,
    source,
    unknown,
    name: [name, cache ? "cache" : [], dynamic ? "dynamic" : []].flat().join(" + "),
    targets,
    loss,
    ...textScores(prepared, part, loss),
    ...(cache && { cache }),
    ...(dynamic && { dynamic: { rate: dynamic.rate, decay: dynamic.decay } }),
    baselines: [alone, ...baselines],
  };
}

/** @param file that is the test part. Default: the test or validation part of the training corpus */
function evaluated(
  model: Model,
  prepared: Prepared,
  file: CorpusPath | undefined,
  keeper: PredictionKeeper | SetPredictionKeeper | undefined,
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
