/** @file Lines that answer files: labels or numbers, by the model's task, for texts or rows of numbers, by what it reads. */
import { type Model, readingOptions } from "../../model/model.js";
import type { RowOptions, TextOptions } from "../../options/options.js";
import { readOptionsOf, type StandardInput } from "../../corpus/corpus.js";
import { rowsFrom } from "../../corpus/readRows.js";
import { textsFrom } from "../../corpus/readTexts.js";
import { classify } from "./classify.js";
import { type AnswerFormat, answers, numberAnswers } from "./answerFormats.js";
import type { Item } from "./outputs.js";
import { predict } from "./predict.js";

export type AnswerOptions = TextOptions &
  Pick<RowOptions, "valueColumns"> & {
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

/** Of a series the window is that of the training, and the columns are unless said otherwise. */
function itemsFrom(
  model: Model,
  files: readonly string[],
  { standardInput, ...options }: AnswerOptions,
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
