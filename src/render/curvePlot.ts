/** @file How a network learned: its losses and its accuracy by step. */
import type { Task } from "../common/names.js";
import { perplexity } from "../evaluation/metrics.js";
import { compact, decimal, percent } from "./numberText.js";
import type { HistoryEntry } from "../training/runProgress.js";
import { at, type Axes, drawing, frameOf, type Point, rounded, spanOf } from "./plotAxes.js";
import { type Markup, markup } from "./markup.js";
import { numbers, type Row, table } from "./htmlTable.js";

export type Line = { name: string; points: readonly Point[] };

/** The style sheet tells eight lines apart. */
const hue = (index: number): number => (index % 8) + 1;

/** Names the lines of a chart where they are told apart. */
const legend = (lines: readonly Line[]): Markup =>
  markup`<p class="legend">${lines.map(({ name }, index) => markup`<span class="key key-${hue(index)}">${name}</span> `)}</p>`;

function lineChart(lines: readonly Line[], axes: Axes, label: string): Markup {
  const { place } = frameOf(axes);
  const content = lines.map(({ points, name }, index) => {
    const places = points.map(place);
    const path = places.map(([x, y], step) => `${step === 0 ? "M" : "L"}${at(x)} ${at(y)}`).join("");
    const marks = places.map(
      ([x, y], step) =>
        markup`<circle cx="${at(x)}" cy="${at(y)}" r="3"><title>${name}, step ${points[step]![0]}: ${decimal(points[step]![1], 4)}</title></circle>`,
    );
    return markup`<g class="line line-${hue(index)}"><path d="${path}"/>${marks}</g>`;
  });
  return drawing(axes, label, content);
}

const lossNames: { [Kind in Task]: string } = {
  generator: "loss in nats",
  classifier: "loss in nats",
  regressor: "mean squared error, scaled",
  tagger: "loss in nats",
};

/** A generator's loss is that of a text's tokens, so that it is a perplexity too. */
export function lossCurve(history: readonly HistoryEntry[], task: Task): Markup {
  const points = (value: (entry: HistoryEntry) => number | undefined): Point[] =>
    history.flatMap((entry) => {
      const found = value(entry);
      return found === undefined ? [] : [[entry.step, found] as const];
    });
  const lines = [
    { name: "training", points: points(({ training }) => training) },
    { name: "validation", points: points(({ validation }) => validation) },
  ].filter((line) => line.points.length > 0);
  const axes: Axes = {
    horizontal: stepsAxis(history),
    vertical: { title: lossNames[task], span: rounded(spanOf(lines.flatMap((line) => line.points.map(([, y]) => y)))) },
    ...(task === "generator" && {
      right: { title: "perplexity", format: (loss: number) => decimal(perplexity(loss)) },
    }),
  };
  return markup`<figure>${legend(lines)}${lineChart(lines, axes, `loss by step: ${lines.map(course).join("; ")}`)}</figure>`;
}

/** Null where nothing is labelled. */
export function accuracyCurve(history: readonly HistoryEntry[]): Markup | null {
  const points = history.flatMap(({ step, accuracy }): Point[] => (accuracy === undefined ? [] : [[step, accuracy]]));
  if (points.length === 0) return null;
  const [low, high] = rounded(spanOf(points.map(([, y]) => y)));
  const axes: Axes = {
    horizontal: stepsAxis(history),
    vertical: {
      title: "accuracy",
      span: [Math.max(0, low), Math.min(1, high)],
      format: (share) => percent(share, high - low < 0.05 ? 1 : 0),
    },
  };
  const line = { name: "validation", points };
  return markup`<figure>${legend([{ name: "accuracy in validation", points }])}${lineChart([line], axes, `accuracy by step: ${course(line)}`)}</figure>`;
}

/** One line for each network. @param title what is drawn: a loss, or a share where it is an accuracy */
export function comparedCurves(lines: readonly Line[], title: "validation loss" | "validation accuracy"): Markup {
  const all = lines.flatMap(({ points }) => points);
  const axes: Axes = {
    horizontal: { title: "steps", span: [0, spanOf(all.map(([x]) => x))[1]], format: compact },
    vertical: {
      title,
      span: rounded(spanOf(all.map(([, y]) => y))),
      ...(title === "validation accuracy" && { format: (share: number) => percent(share, 1) }),
    },
  };
  return markup`<figure>${legend(lines)}${lineChart(lines, axes, `${title} by step: ${lines.map(course).join("; ")}`)}</figure>`;
}

const stepsAxis = (history: readonly HistoryEntry[]) => ({
  title: "steps",
  span: [0, history.at(-1)!.step] as const,
  format: compact,
});

const course = ({ name, points }: Line): string =>
  `${name} from ${decimal(points[0]![1])} to ${decimal(points.at(-1)![1])}`;

export function curveNumbers(history: readonly HistoryEntry[], texts: boolean): Markup {
  const labelled = history.some(({ accuracy }) => accuracy !== undefined);
  const head = [
    "step",
    "epoch",
    "training loss",
    "validation loss",
    ...(texts ? ["perplexity"] : []),
    ...(labelled ? ["accuracy"] : []),
  ];
  const rows = history.map(({ step, epoch, training, validation, accuracy }): Row => [
    step.toLocaleString("en"),
    epoch,
    training.toFixed(4),
    validation?.toFixed(4),
    ...(texts ? [validation === undefined ? "" : decimal(perplexity(validation), 4)] : []),
    ...(labelled ? [accuracy === undefined ? "" : percent(accuracy, 1)] : []),
  ]);
  return numbers(table("Evaluations during training", head, rows));
}
