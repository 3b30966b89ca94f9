/** @file Labels for texts or sequences of numbers: as many answers as items, in their order, in constant memory. */
import type { Model } from "../../model/model.js";
import { softmax } from "../../network/softmax.js";
import { arriving } from "./arriving.js";
import { type Item, itemsAtOnce, outputsOf } from "./outputs.js";

export type Prediction = { label: string; probability: number };

/**
 * Labels items as they arrive: one waits for others only as long as they are already there.
 * @returns for each every label with its probability, best first
 */
export async function* classify(model: Model, items: AsyncIterable<Item>): AsyncGenerator<Prediction[]> {
  for await (const batch of arriving(items, itemsAtOnce)) yield* classifyBatch(model, batch);
}

/** An item's answer does not depend on the items beside it, to the bit. */
export function classifyBatch(model: Model, items: readonly Item[]): Prediction[][] {
  return outputsOf(model, items).map((logits) => {
    const probabilities = softmax(logits);
    return model.labels
      .map((label, index) => ({ label, probability: probabilities[index]! }))
      .toSorted((left, right) => right.probability - left.probability);
  });
}
