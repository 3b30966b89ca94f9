/** @file Learning curves: loss and accuracy by training step. */
import type { Task } from "../common/names.js";
import { perplexity } from "../evaluation/metrics.js";
import { type Row, table, tableDetails } from "./htmlTable.js";
import { type Markup, markup } from "./markup.js";
import { compact, decimal, percent } from "./numberText.js";
import { at, type Axes, frameOf, type Plot, plotWithAxes, type Point, rounded, spanOf } from "./plotAxes.js";
import { lineColor } from "./plotFigure.js";

export type Line = { name: string; points: readonly Point[] };

/** An evaluation during training. Losses are means per target; accuracy is that of the validation part. */
export type CurveEntry = { step: number; epoch: number; training: number; validation?: number; accuracy?: number };

function linePlot(lines: readonly Line[], axes: Axes, label: string): Plot {
  const { position } = frameOf(axes);
  const content = lines.map(({ points, name }, index) => {
    const positions = points.map(position);
    const path = positions.map(([x, y], step) => `${step === 0 ? "M" : "L"}${at(x)} ${at(y)}`).join("");
    const marks = positions.map(
      ([x, y], step) =>
        markup`<circle cx="${at(x)}" cy="${at(y)}" r="3"><title>${name}, step ${points[step]![0]}: ${decimal(points[step]![1], 4)}</title></circle>`,
    );
    return markup`<g class="line line-${lineColor(index)}"><path d="${path}"/>${marks}</g>`;
  });
  return plotWithAxes(axes, label, content, { legend: lines.map(({ name }) => name) });
}

const lossTitles: { [Kind in Task]: string } = {
  generator: "loss (nats)",
  classifier: "loss (nats)",
  regressor: "mean squared error (scaled)",
  tagger: "loss (nats)",
};

/** The points of a measure, at the evaluations that have it. */
export const curveOf = (
  history: readonly CurveEntry[],
  value: (entry: CurveEntry) => number | undefined,
): readonly Point[] =>
  history.flatMap((entry): Point[] => {
    const y = value(entry);
    return y === undefined ? [] : [[entry.step, y]];
  });

/** Training and validation loss; for a generator with a second axis of perplexity. */
export function lossCurve(history: readonly CurveEntry[], task: Task): Plot {
  const lines = [
    { name: "training loss", points: curveOf(history, ({ training }) => training) },
    { name: "validation loss", points: curveOf(history, ({ validation }) => validation) },
  ].filter((line) => line.points.length > 0);
  const axes: Axes = {
    horizontal: stepAxis(history.at(-1)!.step),
    vertical: {
      title: lossTitles[task],
      span: rounded(spanOf(lines.flatMap((line) => line.points.map(([, y]) => y)))),
    },
    ...(task === "generator" && {
      right: { title: "perplexity", format: (loss: number) => decimal(perplexity(loss)) },
    }),
  };
  return linePlot(lines, axes, `loss by training step: ${lines.map(summaryOf).join("; ")}`);
}

/** Validation accuracy; null if no labels are predicted. */
export function accuracyCurve(history: readonly CurveEntry[]): Plot | null {
  const points = curveOf(history, ({ accuracy }) => accuracy);
  if (points.length === 0) return null;
  const [low, high] = rounded(spanOf(points.map(([, y]) => y)));
  const axes: Axes = {
    horizontal: stepAxis(history.at(-1)!.step),
    vertical: {
      title: "accuracy",
      span: [Math.max(0, low), Math.min(1, high)],
      format: (accuracy) => percent(accuracy, high - low < 0.05 ? 1 : 0),
    },
  };
  const line = { name: "validation accuracy", points };
  return linePlot([line], axes, `accuracy by training step: ${summaryOf(line)}`);
}

/** One line for each network. @param title the measure; an accuracy is shown in percent */
export function comparedCurves(lines: readonly Line[], title: "validation loss" | "validation accuracy"): Plot {
  const all = lines.flatMap(({ points }) => points);
  const axes: Axes = {
    horizontal: stepAxis(spanOf(all.map(([x]) => x))[1]),
    vertical: {
      title,
      span: rounded(spanOf(all.map(([, y]) => y))),
      ...(title === "validation accuracy" && { format: (accuracy: number) => percent(accuracy, 1) }),
    },
  };
  return linePlot(lines, axes, `${title} by training step: ${lines.map(summaryOf).join("; ")}`);
}

const stepAxis = (last: number) => ({ title: "training step", span: [0, last] as const, format: compact });

const summaryOf = ({ name, points }: Line): string =>
  `${name} from ${decimal(points[0]![1])} to ${decimal(points.at(-1)![1])}`;

/** The evaluations as a table that can be opened. @param withPerplexity for a generator */
export function curveTable(history: readonly CurveEntry[], withPerplexity: boolean): Markup {
  const withAccuracy = history.some(({ accuracy }) => accuracy !== undefined);
  const head = [
    "step",
    "epoch",
    "training loss",
    "validation loss",
    ...(withPerplexity ? ["perplexity"] : []),
    ...(withAccuracy ? ["accuracy"] : []),
  ];
  const rows = history.map(({ step, epoch, training, validation, accuracy }): Row => [
    step.toLocaleString("en"),
    epoch,
    training.toFixed(4),
    validation?.toFixed(4),
    ...(withPerplexity ? [validation === undefined ? "" : decimal(perplexity(validation), 4)] : []),
    ...(withAccuracy ? [accuracy === undefined ? "" : percent(accuracy, 1)] : []),
  ]);
  return tableDetails(table("Evaluations during training", head, rows));
}
