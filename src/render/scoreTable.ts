/** @file The result of an evaluation as text and JSON. */
import type { Baseline } from "../baselines/index.js";
import type { Evaluation } from "../evaluation/evaluate.js";
import { classificationReport, type ConfusionMatrix } from "../evaluation/metrics.js";
import type { Memorization } from "../inference/copying/memorization.js";
import { quantity } from "../common/quantity.js";
import type { Share } from "../baselines/timedPass.js";
import { decimal, percent } from "./numberText.js";
import type { LabelMeasures } from "../evaluation/labelMeasures.js";
import { labelSetRows, labelSetTable } from "./labelSetText.js";
import { comparisonLines, measureLines, mistakesText, reliabilityText, setMistakesText } from "./labelScoresText.js";
import { cutColumns, defaultWidth, formatTable, type Row, type Table } from "./textTable.js";
import { wrapText } from "./textWidth.js";

/** `loss`, and `accuracy` or `perplexity`, are at the top level. */
export function evaluationJson(
  { confusion, rankings, ...evaluation }: Evaluation & { memorization?: Memorization },
  labels: readonly string[],
): string {
  const { labelCounts, thresholds, setMistakes, ...scores } = evaluation;
  if (labelCounts) {
    const rows = labelSetRows({ labelCounts, thresholds }, labels);
    return `${JSON.stringify({ ...scores, labels: rows, mistakes: setMistakes }, null, 2)}\n`;
  }
  if (!confusion) return `${JSON.stringify(evaluation, null, 2)}\n`;
  const { classes, ...report } = classificationReport(confusion, labels);
  const ranked = classes.map((one, index) => ({ ...one, ...rankings?.[index] }));
  return `${JSON.stringify({ ...evaluation, confusion, report: { ...report, classes: ranked } }, null, 2)}\n`;
}

/** The accuracy of sets of labels. */
const setMeasure = "whole sets right";

/** How much is shown. @property name of the checkpoint @property reliability whether the reliability curve is */
export type EvaluationView = { width?: number; name?: string; reliability?: boolean };

export function evaluationText(
  evaluation: Evaluation,
  labels: readonly string[],
  { width = defaultWidth, name = "this checkpoint", reliability = false }: EvaluationView = {},
): string {
  const {
    source,
    confusion,
    unknown,
    cache,
    dynamic,
    calibration,
    mistakes,
    setMistakes,
    against,
    accuracy = 0,
    labelCounts,
  } = evaluation;
  const title = `${source}${unknown > 0 ? `, out-of-vocabulary rate ${percent(unknown, 2)}` : ""}`;
  return [
    textOf(wrapText(title, width)),
    `${formatTable(scoreTable(evaluation), width)}${textOf(sampleLines(evaluation.baselines, width))}`,
    ...(dynamic ? [`dynamic evaluation: rate ${dynamic.rate}, decay ${dynamic.decay}\n`] : []),
    ...(cache ? [`cache of ${cache.size} states: theta ${cache.theta}, weight ${cache.weight.toFixed(3)}\n`] : []),
    ...(calibration ? [textOf(measureLines(evaluation, width))] : []),
    ...(labelCounts ? [formatTable(labelSetTable({ ...evaluation, labelCounts }, labels), width)] : []),
    ...(confusion
      ? [formatTable(reportTable(confusion, labels, evaluation), width), confusionText(confusion, labels, width)]
      : []),
    ...(reliability && calibration ? [reliabilityText(calibration, width)] : []),
    ...(mistakes ? [mistakesText(mistakes, width)] : []),
    ...(setMistakes ? [setMistakesText(setMistakes, width)] : []),
    ...(against
      ? [textOf(comparisonLines(accuracy, name, { ...against, ...(labelCounts && { measure: setMeasure }) }, width))]
      : []),
  ].join("\n");
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** What the baselines have read, a line for those that read the same, if it is not all. */
export function sampleLines(baselines: readonly Baseline[], width = defaultWidth): string[] {
  const names = new Map<string, string[]>();
  for (const { name, sample } of baselines) {
    if (sample) names.set(sampleText(sample), [...(names.get(sampleText(sample)) ?? []), name]);
  }
  return [...names].flatMap(([text, ofText]) => wrapText(`${ofText.join(", ")}: ${text}`, width));
}

function sampleText({ unit, training, heldOut }: NonNullable<Baseline["sample"]>): string {
  const share = ({ count, of }: Share): string => `${count.toLocaleString("en")} of ${quantity(of, unit)}`;
  return [
    ...(training.count < training.of ? [`fitted on ${share(training)}`] : []),
    ...(heldOut.count < heldOut.of ? [`scored on ${share(heldOut)}`] : []),
  ].join(", ");
}

/** A row with the scores of the network, or of what was scored in its place, then one for each baseline. */
export function scoreTable({
  name = "network",
  loss,
  perplexity,
  bitsPerByte,
  accuracy,
  f1Micro,
  f1Macro,
  unseen,
  meanAbsoluteError,
  rootMeanSquaredError,
  r2,
  baselines,
}: Partial<Baseline> & { baselines: Baseline[] }): Table {
  const errors = { meanAbsoluteError, rootMeanSquaredError, r2 };
  const rows: Row[] = [
    { name, loss, perplexity, bitsPerByte, accuracy, f1Micro, f1Macro, unseen, ...errors },
    ...baselines.map(({ sample: _sample, ...scores }) => scores),
  ];
  const columns = [
    { key: "name", title: "" },
    {
      key: "accuracy",
      title: f1Micro === undefined ? "accuracy" : setMeasure,
      format: (value: number) => percent(value, 1),
    },
    { key: "f1Micro", title: "micro F1", format: (value: number) => value.toFixed(3) },
    { key: "f1Macro", title: "macro F1", format: (value: number) => value.toFixed(3) },
    { key: "unseen", title: "out-of-vocabulary accuracy", rank: 2, format: (value: number) => percent(value, 1) },
    { key: "meanAbsoluteError", title: "mean absolute error", format: decimal },
    { key: "rootMeanSquaredError", title: "root mean squared error", rank: 3, format: decimal },
    { key: "r2", title: "R²", format: (value: number) => value.toFixed(3) },
    { key: "perplexity", title: "perplexity", format: decimal },
    { key: "bitsPerByte", title: "bits per byte", format: (bits: number) => bits.toFixed(3) },
    { key: "loss", title: "loss", rank: 1, format: (nats: number) => nats.toFixed(4) },
  ];
  return { columns: columns.filter(({ key }) => rows.some((row) => row[key] !== undefined)), rows };
}

/** The columns of scikit-learn's classification report, and the average precision of each label. */
function reportTable(
  confusion: ConfusionMatrix,
  labels: readonly string[],
  { rankings, averagePrecision }: Partial<LabelMeasures>,
): Table {
  const { classes, macro, weighted } = classificationReport(confusion, labels);
  const fraction = (key: string) => ({ key, title: key, format: (value: number) => value.toFixed(3) });
  return {
    columns: [
      { key: "label", title: "" },
      fraction("precision"),
      fraction("recall"),
      { ...fraction("f1"), title: "F1" },
      ...(rankings ? [{ ...fraction("averagePrecision"), title: "average precision", rank: 1 }] : []),
      { key: "support", title: "support" },
    ],
    rows: [
      ...classes.map((one, index) => ({ ...one, averagePrecision: rankings?.[index]?.averagePrecision })),
      { label: "macro average", ...macro, averagePrecision },
      { label: "weighted average", ...weighted },
    ],
  };
}

const maxConfusions = 20;

/** The confusion matrix, a row for each actual label; if it is too wide, its most frequent errors. */
function confusionText(confusion: ConfusionMatrix, labels: readonly string[], width: number): string {
  const matrix: Table = {
    columns: [
      { key: "label", title: "actual ↓  predicted →" },
      ...labels.map((label, index) => ({ key: String(index), title: label })),
    ],
    rows: confusion.map((row, index) => ({ label: labels[index], ...Object.fromEntries(row.entries()) })),
  };
  if (cutColumns(matrix, 1, width).cut === 0) return formatTable(matrix, width);

  const errors = confusion
    .flatMap((row, actual) => row.map((count, predicted) => ({ actual, predicted, count })))
    .filter(({ actual, predicted, count }) => actual !== predicted && count > 0)
    .toSorted((left, right) => right.count - left.count);
  const columns = ["actual", "predicted", "count"].map((key) => ({ key, title: key }));
  const rows = errors.slice(0, maxConfusions).map(({ actual, predicted, count }) => ({
    actual: labels[actual],
    predicted: labels[predicted],
    count,
  }));
  const size = `${labels.length} × ${labels.length}`;
  const note = `The ${size} confusion matrix is wider than ${width} columns; these are its ${rows.length} most frequent errors of ${errors.length}. Use --json for the whole matrix.`;
  return `${wrapText(note, width).join("\n")}\n\n${formatTable({ columns, rows }, width)}`;
}
