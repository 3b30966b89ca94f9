/** @file The results of a cross-validation as text. */
import { quantity } from "../common/quantity.js";
import type { FoldEvent, FoldRun } from "../experiments/crossValidation/crossValidate.js";
import type { CrossValidation, FoldMeasure } from "../experiments/crossValidation/foldScores.js";
import type { Statistics } from "../experiments/comparison/comparisonSummary.js";
import { decimal, percent } from "./numberText.js";
import { type Column, defaultWidth, formatTable, type Row } from "./textTable.js";
import { wrapText } from "./textWidth.js";

const percentage = (fraction: number): string => percent(fraction, 1);

const fraction = (score: number): string => score.toFixed(3);

/** The column of each measure. */
const columns: { [Name in FoldMeasure]: { title: string; value: (score: number) => string; rank?: number } } = {
  accuracy: { title: "accuracy", value: percentage },
  f1Micro: { title: "micro F1", value: fraction, rank: 1 },
  f1Macro: { title: "macro F1", value: fraction, rank: 2 },
  meanAbsoluteError: { title: "mean absolute error", value: decimal },
  rootMeanSquaredError: { title: "root mean squared error", value: decimal, rank: 2 },
  r2: { title: "R²", value: fraction, rank: 1 },
  loss: { title: "loss", value: (nats) => nats.toFixed(4), rank: 3 },
};

/** The folds to come, as in `5 folds for 12.0 s each`. */
export const foldsPlan = ({ folds, seconds }: Extract<FoldEvent, { type: "plan" }>): string =>
  `${folds} folds${seconds === undefined ? "" : ` for ${seconds.toFixed(1)} s each`}; each document is once in a test part`;

/** A finished fold, in a line. */
export function foldText({ fold, result, reason, seconds, documents }: FoldRun): string {
  const { accuracy, rootMeanSquaredError, loss } = result;
  const score =
    accuracy !== undefined
      ? `accuracy ${percentage(accuracy)}`
      : rootMeanSquaredError !== undefined
        ? `root mean squared error ${decimal(rootMeanSquaredError)}`
        : `loss ${loss.toFixed(4)}`;
  const end = reason === "diverged" ? "; training diverged" : "";
  return `fold ${fold}: ${result.part} ${score}, trained on ${quantity(documents.training, "documents")}, ${seconds.toFixed(1)} s${end}`;
}

/** A row for the networks of the folds and for each baseline, and what the figures are. */
export function foldsText(found: CrossValidation, width = defaultWidth): string {
  const lines = notes(found).flatMap((line) => wrapText(line, width));
  return `${scoresTable(found, width)}\n${lines.map((line) => `${line}\n`).join("")}`;
}

function scoresTable({ models }: CrossValidation, width: number): string {
  const measures = (Object.keys(columns) as FoldMeasure[]).filter((name) => models.some(({ scores }) => scores[name]));
  const isPooled = models.some(({ pooledAccuracy }) => pooledAccuracy !== undefined);
  const shown: Column[] = [
    { key: "name", title: "" },
    ...measures.flatMap((name): Column[] => [
      { key: name, title: columns[name].title, align: "right", rank: columns[name].rank ?? 0 },
      ...(name === "accuracy" && isPooled
        ? [{ key: "pooled", title: "pooled accuracy", align: "right" as const }]
        : []),
    ]),
  ];
  const rows = models.map(({ name, scores, pooledAccuracy }): Row => ({
    name,
    ...Object.fromEntries(
      measures.map((measure) => [measure, statisticsText(scores[measure], columns[measure].value)]),
    ),
    pooled: pooledAccuracy === undefined ? "" : percentage(pooledAccuracy),
  }));
  return formatTable({ columns: shown, rows }, width);
}

const statisticsText = (found: Statistics | undefined, value: (score: number) => string): string =>
  found === undefined ? "" : `${value(found.mean)} ± ${value(found.standardDeviation)}`;

function notes({ task, folds, targets, accuracyInterval }: CrossValidation): string[] {
  const unit = task === "tagger" ? "words" : "documents";
  return [
    `${quantity(folds, "folds")}, ${quantity(targets, unit)}; ± is the standard deviation over the folds`,
    ...(accuracyInterval
      ? [
          `95 % confidence interval of the pooled accuracy: ${accuracyInterval.map(percentage).join(" to ")} (of this text and this split)`,
        ]
      : []),
  ];
}
