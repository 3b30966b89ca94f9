/** @file The texts to label next, from the library. */
import { type LabelRow, nextLabels } from "../inference/activeLearning/nextLabels.js";
import type { Prediction } from "../inference/classification/classify.js";
import type { LabelStrategy } from "../common/names.js";
import type { Engine } from "../model/model.js";
import { settle, type Values } from "../options/option.js";
import { nextLabelOptions } from "../options/options.js";
import { type Items, type ModelSource, readOptions, useModel } from "./libraryInputs.js";

/** A text, the numbers beside it if the model reads some, and its label if it has one: then it is not listed, and texts like it are worth less. */
export type RowToLabel = {
  text: string;
  numbers?: readonly number[] | undefined;
  label?: string | readonly string[] | null | undefined;
};

export type LabelNextOptions = Engine & {
  /** Number of texts to list. Default: 20. */
  next?: number | undefined;
  /**
   * How uncertain a model is of a text: 1 − (p₁ − p₂) of its two highest probabilities (margin), the entropy of the probabilities as a fraction of the highest
   * one (entropy), or 1 − p₁ (least-confidence). Default: margin.
   */
  strategy?: LabelStrategy | undefined;
};

/** A text that is worth labeling. @property index among the rows that were given */
export type TextToLabel = {
  index: number;
  text: string;
  /** Every label with its probability, most likely first. */
  predictions: Prediction[];
  /** By the strategy, from 0 to 1. */
  uncertainty: number;
  /** If the model knows no word of it. */
  hasNoKnownWord?: true;
};

/**
 * The texts without a label that are most worth labeling, the most worthwhile first: those of which the model is most uncertain, typical ones before
 * outliers, without near-copies of each other and of labeled texts.
 *
 *     for (const { index, text } of await label("critic", rows, { next: 10 })) …
 *
 * Texts that are chosen so are more difficult than others: keep a validation file of random ones, for training and for scores.
 *
 * @param rows texts without labels, or rows with or without one; an empty text is not listed
 * @throws UserError for a model that is not a classifier of texts
 */
export async function label(
  model: ModelSource<"classifier">,
  rows: Items<string | RowToLabel>,
  { backend, threads, ...options }: LabelNextOptions = {},
): Promise<TextToLabel[]> {
  const given: Partial<Values<typeof nextLabelOptions>> = readOptions(nextLabelOptions, options);
  return useModel(model, "classifier", { backend, threads }, async (loaded) => {
    const { next } = await nextLabels(loaded, indexed(rows), settle(nextLabelOptions, given));
    return next.map(({ row: { index, text }, ...found }) => ({ index, text, ...found }));
  });
}

async function* indexed(rows: Items<string | RowToLabel>): AsyncGenerator<LabelRow & { index: number }> {
  let index = 0;
  for await (const row of rows) {
    const { text, numbers, label: own = null }: RowToLabel = typeof row === "string" ? { text: row } : row;
    if (text.trim() !== "") yield { index, text, ...(numbers && { numbers }), isLabeled: own !== null && own !== "" };
    index++;
  }
}
