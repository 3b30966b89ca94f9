/** @file How labels and numbers are written down: a line for each text or sequence. */
import type { Prediction } from "./classify.js";

/** Enough digits to tell 0.99995 from 1, few enough to read. */
const rounded = (probability: number): number => Number(probability.toFixed(4));

const formats = {
  tsv: (labels: Prediction[]) =>
    labels.map(({ label, probability }) => `${label}\t${probability.toFixed(4)}`).join("\t"),
  jsonl: ([best, ...others]: Prediction[]) =>
    JSON.stringify({
      label: best!.label,
      probability: rounded(best!.probability),
      ...(others.length > 0 && {
        others: others.map(({ label, probability }) => ({ label, probability: rounded(probability) })),
      }),
    }),
};

export type AnswerFormat = keyof typeof formats;

/** As many digits as 32-bit floats hold. */
const shortened = (number: number): number => Number(number.toPrecision(7));

const numberFormats: { [Name in AnswerFormat]: (number: number) => string } = {
  tsv: String,
  jsonl: (number) => JSON.stringify({ number }),
};

export async function* numberAnswers(numbers: AsyncIterable<number>, format: AnswerFormat): AsyncGenerator<string> {
  for await (const number of numbers) yield `${numberFormats[format](shortened(number))}\n`;
}

/** @param top labels of each text */
export async function* answers(
  predictions: AsyncIterable<Prediction[]>,
  { top, format }: { top: number; format: AnswerFormat },
): AsyncGenerator<string> {
  for await (const labels of predictions) yield `${formats[format](labels.slice(0, top))}\n`;
}
