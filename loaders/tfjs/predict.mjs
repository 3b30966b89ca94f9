/** @file Numbers for texts, or for sequences of rows of numbers: `node predict.mjs "a text"`, or `import { predict } from "./predict.mjs"`. */
import { answers, open, wordsFor } from "./model.mjs";

const opened = await open();
const { vocabulary, encode } = opened;

/** Of each text its number; instead of texts, arrays of rows of numbers where the model reads these. The model's output is scaled: `target` says how. */
export function predict(items) {
  const rows = items.map((item) => encode(item).slice(0, vocabulary.longest));
  const { mean, deviation } = vocabulary.target;
  return answers(opened, rows).map(([output]) => output * deviation + mean);
}

const items = wordsFor(import.meta.url).map((word) => (vocabulary.reads === "numbers" ? JSON.parse(word) : word));
if (items.length > 0) for (const number of predict(items)) console.log(Number(number.toPrecision(7)));
