/** @file The end of a run: the n-gram model that its network is mixed with, and the scores. */
import { mixtureResultOf, type Result, resultOf, type ScoringTimes } from "../evaluation/result.js";
import { secondsOfScoring } from "../evaluation/score.js";
import { eachTarget } from "../evaluation/mixtureScore.js";
import { tunedThresholds } from "../evaluation/labelThresholds.js";
import { NgramModel } from "../baselines/ngramModel.js";
import { UsageError } from "../common/errors.js";
import { evaluationExamples } from "../examples/arrange.js";
import { inSampleOrder } from "../examples/sampledExamples.js";
import type { Prepared } from "../examples/prepare.js";
import type { Mixture } from "../model/mixture.js";
import type { Bag } from "../model/storedBag.js";
import type { Recipe } from "../options/recipe.js";
import type { Assembly } from "./assembly.js";
import { type FittedMixture, fitMixture, type GeneratorTexts } from "./fitNgrams.js";

type Scored = Pick<Assembly, "network" | "prepared" | "arrange" | "recipe">;

/** The texts of a run that may keep a mix; null for another one. */
function mixedTexts({ prepared, recipe: { mix } }: Pick<Scored, "prepared" | "recipe">): GeneratorTexts | null {
  if (mix === undefined || mix === "none" || prepared.task !== "generator" || prepared.inputs !== "tokens") return null;
  return prepared.texts.validation.length > 0 ? prepared : null;
}

/** Whether a run may keep a mix. */
export const triesMix = (run: Pick<Scored, "prepared" | "recipe">): boolean => mixedTexts(run) !== null;

/** @throws UsageError for --mix ngram without a validation part, on which its weight is fitted */
export function refuseMixWithoutValidation(prepared: Prepared, recipe: Recipe): void {
  if (recipe.mix === "ngram" && prepared.task === "generator" && prepared.texts.validation.length === 0)
    throw new UsageError(
      "--mix ngram needs a validation part, on which its weight is fitted; give a larger --validation",
    );
}

/** Of the time for the n-gram model and the scores, what counting and what weighing may take. */
const countingFraction = 0.35;
const weighingFraction = 0.3;

/** The n-gram model beside the network of a run that may keep their mix; null for another one. @param isHurried whether only one n-gram model is tried */
export function fitOwnMixture(run: Scored, times?: ScoringTimes, isHurried = false): FittedMixture | null {
  const texts = mixedTexts(run);
  if (!texts) return null;
  const now = performance.now();
  const share = (fraction: number): number => now + fraction * Math.max(0, (times?.baselines ?? now) - now);
  const parts = times && { counting: share(countingFraction), weighing: share(countingFraction + weighingFraction) };
  return fitMixture(run.network, texts, run.recipe, { ...(parts && { times: parts }), isHurried });
}

/** Of the time for the scores of the network, what tuning thresholds may take. */
const thresholdsFraction = 0.3;

/** The threshold of each label of a set, tuned on the validation part; undefined without sets or without this part. */
function thresholdsOf({ network, prepared, arrange }: Scored, times?: ScoringTimes): number[] | undefined {
  if (!network.spec.multilabel) return undefined;
  const validation = evaluationExamples(prepared, "validation", arrange);
  if (!validation) return undefined;
  const now = performance.now();
  const until = times && now + thresholdsFraction * Math.max(0, times.network - now);
  return tunedThresholds(network, inSampleOrder(validation, arrange.seed), until);
}

/** The scores of the network, of its mix, or of the bag of n-grams that is kept with it, on the test part, or else on the validation part; null without either. */
export function finalScores(
  run: Scored,
  { mixture, bag }: { mixture?: Mixture | undefined; bag?: Bag | undefined },
  times?: ScoringTimes,
): Result | null {
  const { network, prepared, arrange: options } = run;
  const arrange = { ...options, thresholds: thresholdsOf(run, times) };
  const weights = bag?.record.weights;
  const predictor = bag && weights ? { network, bag: bag.model, weights } : network;
  for (const part of ["test", "validation"] as const) {
    const result = mixture
      ? mixtureResultOf({ network, mixture }, prepared, part, arrange, times)
      : resultOf(predictor, prepared, part, arrange, times);
    if (result) return result;
  }
  return null;
}

/** The seconds of a mix beside those of the scores: of its weight, and of the probabilities of single tokens, which take longer than a loss. 0 for a run that keeps the network alone. */
export function secondsOfMixing(run: Scored, seconds: number): number {
  const texts = mixedTexts(run);
  if (!texts) return 0;
  const { network, arrange } = run;
  const validation = evaluationExamples(texts, "validation", arrange);
  if (!validation) return 0;
  const ngrams = new NgramModel(texts.tokenizer.vocabulary.length, 1);
  const perBatch = secondsOfScoring(
    (some, options = {}) => ({ batches: eachTarget({ network, ngrams }, some, options, () => undefined) }),
    inSampleOrder(validation, arrange.seed),
    seconds,
  );
  const test = evaluationExamples(texts, "test", arrange);
  return perBatch * (validation.batchesPerEpoch + (test?.batchesPerEpoch ?? 0));
}
