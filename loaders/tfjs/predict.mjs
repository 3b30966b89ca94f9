/** @file Predicts a number for texts, or for sequences of rows of numbers: `node predict.mjs "a text"`, or `import { predict } from "./predict.mjs"`. */
import { logitsOf, open, argumentsFor } from "./model.mjs";

const opened = await open();
const { vocabulary, encode } = opened;

/** The number for each item. `target` is the scaling of the output. @param items texts, or arrays of rows of numbers */
export function predict(items) {
  const rows = items.map((item) => encode(item).slice(0, vocabulary.longest));
  const { mean, deviation } = vocabulary.target;
  return logitsOf(opened, rows).map(([output]) => output * deviation + mean);
}

const items = argumentsFor(import.meta.url).map((word) => (vocabulary.reads === "numbers" ? JSON.parse(word) : word));
if (items.length > 0) for (const number of predict(items)) console.log(Number(number.toPrecision(7)));
