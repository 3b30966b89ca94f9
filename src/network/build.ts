/** @file From options to a network's spec. */
import { UsageError } from "../errors.js";
import type { ArrangementName, Task } from "../names.js";
import { convolutionWidth, type NetworkOptions } from "../recipeOptions.js";
import type { LayerSpec, Spec } from "./spec.js";

export type Purpose = {
  task: Task;
  vocabulary: number;
  labels: number;
  examples: ArrangementName;
  /** Tokens that are read of a text at most, where it is not a stream. */
  longest: number;
};

/**
 * Embedding, convolution, recurrent layers, pooling where one answer is wanted for a whole sequence, dense layers; with dropout after each but pooling.
 * @throws UsageError for a network that would read what it is to guess, or that has no use for an option
 */
export function specFrom(options: NetworkOptions, { task, vocabulary, labels, examples, longest }: Purpose): Spec {
  const bidirectional = options.bidirectional === "yes";
  const streams = task === "generator" && examples === "streams";
  if (streams && bidirectional) {
    throw new UsageError(
      "--bidirectional yes would read what is to be guessed: add --examples windows, which guesses what follows a window",
    );
  }
  const { convolution = [], dense = [], pooling, padding } = options;
  if (!streams && options.units.length === 0 && pooling.includes("last")) {
    throw new UsageError(
      "--pooling last is the last output of a recurrent layer, and with --units none there is none: choose another --pooling",
    );
  }
  const widths = convolution.map(convolutionWidth);
  if (padding === "valid" && widths.some(({ size }) => size !== widths[0]!.size)) {
    throw new UsageError(
      `--padding valid leaves texts of different lengths after --convolution ${convolution.join()}: use windows of one size, or --padding same`,
    );
  }
  const dropout: LayerSpec[] = options.dropout > 0 ? [{ type: "dropout", rate: options.dropout }] : [];
  const recurrent = options.units.flatMap((units): LayerSpec[] => [
    {
      type: "recurrent",
      cell: options.cell,
      units,
      bidirectional,
      ...(options.learnedStart && { learnedStart: true as const }),
    },
    ...dropout,
  ]);
  return {
    task,
    vocabulary,
    layers: [
      { type: "embedding", units: options.embedding },
      ...dropout,
      ...(widths.length > 0 ? [{ type: "convolution" as const, widths, padding }, ...dropout] : []),
      ...recurrent,
      ...(streams
        ? []
        : [{ type: "pooling" as const, over: pooling, ...(pooling.includes("flatten") && { steps: longest }) }]),
      ...dense.flatMap((units): LayerSpec[] => [{ type: "dense", units }, ...dropout]),
    ],
    classes: task === "generator" ? vocabulary : labels,
    ...(options.tied && { tied: true }),
  };
}
