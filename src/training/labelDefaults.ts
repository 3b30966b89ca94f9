/** @file The length of a classifier's run by the size of its training part. */

/** Documents that a run reads by default, about: a thousand steps of the usual batch size. */
const usualDocuments = 32_000;
const [fewestPasses, mostPasses] = [3, 10];

/**
 * The passes over the training part after which a classifier of texts learns little more: a small corpus needs more of them than a large one. Further passes only
 * overfit, and keep the learning rate high for too long. Measured on sentences, questions and reviews: docs/results.md.
 */
export const labelPasses = (documents: number): number =>
  Math.min(mostPasses, Math.max(fewestPasses, Math.round(usualDocuments / Math.max(1, documents))));
