/** @file The bag of n-grams of a classifier, and its record in checkpoint.json. */
import * as v from "valibot";
import { BagFeatures, passedOverBy } from "../baselines/bagFeatures.js";
import { BagModel } from "../baselines/bagModel.js";
import { outputsFor } from "../baselines/bagWeighting.js";
import type { FittedBag } from "../baselines/fitBag.js";
import type { NamedArrays, StoredDocument } from "../checkpoint/checkpoint.js";
import { checked } from "../common/checked.js";
import { UserError } from "../common/errors.js";
import type { JsonObject } from "../common/json.js";
import { bagWeightingNames } from "../common/names.js";
import type { Tokenizer } from "../tokenizers/index.js";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const settings = {
  /** Tokens in the longest n-grams. */
  order: count,
  /** Documents of the training part that each feature is in, at least. */
  least: count,
  weighting: v.picklist(bagWeightingNames),
  /** The weight of the losses against half the squared norm of the weights. */
  C: v.pipe(v.number(), v.minValue(0)),
};
const storedRecord = v.strictObject({
  ...settings,
  /** The number of features. */
  features: count,
  /** Tokens that are read of each text. Default: as many as the options say. */
  longest: v.exactOptional(count),
  /** Of the logits of a network and of the bag in their sum. Default: the bag alone, without a network. */
  weights: v.exactOptional(
    v.strictObject({ network: v.pipe(v.number(), v.minValue(0)), bag: v.pipe(v.number(), v.minValue(0)) }),
  ),
  /** The settings that were compared, with their scores on the validation part. */
  tried: v.array(
    v.strictObject({ ...settings, loss: v.nullable(v.number()), accuracy: v.pipe(v.number(), v.minValue(0)) }),
  ),
});

export type BagRecord = v.InferOutput<typeof storedRecord>;

/** Of the logits of a network and of a bag in their sum; both from 0. */
export type LogitWeights = { network: number; bag: number };

/** a · network + b · bag */
export const weightedLogits = (
  weights: LogitWeights,
  network: ArrayLike<number>,
  bag: ArrayLike<number>,
): Float64Array => Float64Array.from(bag, (logit, label) => weights.network * network[label]! + weights.bag * logit);

export class Bag {
  constructor(
    readonly model: BagModel,
    readonly record: BagRecord,
  ) {}

  static fitted({ model, settings: chosen, tried }: FittedBag): Bag {
    return new Bag(model, { ...chosen, features: model.features.count, tried });
  }

  /** The same bag beside a network. @param longest tokens that are read of each text */
  besideNetwork(weights: LogitWeights, longest: number): Bag {
    return new Bag(this.model, { ...this.record, longest, weights });
  }

  /** Whether the logits of a network are part of its sum. */
  get readsNetwork(): boolean {
    return (this.record.weights?.network ?? 0) > 0;
  }

  /** The logits of the model. @param own those of the bag @param network those of the network, if it reads them */
  sum(own: Float32Array, network: ArrayLike<number> = new Float32Array(own.length)): Float32Array {
    const { weights } = this.record;
    return weights ? Float32Array.from(weightedLogits(weights, network, own)) : own;
  }

  /** The bag of a checkpoint; undefined without one. @throws UserError for a damaged one */
  static from(
    { bag: stored, labels = [] }: StoredDocument,
    arrays: NamedArrays | undefined,
    tokenizer: Tokenizer,
  ): Bag | undefined {
    if (stored === undefined) return undefined;
    if (arrays === undefined)
      throw new UserError("damaged or edited: it records a bag of n-grams and has no file of it");
    const record = checked(
      storedRecord,
      stored,
      (problems) => `the record of its bag of n-grams is damaged or was edited: ${problems}`,
    );
    return new Bag(modelFrom(arrays, tokenizer, { features: record.features, classes: labels.length }), record);
  }

  /** For `checkpoint.json`. */
  toJSON(): JsonObject {
    const { tried, weights, ...own } = this.record;
    return { ...own, ...(weights && { weights: { ...weights } }), tried: tried.map((one) => ({ ...one })) };
  }
}

function modelFrom(
  arrays: NamedArrays,
  tokenizer: Tokenizer,
  { features: size, classes }: { features: number; classes: number },
): BagModel {
  const outputs = outputsFor(classes);
  const read = <Values extends Float32Array | Int32Array>(
    name: string,
    type: new () => Values,
    shape: readonly number[],
  ): Values => {
    const found = arrays.get(name);
    if (found !== undefined && found.values instanceof type && found.shape.join() === shape.join()) return found.values;
    throw new UserError(`its bag of n-grams is damaged: expected an array ${name} of [${shape.join(", ")}]`);
  };
  const list = { prefixes: read("prefixes", Int32Array, [size]), tokens: read("tokens", Int32Array, [size]) };
  const vocabulary = tokenizer.vocabulary.length;
  for (let feature = 0; feature < size; feature++) {
    const [prefix, token] = [list.prefixes[feature]!, list.tokens[feature]!];
    if (prefix < -1 || prefix >= feature || token < 0 || token >= vocabulary)
      throw new UserError(`its bag of n-grams is damaged: the n-gram ${feature} is none of the vocabulary`);
  }
  const parameters = {
    units: read("units", Float32Array, [size]),
    weights: read("weights", Float32Array, [size, outputs]),
    bias: read("bias", Float32Array, [outputs]),
  };
  return new BagModel(new BagFeatures(list, passedOverBy(tokenizer)), parameters, classes);
}
