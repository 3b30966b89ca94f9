/** @file From options to a network's spec. */
import { UsageError } from "../errors.js";
import type { ArrangementName, Task } from "../names.js";
import type { NetworkOptions } from "../recipeOptions.js";
import type { LayerSpec, Spec } from "./spec.js";

export type Purpose = { task: Task; vocabulary: number; labels: number; examples: ArrangementName };

/**
 * Embedding, recurrent layers with dropout after each, pooling where one answer is wanted for a whole sequence.
 * @throws UsageError for a network that would read what it is to guess
 */
export function specFrom(options: NetworkOptions, { task, vocabulary, labels, examples }: Purpose): Spec {
  const bidirectional = options.bidirectional === "yes";
  const streams = task === "generator" && examples === "streams";
  if (streams && bidirectional) {
    throw new UsageError(
      "--bidirectional yes would read what is to be guessed: add --examples windows, which guesses what follows a window",
    );
  }
  const dropout: LayerSpec[] = options.dropout > 0 ? [{ type: "dropout", rate: options.dropout }] : [];
  const recurrent = options.units.flatMap((units): LayerSpec[] => [
    { type: "recurrent", cell: options.cell, units, bidirectional },
    ...dropout,
  ]);
  return {
    task,
    vocabulary,
    layers: [
      { type: "embedding", units: options.embedding },
      ...dropout,
      ...recurrent,
      ...(streams ? [] : [{ type: "pooling" as const, over: options.pooling }]),
    ],
    classes: task === "generator" ? vocabulary : labels,
  };
}
