/** @file Baselines of a classifier of texts: the majority class, and a bag of n-grams with the usual settings. */
import { argmax } from "../network/softmax.js";
import type { PassedOver } from "./bagFeatures.js";
import type { BagModel } from "./bagModel.js";
import { fitUsualBag, type LabeledDocuments } from "./fitBag.js";
import { fittingUntil, type Sampled, sampleOfPasses, TimedPass } from "./timedPass.js";

export type LabelBaselines = Sampled & {
  /** Predicts the most frequent class of the training part. */
  majority: { accuracy: number };
  bag: { accuracy: number };
};

/** More tokens of the training part are not read: their n-grams take some hundred megabytes. */
const mostTokens = 2 ** 23;
/** Documents of the first fit where there is little time; each further one has `growth` times as many, if it will be done in time. */
const firstDocuments = 512;
const growth = 4;
/** How much longer a fit may take than `growth` times the one before. */
const reserve = 1.5;

/**
 * @param until when the time is over, in milliseconds of `performance.now`: the bag is fitted on as many documents, and both are scored on as many, as fit
 */
export function labelBaselines(
  training: LabeledDocuments,
  heldOut: LabeledDocuments,
  { classes, passedOver, until }: { classes: number; passedOver: PassedOver; until?: number | undefined },
): LabelBaselines {
  const { bag, documents } = fittedWithin(training, { classes, passedOver, until: fittingUntil(until) });
  const counts = new Uint32Array(classes);
  for (let index = 0; index < training.count; index++) counts[training.label(index)]!++;
  const majority = argmax(counts);
  const scoring = new TimedPass(heldOut.count, until);
  let [scored, majorityHits, bagHits] = [0, 0, 0];
  for (const index of scoring) {
    const label = heldOut.label(index);
    scored++;
    majorityHits += Number(label === majority);
    bagHits += Number(label === argmax(bag.logits(heldOut.ids(index))));
  }
  const accuracy = (hits: number): number => (scored === 0 ? 0 : hits / scored);
  return {
    majority: { accuracy: accuracy(majorityHits) },
    bag: { accuracy: accuracy(bagHits) },
    ...sampleOfPasses("documents", { count: documents, of: training.count }, scoring.share),
  };
}

/** A bag that is fitted on all documents, or on a sample if they are too many or the time is short. */
function fittedWithin(
  training: LabeledDocuments,
  { until, ...options }: { classes: number; passedOver: PassedOver; until: number | undefined },
): { bag: BagModel; documents: number } {
  const most = documentsWithin(training, mostTokens);
  let documents = until === undefined ? most : Math.min(most, firstDocuments);
  for (;;) {
    const started = performance.now();
    const bag = fitUsualBag(sampleOf(training, documents), options);
    const now = performance.now();
    if (documents === most || until === undefined || now + reserve * growth * (now - started) > until)
      return { bag, documents };
    documents = Math.min(most, growth * documents);
  }
}

/** How many documents of a sample have at most so many tokens together; at least one. */
function documentsWithin(documents: LabeledDocuments, tokens: number): number {
  const order = [...new TimedPass(documents.count, Infinity)];
  let read = 0;
  for (const [position, index] of order.entries()) {
    read += documents.ids(index).length;
    if (read > tokens) return Math.max(1, position);
  }
  return documents.count;
}

/** The first documents in spread order, which are a sample; all of them in their own. */
function sampleOf(documents: LabeledDocuments, count: number): LabeledDocuments {
  if (count === documents.count) return documents;
  const chosen: number[] = [];
  for (const index of new TimedPass(documents.count, Infinity)) {
    if (chosen.length === count) break;
    chosen.push(index);
  }
  return {
    count,
    ids: (index) => documents.ids(chosen[index]!),
    label: (index) => documents.label(chosen[index]!),
  };
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
