/** @file The scores of a classifier's probabilities as text: intervals, calibration, rankings, mistakes, and another checkpoint beside it. */
import { basename } from "node:path";
import type { CalibrationRecord } from "../checkpoint/checkpoint.js";
import type { Calibration } from "../evaluation/calibration.js";
import type { Interval } from "../evaluation/intervals.js";
import type { LabelEvaluation } from "../evaluation/labelEvaluation.js";
import type { Mistake, SetMistake } from "../evaluation/mistakes.js";
import { type PairedComparison, significance } from "../evaluation/pairedComparison.js";
import { quantity } from "../common/quantity.js";
import { decimal, percent } from "./numberText.js";
import { plot } from "./textPlot.js";
import { defaultWidth, formatTable, type LabeledLine, labeledLines } from "./textTable.js";
import { wrapText } from "./textWidth.js";

type Measured = { accuracy?: number } & Partial<LabelEvaluation>;

const interval = ([low, high]: Interval): string => `95% interval ${percent(low, 1)} to ${percent(high, 1)}`;

/** Accuracy, calibration and rankings, a line each; none for what was not measured. */
export function measureLines({ accuracy, ...measured }: Measured, width = defaultWidth): string[] {
  const { accuracyInterval, calibration, meanConfidence, brierScore, rocAuc, averagePrecision } = measured;
  const rankings = [
    ...(rocAuc === undefined ? [] : [`ROC AUC ${rocAuc.toFixed(3)}`]),
    ...(averagePrecision === undefined ? [] : [`average precision ${averagePrecision.toFixed(3)}`]),
    ...(brierScore === undefined ? [] : [`Brier score ${brierScore.toFixed(3)}`]),
  ].join(", ");
  const lines: LabeledLine[] = [
    ["accuracy", accuracyInterval && `${percent(accuracy ?? 0, 1)}, ${interval(accuracyInterval)}`],
    ["calibration error", calibration && calibrationText(calibration, accuracy, meanConfidence)],
    ["probabilities", rankings || undefined],
  ];
  return labeledLines(lines, width);
}

function calibrationText(calibration: Calibration, accuracy?: number, meanConfidence?: number): string {
  const found = `${percent(calibration.error, 1)}${calibration.interval ? `, ${interval(calibration.interval)}` : ""}`;
  if (accuracy === undefined || meanConfidence === undefined) return found;
  return `${found}; the mean probability of the predicted labels is ${percent(meanConfidence, 1)}`;
}

/** The reliability curve: accuracy over confidence, with the diagonal of calibrated probabilities, and its numbers. */
export function reliabilityText({ bins }: Calibration, width = defaultWidth): string {
  const size = { width: Math.max(10, Math.min(48, width - 8)), height: 12 };
  const diagonal = [
    [0, 0],
    [1, 1],
  ] as const;
  const points = bins.map(({ confidence, accuracy }) => [confidence, accuracy] as const);
  const columns = [
    { key: "range", title: "confidence" },
    { key: "count", title: "predictions" },
    { key: "confidence", title: "mean confidence", format: (value: number) => percent(value, 1) },
    { key: "accuracy", title: "accuracy", format: (value: number) => percent(value, 1) },
  ];
  const rows = bins.map(({ from, to, ...bin }) => ({ range: `${percent(from)} to ${percent(to)}`, ...bin }));
  const title = "accuracy (vertical) by confidence (horizontal); points on the line are calibrated";
  return `${wrapText(title, width).join("\n")}\n${plot(diagonal, points, size)}\n\n${formatTable({ columns, rows }, width)}`;
}

const mistakeLetters = 200;

/** The mistakes, with the beginnings of their texts. */
export function mistakesText(mistakes: readonly Mistake[], width = defaultWidth): string {
  if (mistakes.length === 0) return "no mistakes\n";
  const columns = [
    { key: "predicted", title: "predicted" },
    { key: "probability", title: "", format: (value: number) => percent(value, 1) },
    { key: "actual", title: "actual" },
    ...(mistakes.some(({ line }) => line !== undefined) ? [{ key: "line", title: "line" }] : []),
    { key: "text", title: "text" },
  ];
  const rows = mistakes.map((mistake) => ({ ...mistake, text: beginning(mistake.text) }));
  return formatTable({ columns, rows }, width);
}

/** The wrong sets of labels, with what is missing in them and what is too much. */
export function setMistakesText(mistakes: readonly SetMistake[], width = defaultWidth): string {
  if (mistakes.length === 0) return "no mistakes\n";
  const columns = [
    { key: "loss", title: "loss", format: (nats: number) => nats.toFixed(3) },
    { key: "missing", title: "missing" },
    { key: "extra", title: "wrongly predicted" },
    ...(mistakes.some(({ line }) => line !== undefined) ? [{ key: "line", title: "line" }] : []),
    { key: "text", title: "text" },
  ];
  const rows = mistakes.map(({ text, line, actual, predicted, loss }) => ({
    loss,
    missing: actual.filter((label) => !predicted.includes(label)).join(", "),
    extra: predicted.filter((label) => !actual.includes(label)).join(", "),
    line,
    text: beginning(text),
  }));
  return formatTable({ columns, rows }, width);
}

/** The beginning of a text on one line. @param letters at most so many */
export const beginning = (text: string, letters = mistakeLetters): string => {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= letters ? line : `${line.slice(0, letters).trimEnd()} …`;
};

/** Which of two checkpoints is better on the same texts, and whether by more than chance. */
export function comparisonLines(
  accuracy: number,
  name: string,
  {
    checkpoint,
    firstAlone,
    secondAlone,
    p,
    method,
    mayHaveSeen,
    measure = "accuracy",
    ...other
  }: PairedComparison & { measure?: string },
  width = defaultWidth,
): string[] {
  const otherName = basename(checkpoint);
  const test = `McNemar's test, ${method === "chi-squared" ? "chi-squared with continuity correction" : method}`;
  const [better, worse] = firstAlone >= secondAlone ? [name, otherName] : [otherName, name];
  const points = `${(100 * Math.abs(accuracy - other.accuracy)).toFixed(1)} points`;
  const chance = p < significance ? "more than chance explains" : "which may be chance";
  const verdict =
    firstAlone === secondAlone
      ? `${name} and ${otherName} are right on equally many texts`
      : `${better} is better than ${worse} by ${points}, ${chance} (p = ${decimal(p, 2)}; ${test})`;
  const lines = [
    verdict,
    `${measure}: ${name} ${percent(accuracy, 1)}, ${otherName} ${percent(other.accuracy, 1)}; ` +
      `${name} alone is right on ${quantity(firstAlone, "texts")}, ${otherName} alone on ${secondAlone}`,
    ...(mayHaveSeen
      ? [`${otherName} was trained on another corpus or split, which may have some of these texts in its training part`]
      : []),
  ];
  return lines.flatMap((line) => wrapText(line, width));
}

/** What temperature scaling did to the probabilities of labels. */
export const temperatureText = ({ temperature, errorBefore, errorAfter, examples }: CalibrationRecord): string =>
  `logits divided by ${decimal(temperature)}; calibration error ${percent(errorAfter, 1)} instead of ${percent(errorBefore, 1)} on ${quantity(examples, "predictions")} of the validation part`;
