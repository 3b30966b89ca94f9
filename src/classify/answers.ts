/** @file Lines that answer files: labels or numbers, by the model's task, for texts or rows of numbers, by what it reads. */
import { type Model, readingOptions } from "../model.js";
import type { TextOptions } from "../options.js";
import { readOptionsOf, type StandardInput } from "../text/corpus.js";
import { rowsFrom } from "../text/rows.js";
import { textsFrom } from "../text/texts.js";
import { classify } from "./classify.js";
import { type AnswerFormat, answers, numberAnswers } from "./formats.js";
import type { Item } from "./outputs.js";
import { predict } from "./predict.js";

export type AnswerOptions = TextOptions & {
  /** Labels of each item. */
  top: number;
  format: AnswerFormat;
  standardInput: StandardInput;
};

/** @param files paths, or - for standard input */
export function answersOf(model: Model, files: readonly string[], options: AnswerOptions): AsyncGenerator<string> {
  const items = itemsFrom(model, files, options);
  return model.task === "regressor"
    ? numberAnswers(predict(model, items), options.format)
    : answers(classify(model, items), options);
}

/** Of a series the columns and the window are those of the training, unless said otherwise. */
function itemsFrom(
  model: Model,
  files: readonly string[],
  { standardInput, ...options }: AnswerOptions,
): AsyncIterable<Item> {
  if (model.inputs === "tokens") return textsFrom(files, options, standardInput);
  const { valueColumns, window, noHeader } = readingOptions(model);
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== false),
  );
  const reading = readOptionsOf({
    encoding: options.encoding,
    noHeader,
    inputFormat: undefined,
    textColumn: undefined,
    valueColumns,
    window,
    ...given,
  });
  return rowsFrom(files, reading, standardInput);
}
