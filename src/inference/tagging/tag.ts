/** @file Tags for sentences: as many as words, in their order, in constant memory. */
import { arriving } from "../classification/arriving.js";
import { dispose } from "../../engine/tfjs.js";
import { Lexicon } from "../../examples/lexicon.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { likeliest, softmax } from "../../network/softmax.js";

export type Tag = { tag: string; probability: number };

const sentencesAtOnce = 64;

/** Tags sentences as they arrive: one waits for others only as long as they are already there. @param model a tagger */
export async function* tag<Sentence extends { words: readonly string[] }>(
  model: TextModel,
  sentences: AsyncIterable<Sentence>,
): AsyncGenerator<{ sentence: Sentence; tags: Tag[] }> {
  for await (const group of arriving(sentences, sentencesAtOnce)) {
    const tags = tagBatch(
      model,
      group.map(({ words }) => words),
    );
    for (const [index, sentence] of group.entries()) yield { sentence, tags: tags[index]! };
  }
}

/** A sentence's tags do not depend on the sentences beside it. @param model a tagger */
export function tagBatch(model: TextModel, sentences: readonly (readonly string[])[]): Tag[][] {
  const { network, labels, tokenizer, spelling } = model;
  const found = sentences.map((): Tag[] => []);
  const order = [...sentences.keys()]
    .filter((index) => sentences[index]!.length > 0)
    .toSorted((left, right) => sentences[right]!.length - sentences[left]!.length);
  if (order.length === 0) return found;
  const lexicon = new Lexicon(tokenizer, spelling);
  const rows = order.map((index) => sentences[index]!.map((word) => lexicon.numberOf(word)));
  const { logits, state } = network.read(() => inputsOf(lexicon.inputs(rows)), null); // [time · rows · tags]
  dispose(state);
  const { classes } = network.spec;
  for (const [row, index] of order.entries()) {
    found[index] = sentences[index]!.map((_, step) => {
      const from = (step * rows.length + row) * classes;
      const probabilities = softmax(logits.subarray(from, from + classes));
      const best = likeliest(probabilities);
      return { tag: labels[best]!, probability: probabilities[best]! };
    });
  }
  return found;
}
