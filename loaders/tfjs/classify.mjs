/** @file Classifies texts, or sequences of rows of numbers: `node classify.mjs "a text"`, or `import { classify } from "./classify.mjs"`. */
import { logitsOf, open, softmax, argumentsFor } from "./model.mjs";

const opened = await open();
const { vocabulary, encode } = opened;

/** The labels of each item with their probabilities, most probable first. @param items texts, or arrays of rows of numbers */
export function classify(items) {
  const rows = items.map((item) => encode(item).slice(0, vocabulary.longest));
  return logitsOf(opened, rows).map((logits) => {
    const labels = softmax(logits).map((probability, index) => ({ label: vocabulary.labels[index], probability }));
    return labels.toSorted((left, right) => right.probability - left.probability);
  });
}

const items = argumentsFor(import.meta.url).map((word) => (vocabulary.reads === "numbers" ? JSON.parse(word) : word));
if (items.length > 0) {
  for (const [{ label, probability }] of classify(items)) console.log(`${label}\t${probability.toFixed(4)}`);
}
