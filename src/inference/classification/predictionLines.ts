/** @file The output lines of `rnn classify`: labels or numbers for the texts or rows of numbers in files. */
import { type Model, readingOptions } from "../../model/model.js";
import type { RowOptions, TextOptions } from "../../options/corpusOptions.js";
import type { StandardInput } from "../../corpus/namedSource.js";
import { readOptionsOf } from "../../corpus/openOptions.js";
import { rowsFrom } from "../../corpus/readRows.js";
import { isUnreadable, type Unreadable } from "../../corpus/document.js";
import { textEntries } from "../../corpus/readTexts.js";
import { tsvCell, tsvError } from "../../render/tsvCell.js";
import { answersTo } from "../batching.js";
import { classifyBatch, predictBatch, type Prediction } from "./classify.js";
import { batchItems, type Item } from "./outputs.js";

const round = (probability: number): number => Number(probability.toFixed(4));

const labelFormats = {
  tsv: (predictions: Prediction[]) =>
    predictions.map(({ label, probability }) => `${tsvCell(label)}\t${probability.toFixed(4)}`).join("\t"),
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

/** Without an answer: an empty label, an empty probability and the reason. */
const errorFormats: { [Name in PredictionFormat]: (row: Unreadable) => string } = {
  tsv: ({ reason }) => tsvError(reason, 2),
  jsonl: ({ line, reason }) => JSON.stringify({ error: reason, line }),
};

/** As many digits as 32-bit floats hold. */
const float32Digits = (number: number): number => Number(number.toPrecision(7));

export type PredictionLinesOptions = TextOptions &
  Pick<RowOptions, "valueColumns"> & {
    /** Number of labels of each item, from 1. */
    top: number;
    format: PredictionFormat;
    standardInput: StandardInput;
    /** Called for each row that has no answer. */
    onUnreadable: (row: Unreadable) => void;
  };

/**
 * A line for each line or row of the files, in their order; what cannot be read gets a line with the reason.
 * @param model a classifier or a regressor
 * @param files paths, or - for standard input
 */
export async function* predictionLines(
  model: Model,
  files: readonly string[],
  options: PredictionLinesOptions,
): AsyncGenerator<string> {
  const { top, format, onUnreadable } = options;
  const lineOf = (items: Item[]): string[] =>
    model.task === "regressor"
      ? predictBatch(model, items).map((number) => numberFormats[format](float32Digits(number)))
      : classifyBatch(model, items).map((predictions) => labelFormats[format](predictions.slice(0, top)));
  for await (const answer of answersTo(itemsFrom(model, files, options), batchItems, lineOf)) {
    if (isUnreadable(answer)) onUnreadable(answer);
    yield `${isUnreadable(answer) ? errorFormats[format](answer) : answer}\n`;
  }
}

/** The bytes of a line that are read for each token of the model's maximum length, and the least for a line. */
const bytesPerToken = 64;
const leastLineBytes = 2 ** 20;

/** A time series is read with the window of training and, unless the options name others, with its columns. */
function itemsFrom(
  model: Model,
  files: readonly string[],
  { standardInput, onUnreadable: _onUnreadable, ...options }: PredictionLinesOptions,
): AsyncIterable<Item | Unreadable> {
  if (model.inputs === "tokens") {
    const bytes = Math.max(leastLineBytes, bytesPerToken * model.recipe.maxLength);
    return textEntries(files, options, standardInput, { bytes, cut: true });
  }
  const trained = readingOptions(model);
  const reading = readOptionsOf({
    ...options,
    noHeader: options.noHeader || trained.noHeader,
    valueColumns: options.valueColumns ?? trained.valueColumns,
    window: trained.window,
  });
  return rowsFrom(files, reading, standardInput);
}
