/** @file The output lines of `rnn classify`: labels or numbers for the texts or rows of numbers in files. */
import { type Model, readingOptions } from "../../model/model.js";
import type { RowOptions, TextOptions } from "../../options/corpusOptions.js";
import { readOptionsOf, type StandardInput } from "../../corpus/corpus.js";
import { rowsFrom } from "../../corpus/readRows.js";
import { textsFrom } from "../../corpus/readTexts.js";
import { classify, predict, type Prediction } from "./classify.js";
import type { Item } from "./outputs.js";

const round = (probability: number): number => Number(probability.toFixed(4));

const labelFormats = {
  tsv: (predictions: Prediction[]) =>
    predictions.map(({ label, probability }) => `${label}\t${probability.toFixed(4)}`).join("\t"),
  jsonl: ([best, ...others]: Prediction[]) =>
    JSON.stringify({
      label: best!.label,
      probability: round(best!.probability),
      ...(others.length > 0 && {
        others: others.map(({ label, probability }) => ({ label, probability: round(probability) })),
      }),
    }),
};

export type PredictionFormat = keyof typeof labelFormats;

const numberFormats: { [Name in PredictionFormat]: (number: number) => string } = {
  tsv: String,
  jsonl: (number) => JSON.stringify({ number }),
};

/** As many digits as 32-bit floats hold. */
const float32Digits = (number: number): number => Number(number.toPrecision(7));

export type PredictionLinesOptions = TextOptions &
  Pick<RowOptions, "valueColumns"> & {
    /** Number of labels of each item, from 1. */
    top: number;
    format: PredictionFormat;
    standardInput: StandardInput;
  };

/**
 * A line for each item, in their order.
 * @param model a classifier or a regressor
 * @param files paths, or - for standard input
 */
export async function* predictionLines(
  model: Model,
  files: readonly string[],
  options: PredictionLinesOptions,
): AsyncGenerator<string> {
  const { top, format } = options;
  const items = itemsFrom(model, files, options);
  if (model.task === "regressor") {
    for await (const number of predict(model, items)) yield `${numberFormats[format](float32Digits(number))}\n`;
  } else {
    for await (const predictions of classify(model, items))
      yield `${labelFormats[format](predictions.slice(0, top))}\n`;
  }
}

/** A time series is read with the window of training and, unless the options name others, with its columns. */
function itemsFrom(
  model: Model,
  files: readonly string[],
  { standardInput, ...options }: PredictionLinesOptions,
): AsyncIterable<Item> {
  if (model.inputs === "tokens") return textsFrom(files, options, standardInput);
  const trained = readingOptions(model);
  const reading = readOptionsOf({
    ...options,
    noHeader: options.noHeader || trained.noHeader,
    valueColumns: options.valueColumns ?? trained.valueColumns,
    window: trained.window,
  });
  return rowsFrom(files, reading, standardInput);
}
