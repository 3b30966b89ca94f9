/** @file Baselines of a classifier: the majority class, and naive Bayes over the tokens that occur. */

import { argmax } from "../network/softmax.js";

/** The token ids of a document, and its class id. */
export type LabeledIds = { ids: ArrayLike<number>; label: number };

export type LabelBaselines = {
  /** Predicts the most frequent class of the training part. */
  majority: { accuracy: number };
  /** Multinomial naive Bayes over the set of tokens of a document. */
  naiveBayes: { accuracy: number };
};

/**
 * Reads each document once.
 * @param vocabulary the number of token ids
 * @param classes the number of classes
 */
export function labelBaselines(
  training: Iterable<LabeledIds>,
  heldOut: Iterable<LabeledIds>,
  { vocabulary, classes }: { vocabulary: number; classes: number },
): LabelBaselines {
  const model = new NaiveBayes(vocabulary, classes);
  for (const document of training) model.fit(document);
  const majority = model.majority();
  let documents = 0;
  let majorityHits = 0;
  let bayesHits = 0;
  for (const { ids, label } of heldOut) {
    documents++;
    majorityHits += Number(label === majority);
    bayesHits += Number(label === model.classify(ids));
  }
  const accuracy = (hits: number): number => (documents === 0 ? 0 : hits / documents);
  return { majority: { accuracy: accuracy(majorityHits) }, naiveBayes: { accuracy: accuracy(bayesHits) } };
}

/** The accuracy of the most frequent class of the training part. */
export function majorityAccuracy(training: Iterable<number>, heldOut: Iterable<number>, classes: number): number {
  const counts = new Uint32Array(classes);
  for (const label of training) counts[label]!++;
  const majority = argmax(counts);
  let documents = 0;
  let hits = 0;
  for (const label of heldOut) {
    documents++;
    hits += Number(label === majority);
  }
  return documents === 0 ? 0 : hits / documents;
}

/** Multinomial naive Bayes with binarized counts and one added to each: the MNB of Wang & Manning 2012 over single words. */
class NaiveBayes {
  readonly #documents: Uint32Array; // [classes]
  readonly #occurrences: Uint32Array; // [vocabulary, classes], number of documents of the class that contain the token
  readonly #totals: Float64Array; // [classes], sums of #occurrences
  readonly #seenIn: Uint32Array; // [vocabulary], the last document that had the token
  #read = 0;

  constructor(
    readonly vocabulary: number,
    readonly classes: number,
  ) {
    this.#documents = new Uint32Array(classes);
    this.#occurrences = new Uint32Array(vocabulary * classes);
    this.#totals = new Float64Array(classes);
    this.#seenIn = new Uint32Array(vocabulary);
  }

  fit({ ids, label }: LabeledIds): void {
    this.#documents[label]!++;
    for (const id of this.#distinct(ids)) {
      this.#occurrences[id * this.classes + label]!++;
      this.#totals[label]!++;
    }
  }

  majority(): number {
    return argmax(this.#documents);
  }

  classify(ids: ArrayLike<number>): number {
    const scores = Float64Array.from(this.#documents, Math.log); // log probabilities, up to a constant
    for (const id of this.#distinct(ids)) {
      for (let label = 0; label < this.classes; label++) {
        const occurrences = this.#occurrences[id * this.classes + label]!;
        scores[label]! += Math.log((occurrences + 1) / (this.#totals[label]! + this.vocabulary));
      }
    }
    return argmax(scores);
  }

  *#distinct(ids: ArrayLike<number>): Generator<number> {
    this.#read++;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      if (this.#seenIn[id] === this.#read) continue;
      this.#seenIn[id] = this.#read;
      yield id;
    }
  }
}
