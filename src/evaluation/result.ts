/** @file The scores of a network, or of a model in its place, on a part of the corpus, with the scores of the baselines. */
import { longestOf } from "../examples/documentChunks.js";
import { type ArrangeOptions, evaluationExamples } from "../examples/arrange.js";
import type { Examples } from "../examples/batch.js";
import { GrowingNumbers } from "../examples/growingNumbers.js";
import { firstBatches, inSampleOrder } from "../examples/sampledExamples.js";
import type { Prepared } from "../examples/prepare.js";
import { type Scale, unscaled } from "../examples/scaling.js";
import type { Part } from "../examples/split.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import { type LabelCounts, LabelSetCounter, usualThreshold } from "../common/labelSetCounts.js";
import { type Baseline, baselinesOf, bagName } from "../baselines/index.js";
import { type Calibration, CalibrationCounter } from "./calibration.js";
import {
  type ConfusionMatrix,
  emptyConfusion,
  perplexity,
  type RegressionErrors,
  regressionErrors,
} from "./metrics.js";
import { type Mixed, scoreMixture } from "./mixtureScore.js";
import { nameOfPredictor, type Predictor, scorerOf } from "./predictor.js";
import { type ScoreOptions, secondsOfScoring } from "./score.js";

/** loss: nats of a target, or mean squared error; perplexity of a generator; accuracy, confusion and calibration of labels; errors of numbers. */
export type Result = Partial<RegressionErrors> & {
  part: Part;
  /** What was scored, if it is not a network: an n-gram model, a mix with one, or a bag of n-grams. */
  name?: string;
  /** The number of targets that were scored: tokens, words or documents. */
  targets: number;
  /** The targets of the whole part, if a sample of them was scored because of the time. */
  sampledFrom?: number;
  loss: number;
  perplexity?: number;
  /** Of a generator. */
  bitsPerByte?: number;
  accuracy?: number;
  /** Of sets of labels: then `accuracy` is the fraction of whole sets that are right. */
  f1Micro?: number;
  f1Macro?: number;
  /** Of sets of labels: the counts of each label, and the probability from which on it applies. */
  labelCounts?: LabelCounts[];
  thresholds?: readonly number[];
  confusion?: ConfusionMatrix;
  calibration?: Calibration;
  /** Of a tagger: its accuracy on out-of-vocabulary words, and their number. */
  unseen?: number;
  unseenTargets?: number;
  baselines: Baseline[];
};

/** The name of the network's scores among those of a mix. */
export const networkInMix = "network";

/** When the scores of the network and those of the baselines must be done, in milliseconds of `performance.now`. */
export type ScoringTimes = { network: number; baselines: number };

/**
 * @param times if there is not enough time for the whole part, a sample of it is scored
 * @param onPrediction also called for each prediction
 * @returns null for an empty part
 */
export function resultOf(
  model: Predictor,
  prepared: Prepared,
  part: Part,
  options: ArrangeOptions & { thresholds?: readonly number[] | undefined },
  times?: ScoringTimes,
  onPrediction?: ScoreOptions["onPrediction"],
): Result | null {
  const examples = evaluationExamples(prepared, part, options);
  if (!examples) return null;
  const metrics = metricsOf(prepared, options.thresholds);
  const { found, read } = scoreWithin(scorerOf(model, prepared, part), examples, options.seed, {
    until: times?.network,
    onPrediction:
      metrics &&
      ((...prediction) => {
        metrics.add(...prediction);
        onPrediction?.(...prediction);
      }),
  });
  const { loss, targets, accuracy, parts } = found;
  const name = nameOfPredictor(model);
  const own: Baseline[] = parts
    ? [
        { name: "network", ...parts.network },
        { name: bagName, ...parts.bag },
      ]
    : [];
  return {
    part,
    ...(name !== undefined && { name }),
    targets,
    ...sampledFrom(examples, read),
    loss,
    ...(accuracy !== undefined && { accuracy }),
    ...(metrics ? metrics.finish() : textScores(prepared, part, loss)),
    baselines: [
      ...own.filter((one) => one.name !== name),
      ...baselinesOf(prepared, part, {
        longest: longestOf(options),
        until: times?.baselines,
        besideBag: name !== undefined,
      }).map((baseline) =>
        metrics || baseline.loss === undefined ? baseline : { ...baseline, ...bitsOf(prepared, part, baseline.loss) },
      ),
    ],
  };
}

/** Bits of each byte of a part of a generator's text. Unlike perplexity, they compare models with different tokens. @param loss mean nats of a token */
function bitsOf(prepared: Prepared, part: Part, loss: number): { bitsPerByte?: number } {
  const { bytes = 0 } = prepared.counts[part];
  if (prepared.task !== "generator" || bytes === 0) return {};
  return { bitsPerByte: (loss * prepared.texts[part].length) / (bytes * Math.LN2) };
}

/** Perplexity and bits per byte. @param loss mean nats of a token of a generator's part */
export const textScores = (
  prepared: Prepared,
  part: Part,
  loss: number,
): { perplexity: number; bitsPerByte?: number } => ({
  perplexity: perplexity(loss),
  ...bitsOf(prepared, part, loss),
});

/** The scores of an n-gram model, alone or mixed with a network, whose scores are those of a baseline then. @returns null for an empty part */
export function mixtureResultOf(
  mixed: Mixed,
  prepared: Prepared,
  part: Part,
  options: ArrangeOptions,
  times?: ScoringTimes,
): Result | null {
  const examples = evaluationExamples(prepared, part, options);
  if (!examples) return null;
  const { network, mixture } = mixed;
  const { found, read } = scoreWithin(
    (some, scoring) => scoreMixture(mixed, some, scoring),
    examples,
    options.seed,
    times && { until: times.baselines },
  );
  const scored = (name: string, loss: number): Baseline => ({ name, loss, ...textScores(prepared, part, loss) });
  return {
    part,
    name: network ? `network + ${mixture.name}` : mixture.name,
    targets: found.targets,
    ...sampledFrom(examples, read),
    loss: found.loss,
    ...textScores(prepared, part, found.loss),
    baselines: network ? [scored(networkInMix, found.network!), scored(mixture.name, found.ngrams)] : [],
  };
}

const sampledFrom = (examples: Examples, read: Examples): Pick<Result, "sampledFrom"> =>
  read.batchesPerEpoch < examples.batchesPerEpoch ? { sampledFrom: examples.targetsPerEpoch } : {};

const measuredFraction = 0.05;
/** The whole part is scored if it would take at most this fraction of the time. */
const safeFraction = 0.8;

/** Scores all examples if they fit into the time, else as many of a sample as do. @returns read: the examples that were scored */
function scoreWithin<Found extends { batches: number }>(
  scoreOn: (examples: Examples, options: ScoreOptions) => Found,
  examples: Examples,
  seed: number,
  { until, onPrediction }: ScoreOptions = {},
): { found: Found; read: Examples } {
  const whole = (): { found: Found; read: Examples } => ({
    found: scoreOn(examples, { onPrediction }),
    read: examples,
  });
  if (until === undefined) return whole();
  const sample = inSampleOrder(examples, seed);
  const left = (until - performance.now()) / 1000;
  const batch = secondsOfScoring(
    (some, options = {}) => scoreOn(some, { until: options.until }),
    sample,
    measuredFraction * left,
  );
  if (examples.batchesPerEpoch * batch <= safeFraction * left) return whole();
  const found = scoreOn(sample, { until, onPrediction });
  return { found, read: firstBatches(sample, found.batches) };
}

/** Metrics that are computed from predictions as they come. */
type Metrics = { add: NonNullable<ScoreOptions["onPrediction"]>; finish(): Partial<Result> };

/** @returns undefined for a generator */
function metricsOf(prepared: Prepared, thresholds?: readonly number[]): Metrics | undefined {
  const { task } = prepared;
  if (task === "generator") return undefined;
  if (task === "classifier" && prepared.multilabel) return setMetrics(prepared.labels.length, thresholds);
  return task === "regressor" ? errorMetrics(prepared.target) : labelMetrics(prepared.labels.length, task);
}

/** All numbers are kept, because R² needs their mean first. */
function errorMetrics(target: Scale): Metrics {
  const actuals = new GrowingNumbers(Float64Array);
  const predictions = new GrowingNumbers(Float64Array);
  return {
    add: ({ actual, predicted }) => {
      actuals.push(unscaled(actual, target));
      predictions.push(unscaled(predicted, target));
    },
    finish: () => regressionErrors(actuals, predictions),
  };
}

function setMetrics(classes: number, tuned?: readonly number[]): Metrics {
  const thresholds = tuned ?? Array<number>(classes).fill(usualThreshold);
  const counter = new LabelSetCounter(classes);
  return {
    add: ({ probabilities, actualSet }) =>
      counter.add((label) => probabilities![label]! >= thresholds[label]!, actualSet!),
    finish: () => ({ ...counter.finish(), thresholds }),
  };
}

function labelMetrics(classes: number, task: "classifier" | "tagger"): Metrics {
  const confusion = emptyConfusion(classes);
  const calibration = new CalibrationCounter();
  let unseenTargets = 0;
  let unseenHits = 0;
  return {
    add: ({ actual, predicted, confidence = 0 }, batch, position) => {
      const isRight = actual === predicted;
      confusion[actual]![predicted]! += 1;
      calibration.add(confidence, isRight);
      if (task !== "tagger" || !("tokens" in batch) || batch.tokens[position] !== unknownId) return;
      unseenTargets++;
      if (isRight) unseenHits++;
    },
    finish: () => ({
      confusion,
      calibration: calibration.finish(),
      ...(task === "tagger" && { unseenTargets, ...(unseenTargets > 0 && { unseen: unseenHits / unseenTargets }) }),
    }),
  };
}
