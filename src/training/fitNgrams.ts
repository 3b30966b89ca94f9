/** @file Fits an n-gram model to the training part of a generator, alone or beside its network. */
import { NgramModel } from "../baselines/ngramModel.js";
import { mixtureResultOf } from "../evaluation/result.js";
import { type FittedWeight, fitNetworkWeight } from "../evaluation/mixtureScore.js";
import { evaluationExamples } from "../examples/arrange.js";
import type { Prepared } from "../examples/prepare.js";
import { firstBatches, inSampleOrder } from "../examples/sampledExamples.js";
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
export function fitNgrams(
  { texts, tokenizer }: GeneratorTexts,
  order: number,
  { until, most = mostTokens }: { until?: number | undefined; most?: number | undefined } = {},
): Mixture {
  const ngrams = new NgramModel(tokenizer.vocabulary.length, order);
  const text = texts.training.slice(0, Math.min(texts.training.length, most));
  const tokens = ngrams.fit(text, until === undefined ? {} : { until });
  return new Mixture(ngrams, { order, size: ngrams.size, tokens });
}

/**
 * The model of the given order. Without one, of the order with the lowest loss on the validation part: that of the tokenizer's baseline, or longer ones as
 * long as each is better than the one before, or shorter ones. Without a validation part it is the order of the baseline.
 * @param until when the time is over, in milliseconds of `performance.now`: no further order is tried that would take longer
 * @param most the tokens of the training part that are counted at most
 */
export function fitBestOrder(
  prepared: GeneratorTexts,
  {
    order: given,
    until = Infinity,
    most,
  }: { order?: number | undefined; until?: number | undefined; most?: number } = {},
): { mixture: Mixture; tried: OrderLosses } {
  const { validation } = prepared.texts;
  const first = given ?? tokenizerDefinition(prepared.tokenizer.kind).ngramOrder;
  const heldOut = validation.slice(0, Math.min(validation.length, mostHeldOut));
  const tried: OrderLosses = [];
  let seconds = 0; // of the last order
  const fit = (order: number) => {
    const started = performance.now();
    const mixture = fitNgrams(prepared, order, { until, most });
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

/** A mix that lowers the loss by fewer nats is not worth its n-grams, even if it was asked for. */
const leastMixGain = 0.002;
/** Nats by which a mix must be better if nobody asked for it, 5 % of the perplexity: it is larger and slower, and an export has the network alone. */
const clearMixGain = 0.05;
/** Targets of the validation part that are read to weigh the mix. */
const mostWeighed = 2 ** 17;
/** Tokens that are counted if nobody asked for a mix, as many as for the baseline. */
const mostUnasked = 2_000_000;

/** The n-gram model of a network, and what mixing both is worth. */
export type FittedMixture = FittedWeight & {
  mixture: Mixture;
  tried: OrderLosses;
  /** Whether the mix is better on the validation part by as much as it must be. An n-gram model that is better than the network is always kept. */
  helps: boolean;
  /** The nats by which the mix must be better than the network; absent for one that was asked for. */
  leastGain?: number;
};

/**
 * Fits the n-gram model beside a trained network, and their weight on the validation part.
 * @param options.times when counting and weighing must be done, in milliseconds of `performance.now`
 * @param options.isHurried whether only the order of the baseline is tried
 */
export function fitMixture(
  network: Network,
  prepared: GeneratorTexts,
  recipe: Recipe,
  { times, isHurried = false }: { times?: { counting: number; weighing: number }; isHurried?: boolean } = {},
): FittedMixture {
  const usual = isHurried ? tokenizerDefinition(prepared.tokenizer.kind).ngramOrder : undefined;
  const isAsked = recipe.mix === "ngram";
  const { mixture, tried } = fitBestOrder(prepared, {
    order: recipe.ngramOrder ?? usual,
    until: times?.counting,
    ...(!isAsked && { most: mostUnasked }),
  });
  const examples = evaluationExamples(prepared, "validation", recipe);
  if (!examples) throw new Error("a mix is weighed on the validation part, which is empty");
  const batches = Math.ceil((mostWeighed * examples.batchesPerEpoch) / examples.targetsPerEpoch);
  const isSampled = times !== undefined || batches < examples.batchesPerEpoch;
  const sample = isSampled ? firstBatches(inSampleOrder(examples, recipe.seed), batches) : examples;
  const fitted = fitNetworkWeight({ network, ngrams: mixture.ngrams }, sample, { until: times?.weighing });
  const { network: alone, ngrams, mix } = fitted.losses;
  const helps = mix < alone - (isAsked || ngrams < alone ? leastMixGain : clearMixGain);
  return {
    ...fitted,
    mixture: mixture.withNetwork(fitted.networkWeight),
    tried,
    helps,
    ...(!isAsked && { leastGain: clearMixGain }),
  };
}
