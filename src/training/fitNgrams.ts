/** @file Fits an n-gram model to the training part of a generator, alone or beside its network. */
import { NgramModel } from "../baselines/ngramModel.js";
import { mixtureResultOf } from "../evaluation/result.js";
import { type FittedWeight, fitNetworkWeight } from "../evaluation/mixtureScore.js";
import { evaluationExamples } from "../examples/arrange.js";
import type { Prepared } from "../examples/prepare.js";
import { inSampleOrder } from "../examples/sampledExamples.js";
import type { FitModel } from "./fittedRun.js";
import { Mixture } from "../model/mixture.js";
import type { Network } from "../network/network.js";
import type { Recipe } from "../options/recipe.js";
import { tokenizerDefinition } from "../tokenizers/index.js";

/** More tokens are not read: their n-grams take up to 700 MB. */
const mostTokens = 2 ** 23;
/** Of the validation part, to choose the order. */
const mostHeldOut = 2 ** 20;
const shortest = 2;
const longest = 12;
/** The least nats by which a longer n-gram must be better. */
const leastGain = 0.001;

/** The losses of models of each order on the validation part, in nats of a token. */
export type OrderLosses = { order: number; validation: number }[];

/** The encoded texts of a generator. */
export type GeneratorTexts = Extract<Prepared, { task: "generator"; inputs: "tokens" }>;

/** Counts the n-grams of the training part. @param until when to stop, in milliseconds of `performance.now` */
export function fitNgrams({ texts, tokenizer }: GeneratorTexts, order: number, until?: number): Mixture {
  const ngrams = new NgramModel(tokenizer.vocabulary.length, order);
  const text = texts.training.slice(0, Math.min(texts.training.length, mostTokens));
  const tokens = ngrams.fit(text, until === undefined ? {} : { until });
  return new Mixture(ngrams, { order, size: ngrams.size, tokens });
}

/**
 * The model of the given order. Without one, of the order with the lowest loss on the validation part: that of the tokenizer's baseline, or longer ones as
 * long as each is better than the one before, or shorter ones. Without a validation part it is the order of the baseline.
 * @param until when the time is over, in milliseconds of `performance.now`: no further order is tried that would take longer
 */
export function fitBestOrder(
  prepared: GeneratorTexts,
  { order: given, until = Infinity }: { order?: number | undefined; until?: number | undefined } = {},
): { mixture: Mixture; tried: OrderLosses } {
  const { validation } = prepared.texts;
  const first = given ?? tokenizerDefinition(prepared.tokenizer.kind).ngramOrder;
  const heldOut = validation.slice(0, Math.min(validation.length, mostHeldOut));
  const tried: OrderLosses = [];
  let seconds = 0; // of the last order
  const fit = (order: number) => {
    const started = performance.now();
    const mixture = fitNgrams(prepared, order, until);
    const loss = heldOut.length > 0 && given === undefined ? mixture.ngrams.loss(heldOut) : 0;
    if (given === undefined && heldOut.length > 0) tried.push({ order, validation: loss });
    seconds = (performance.now() - started) / 1000;
    return { order, mixture, loss };
  };
  let best = fit(first);
  for (const direction of given === undefined && heldOut.length > 0 ? [1, -1] : []) {
    for (let order = best.order + direction; order >= shortest && order <= longest; order += direction) {
      if (performance.now() + 1500 * seconds > until) break;
      const next = fit(order);
      if (next.loss > best.loss - leastGain) break;
      best = next;
    }
    if (best.order !== first) break;
  }
  return { mixture: best.mixture, tried: tried.toSorted((left, right) => left.order - right.order) };
}

/** The n-gram model of a run with --model ngram. */
export const fitOwnNgrams: FitModel = (prepared, recipe) => {
  if (prepared.task !== "generator" || prepared.inputs !== "tokens")
    throw new TypeError("an n-gram model is a generator");
  const { mixture, tried } = fitBestOrder(prepared, { order: recipe.ngramOrder });
  return {
    event: { type: "ngrams", ...mixture.record, tried },
    document: { ngrams: mixture.toJSON() },
    arrays: { ngrams: mixture.ngrams.toArrays() },
    resultOn: (part) => mixtureResultOf({ network: null, mixture }, prepared, part, recipe),
  };
};

/** A mix that lowers the loss by fewer nats is not worth its n-grams. */
const leastMixGain = 0.002;

/** The n-gram model of a network, and what mixing both is worth. */
export type FittedMixture = FittedWeight & {
  mixture: Mixture;
  tried: OrderLosses;
  /** Whether the mix is better on the validation part by more than a trifle. */
  helps: boolean;
};

/**
 * Fits the n-gram model beside a trained network, and their weight on the validation part.
 * @param times when counting and weighing must be done, in milliseconds of `performance.now`
 */
export function fitMixture(
  network: Network,
  prepared: GeneratorTexts,
  recipe: Recipe,
  times?: { counting: number; weighing: number },
): FittedMixture {
  const { mixture, tried } = fitBestOrder(prepared, { order: recipe.ngramOrder, until: times?.counting });
  const examples = evaluationExamples(prepared, "validation", recipe);
  if (!examples) throw new Error("a mix is weighed on the validation part, which is empty");
  const sample = times ? inSampleOrder(examples, recipe.seed) : examples;
  const fitted = fitNetworkWeight({ network, ngrams: mixture.ngrams }, sample, { until: times?.weighing });
  const { network: alone, mix } = fitted.losses;
  return { ...fitted, mixture: mixture.withNetwork(fitted.networkWeight), tried, helps: mix < alone - leastMixGain };
}
