/** @file What a tagger is measured against: the commonest tag, and each word's commonest tag in training. */
import type { TaggedSentences } from "../examples/taggedSentences.js";
import { likeliest } from "../network/softmax.js";
import { unknownId } from "../tokenizers/specialTokens.js";

/** accuracy: of all words; unseen: of those that are not in the vocabulary, where there are some. */
export type TagScore = { accuracy: number; unseen?: number };

/** @param tags how many tags there are */
export function tagBaselines(
  training: TaggedSentences,
  heldOut: TaggedSentences,
  tags: number,
): { commonest: TagScore; byWord: TagScore } {
  const total = new Uint32Array(tags);
  const byWord = new Map<number, Uint32Array>(); // counts of each tag
  for (const [word, tag] of training.pairs()) {
    total[tag]!++;
    const counts = byWord.get(word) ?? new Uint32Array(tags);
    counts[tag]!++;
    byWord.set(word, counts);
  }
  const commonest = likeliest(total);
  const tagOf = new Map([...byWord].map(([word, counts]) => [word, likeliest(counts)]));
  return {
    commonest: tagScore(heldOut, () => commonest),
    byWord: tagScore(heldOut, (word) => tagOf.get(word) ?? commonest),
  };
}

function tagScore(sentences: TaggedSentences, say: (word: number) => number): TagScore {
  const hits = { all: 0, unseen: 0 };
  const count = { all: 0, unseen: 0 };
  for (const [word, tag] of sentences.pairs()) {
    const hit = Number(say(word) === tag);
    count.all++;
    hits.all += hit;
    if (sentences.lexicon.tokenOf(word) !== unknownId) continue;
    count.unseen++;
    hits.unseen += hit;
  }
  return { accuracy: hits.all / count.all, ...(count.unseen > 0 && { unseen: hits.unseen / count.unseen }) };
}
