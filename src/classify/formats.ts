/** @file How labels are written down: a line for each text. */
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

/** @param top labels of each text */
export async function* answers(
  predictions: AsyncIterable<Prediction[]>,
  { top, format }: { top: number; format: AnswerFormat },
): AsyncGenerator<string> {
  for await (const labels of predictions) yield `${formats[format](labels.slice(0, top))}\n`;
}
