/** @file Labels or numbers for texts or sequences of numbers: one result for each item, in their order, in constant memory. */
import { usualThreshold } from "../../common/labelSetCounts.js";
import { messageOf } from "../../common/errors.js";
import { unscaled } from "../../examples/scaling.js";
import type { Model } from "../../model/model.js";
import { sigmoidOf, softmax } from "../../network/softmax.js";
import { batchArrivals } from "../batching.js";
import { notFinite } from "../finiteOutputs.js";
import { hasNoKnownWord } from "./knownWords.js";
import type { Explanation } from "./explainedAnswers.js";
import { batchItems, type Item, outputsOf, sequenceOutputs, sequencesOf } from "./outputs.js";

/** A label with its probability. applies: of a model of several labels a text, whether the probability reaches the label's threshold. */
export type Prediction = { label: string; probability: number; applies?: boolean };

/**
 * Labels items as they arrive. Items that are available at the same time share a forward pass; none waits for a later one.
 * @param model a classifier
 * @returns for each item every label with its probability, most probable first
 */
export async function* classify(model: Model, items: AsyncIterable<Item>): AsyncGenerator<Prediction[]> {
  for await (const batch of batchArrivals(items, batchItems)) yield* classifyBatch(model, batch);
}

/**
 * `classify` for one batch. An item's result has the same bits whatever the other items are.
 * @throws UserError for outputs that are not finite
 */
export const classifyBatch = (model: Model, items: readonly Item[]): Prediction[][] =>
  outputsOf(model, items).map((logits) => predictionsOf(model, finite(model, logits)));

function predictionsOf(model: Model, logits: Float32Array): Prediction[] {
  const { labels, thresholds } = model;
  const inSet = model.recipe.multilabel;
  const probabilities = inSet ? Float64Array.from<number>(logits, sigmoidOf) : softmax(logits);
  const predictions: Prediction[] = [];
  for (const [index, label] of labels.entries()) {
    const probability = probabilities[index]!;
    predictions.push(
      inSet
        ? { label, probability, applies: probability >= (thresholds?.[index] ?? usualThreshold) }
        : { label, probability },
    );
  }
  return predictions.toSorted((left, right) => right.probability - left.probability);
}

/** An answer of a classifier or of a regressor, or why there is none. */
export type ItemAnswer = LabelAnswer | NumberAnswer | { error: string };

export type NumberAnswer = { number: number; explanation?: Explanation };

export type LabelAnswer = {
  predictions: Prediction[];
  /** If no token of the text but spacing and punctuation is in the vocabulary. */
  hasNoKnownWord?: true;
  /** The labels of a conformal set, most probable first. */
  set?: string[];
  /** The label of an abstention, if the most probable label is not probable enough. */
  abstention?: string;
  /** The words that moved the most probable label. */
  explanation?: Explanation;
};

/** The answers to one batch: outputs that are not finite cost the answer of their item alone. @param model a classifier or regressor */
export function answerBatch(model: Model, items: readonly Item[]): ItemAnswer[] {
  const sequences = sequencesOf(model, items);
  return sequenceOutputs(model, sequences).map((outputs, index) => {
    try {
      finite(model, outputs);
    } catch (error) {
      return { error: messageOf(error) };
    }
    return model.task === "regressor"
      ? { number: unscaled(outputs[0]!, model.target) }
      : {
          predictions: predictionsOf(model, outputs),
          ...(hasNoKnownWord(model, sequences[index]!.sequence) && { hasNoKnownWord: true }),
        };
  });
}

/** Predicts a number for each item as it arrives, in batches like `classify`. @param model a regressor */
export async function* predict(model: Model, items: AsyncIterable<Item>): AsyncGenerator<number> {
  for await (const batch of batchArrivals(items, batchItems)) yield* predictBatch(model, batch);
}

/** `predict` for one batch. An item's number has the same bits whatever the other items are. @param model a regressor */
export const predictBatch = (model: Model, items: readonly Item[]): number[] =>
  outputsOf(model, items).map((outputs) => unscaled(finite(model, outputs)[0]!, model.target!));

/** @throws UserError unless all outputs are finite */
function finite(model: Model, outputs: Float32Array): Float32Array {
  let index = 0;
  while (Number.isFinite(outputs[index])) index++;
  if (index === outputs.length) return outputs;
  const label = model.labels[index];
  const which = label === undefined ? "" : ` for the label ${JSON.stringify(label)}`;
  throw notFinite(model, `its output${which} is ${outputs[index]}`);
}
