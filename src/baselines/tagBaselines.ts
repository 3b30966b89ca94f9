/** @file Baselines of a tagger: the most frequent tag, and the most frequent tag of each word. */
import type { TaggedSentences } from "../examples/taggedSentences.js";
import { argmax } from "../network/softmax.js";
import { unknownId } from "../tokenizers/specialTokens.js";

/** accuracy: on all words; unseen: on out-of-vocabulary words, if there are any. */
export type TagScore = { accuracy: number; unseen?: number };

/** @param tags the number of tags */
export function tagBaselines(
  training: TaggedSentences,
  heldOut: TaggedSentences,
  tags: number,
): { majority: TagScore; byWord: TagScore } {
  const total = new Uint32Array(tags);
  const byWord = new Map<number, Uint32Array>(); // counts of each tag
  for (const [word, tag] of training.pairs()) {
    total[tag]!++;
    const counts = byWord.get(word) ?? new Uint32Array(tags);
    counts[tag]!++;
    byWord.set(word, counts);
  }
  const majority = argmax(total);
  const tagOf = new Map([...byWord].map(([word, counts]) => [word, argmax(counts)]));
  return {
    majority: tagScore(heldOut, () => majority),
    byWord: tagScore(heldOut, (word) => tagOf.get(word) ?? majority),
  };
}

function tagScore(sentences: TaggedSentences, predict: (word: number) => number): TagScore {
  const hits = { all: 0, unseen: 0 };
  const count = { all: 0, unseen: 0 };
  for (const [word, tag] of sentences.pairs()) {
    const hit = Number(predict(word) === tag);
    count.all++;
    hits.all += hit;
    if (sentences.lexicon.tokenOf(word) !== unknownId) continue;
    count.unseen++;
    hits.unseen += hit;
  }
  return { accuracy: hits.all / count.all, ...(count.unseen > 0 && { unseen: hits.unseen / count.unseen }) };
}
