/** @file Labels or numbers for texts or sequences of numbers: one result for each item, in their order, in constant memory. */
import { unscaled } from "../../examples/scaling.js";
import type { Model } from "../../model/model.js";
import { softmax } from "../../network/softmax.js";
import { batchArrivals } from "../batching.js";
import { notFinite } from "../finiteOutputs.js";
import { batchItems, type Item, outputsOf } from "./outputs.js";

export type Prediction = { label: string; probability: number };

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
export function classifyBatch(model: Model, items: readonly Item[]): Prediction[][] {
  return outputsOf(model, items).map((logits) => {
    const probabilities = softmax(finite(model, logits));
    return model.labels
      .map((label, index) => ({ label, probability: probabilities[index]! }))
      .toSorted((left, right) => right.probability - left.probability);
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
  const index = outputs.findIndex((output) => !Number.isFinite(output));
  if (index === -1) return outputs;
  const label = model.labels[index];
  const which = label === undefined ? "" : ` for the label ${JSON.stringify(label)}`;
  throw notFinite(model, `its output${which} is ${outputs[index]}`);
}
