/** @file Fits an n-gram model to the training part of a generator. */
import { NgramModel } from "../baselines/ngramModel.js";
import type { Prepared } from "../examples/prepare.js";
import { Mixture } from "../model/mixture.js";
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

/** Counts the n-grams of the training part. */
export function fitNgrams({ texts, tokenizer }: GeneratorTexts, order: number): Mixture {
  const ngrams = new NgramModel(tokenizer.vocabulary.length, order);
  const tokens = ngrams.fit(texts.training.slice(0, Math.min(texts.training.length, mostTokens)));
  return new Mixture(ngrams, { order, size: ngrams.size, tokens });
}

/**
 * The model of the given order; without one, of the order with the lowest loss on the validation part: orders are tried from 2 on while they are better.
 * Without a validation part it is the order of the tokenizer's baseline.
 */
export function fitBestOrder(prepared: GeneratorTexts, given?: number): { mixture: Mixture; tried: OrderLosses } {
  const { validation } = prepared.texts;
  if (validation.length === 0 || given !== undefined)
    return {
      mixture: fitNgrams(prepared, given ?? tokenizerDefinition(prepared.tokenizer.kind).ngramOrder),
      tried: [],
    };
  const heldOut = validation.slice(0, Math.min(validation.length, mostHeldOut));
  const tried: OrderLosses = [];
  let best: Mixture | null = null;
  for (let order = shortest, loss = Infinity; order <= longest; order++) {
    const mixture = fitNgrams(prepared, order);
    const found = mixture.ngrams.loss(heldOut);
    tried.push({ order, validation: found });
    if (best !== null && found > loss - leastGain) break;
    [best, loss] = [mixture, found];
  }
  return { mixture: best!, tried };
}
