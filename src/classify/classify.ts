/** @file Labels for texts: as many answers as texts, in their order, in constant memory. */
import { dispose } from "../engine/tfjs.js";
import { documentBatch } from "../examples/documents.js";
import type { Model } from "../model.js";
import { inputsOf } from "../network/inputs.js";
import { softmax } from "../network/softmax.js";
import { arriving } from "./arriving.js";

export type Prediction = { label: string; probability: number };

/** Texts that are labelled at once. */
const rowsAtOnce = 128;

/**
 * Labels texts as they arrive: a text waits for others only as long as they are already there.
 * @returns for each text every label with its probability, best first
 */
export async function* classify(model: Model, texts: AsyncIterable<string>): AsyncGenerator<Prediction[]> {
  for await (const batch of arriving(texts, rowsAtOnce)) yield* classifyBatch(model, batch);
}

/** A text's answer does not depend on the texts beside it, to the bit. */
export function classifyBatch({ network, tokenizer, labels, recipe }: Model, texts: readonly string[]): Prediction[][] {
  const rows = texts.map((text) => tokenizer.encode(text).slice(0, recipe.longest));
  const order = [...rows.keys()].toSorted((left, right) => rows[right]!.length - rows[left]!.length);
  const batch = documentBatch(
    order.map((row) => rows[row]!),
    [],
  );
  const { logits, state } = network.read(() => inputsOf(batch), null); // [texts · labels]
  dispose(state);
  const predictions = Array<Prediction[]>(texts.length);
  for (const [place, row] of order.entries()) {
    const probabilities = softmax(logits.subarray(place * labels.length, (place + 1) * labels.length));
    predictions[row] = labels
      .map((label, index) => ({ label, probability: probabilities[index]! }))
      .toSorted((left, right) => right.probability - left.probability);
  }
  return predictions;
}
