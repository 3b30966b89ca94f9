/** @file Labels for texts, or for sequences of rows of numbers: `node classify.mjs "a text"`, or `import { classify } from "./classify.mjs"`. */
import { answers, open, softmax, wordsFor } from "./model.mjs";

const opened = await open();
const { vocabulary, encode } = opened;

/** Of each text its labels with their probabilities, best first; instead of texts, arrays of rows of numbers where the model reads these. */
export function classify(items) {
  const rows = items.map((item) => encode(item).slice(0, vocabulary.longest));
  return answers(opened, rows).map((logits) => {
    const labels = softmax(logits).map((probability, at) => ({ label: vocabulary.labels[at], probability }));
    return labels.toSorted((left, right) => right.probability - left.probability);
  });
}

const items = wordsFor(import.meta.url).map((word) => (vocabulary.reads === "numbers" ? JSON.parse(word) : word));
if (items.length > 0) {
  for (const [{ label, probability }] of classify(items)) console.log(`${label}\t${probability.toFixed(4)}`);
}
