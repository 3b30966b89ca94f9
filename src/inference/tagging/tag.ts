/** @file Tags for sentences: one for each word, in their order, in constant memory. */
import { dispose } from "../../engine/tfjs.js";
import { Lexicon } from "../../examples/lexicon.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { argmax, softmax } from "../../network/softmax.js";
import type { Unreadable } from "../../corpus/document.js";
import { answersTo, type ItemOf, type UnreadableOf } from "../batching.js";

export type Tag = { tag: string; probability: number };

/** A sentence with the most probable tag of each word. */
export type Tagged<Sentence> = { sentence: Sentence; tags: Tag[] };

/** Sentences of one forward pass. */
const batchSentences = 64;

/**
 * Tags sentences as they arrive; what could not be read is passed on in its place. Sentences that are available at the same time share a forward pass; none waits for a later one.
 * @param model a tagger
 * @returns each sentence with the most probable tag of each word
 */
export const tag = <Entry extends { words: readonly string[] } | Unreadable>(
  model: TextModel,
  sentences: AsyncIterable<Entry>,
): AsyncGenerator<Tagged<ItemOf<Entry>> | UnreadableOf<Entry>> =>
  answersTo(sentences, batchSentences, (batch) => taggedBatch(model, batch));

function taggedBatch<Sentence extends { words: readonly string[] }>(
  model: TextModel,
  batch: readonly Sentence[],
): Tagged<Sentence>[] {
  const tags = tagBatch(
    model,
    batch.map(({ words }) => words),
  );
  return batch.map((sentence, index) => ({ sentence, tags: tags[index]! }));
}

/** `tag` for one batch. A sentence's tags do not depend on the other sentences. @param model a tagger */
export function tagBatch(model: TextModel, sentences: readonly (readonly string[])[]): Tag[][] {
  const { network, labels, tokenizer, spelling } = model;
  const tags = sentences.map((): Tag[] => []);
  const order = [...sentences.keys()]
    .filter((index) => sentences[index]!.length > 0)
    .toSorted((left, right) => sentences[right]!.length - sentences[left]!.length);
  if (order.length === 0) return tags;
  const lexicon = new Lexicon(tokenizer, spelling);
  const rows = order.map((index) => sentences[index]!.map((word) => lexicon.numberOf(word)));
  const { logits, state } = network.read(() => inputsOf(lexicon.inputs(rows)), null); // [time · rows · tags]
  dispose(state);
  const { classes } = network.spec;
  for (const [row, index] of order.entries()) {
    tags[index] = sentences[index]!.map((_, step) => {
      const offset = (step * rows.length + row) * classes;
      const probabilities = softmax(logits.subarray(offset, offset + classes));
      const best = argmax(probabilities);
      return { tag: labels[best]!, probability: probabilities[best]! };
    });
  }
  return tags;
}
