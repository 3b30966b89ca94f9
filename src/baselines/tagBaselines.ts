/** @file Baselines of a tagger: the most frequent tag, and the most frequent tag of each word. */
import type { TaggedSentences } from "../examples/taggedSentences.js";
import { argmax } from "../network/softmax.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import { fittingUntil, type Sampled, sampleOfPasses, TimedPass } from "./timedPass.js";

/** accuracy: on all words; unseen: on out-of-vocabulary words, if there are any. */
export type TagScore = { accuracy: number; unseen?: number };

/**
 * @param tags the number of tags
 * @param until when the time is over, in milliseconds of `performance.now`; default: all sentences are read
 */
export function tagBaselines(
  training: TaggedSentences,
  heldOut: TaggedSentences,
  tags: number,
  until?: number,
): { majority: TagScore; byWord: TagScore } & Sampled {
  const total = new Uint32Array(tags);
  const byWord = new Map<number, Uint32Array>(); // counts of each tag
  const fitting = new TimedPass(training.count, fittingUntil(until));
  for (const [word, tag] of training.pairs(fitting)) {
    total[tag]!++;
    const counts = byWord.get(word) ?? new Uint32Array(tags);
    counts[tag]!++;
    byWord.set(word, counts);
  }
  const majority = argmax(total);
  const tagOf = new Map([...byWord].map(([word, counts]) => [word, argmax(counts)]));
  const [ofMajority, ofWord] = [new TagCount(), new TagCount()];
  const scoring = new TimedPass(heldOut.count, until);
  for (const [word, tag] of heldOut.pairs(scoring)) {
    const isUnseen = heldOut.lexicon.tokenOf(word) === unknownId;
    ofMajority.add(tag === majority, isUnseen);
    ofWord.add(tag === (tagOf.get(word) ?? majority), isUnseen);
  }
  return {
    majority: ofMajority.score,
    byWord: ofWord.score,
    ...sampleOfPasses("sentences", fitting.share, scoring.share),
  };
}

/** Counts right tags. */
class TagCount {
  private readonly hits = { all: 0, unseen: 0 };
  private readonly count = { all: 0, unseen: 0 };

  add(isRight: boolean, isUnseen: boolean): void {
    const { hits, count } = this;
    count.all++;
    hits.all += Number(isRight);
    if (!isUnseen) return;
    count.unseen++;
    hits.unseen += Number(isRight);
  }

  get score(): TagScore {
    const { hits, count } = this;
    return { accuracy: hits.all / count.all, ...(count.unseen > 0 && { unseen: hits.unseen / count.unseen }) };
  }
}
