/** @file Sections about predicted labels: confusion matrix, scores by label, calibration. */
import { quantity } from "../common/quantity.js";
import type { Calibration } from "../evaluation/calibration.js";
import { classificationReport, type ConfusionMatrix } from "../evaluation/metrics.js";
import { percent } from "../render/numberText.js";
import { at, type Axes, frameOf, type Plot, plotWithAxes } from "../render/plotAxes.js";
import { type Markup, markup } from "../render/markup.js";
import { type Row, table, tableDetails } from "../render/htmlTable.js";

/** Each cell has its count and its fraction of the row, by which it is shaded. */
export function matrixTable(confusion: ConfusionMatrix, labels: readonly string[]): Markup {
  const rows = confusion.map((row, actual): Row => {
    const support = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count) => {
      const fraction = support === 0 ? 0 : count / support;
      return { content: markup`${count.toLocaleString("en")} <small>${percent(fraction)}</small>`, shade: fraction };
    });
    return [labels[actual]!, ...cells, support.toLocaleString("en")];
  });
  const head = ["actual ↓ predicted →", ...labels, "total"];
  return table("Predictions by actual label: count, and percentage of the row", head, rows);
}

export function scoresByLabel(confusion: ConfusionMatrix, labels: readonly string[]): Markup {
  const { classes, macro, weighted } = classificationReport(confusion, labels);
  const rows = [...classes, { label: "macro average", ...macro }, { label: "weighted average", ...weighted }];
  return table(
    "Scores by label",
    ["label", "precision", "recall", "F1", "support"],
    rows.map(({ label, precision, recall, f1, support }) => [
      label,
      ...[precision, recall, f1].map((score) => score.toFixed(3)),
      support.toLocaleString("en"),
    ]),
  );
}

const unit = { span: [0, 1] as const, format: (value: number) => percent(value) };
const axes: Axes = {
  horizontal: { ...unit, title: "confidence (probability of the predicted label)" },
  vertical: { ...unit, title: "accuracy" },
};

/** A reliability diagram: a bar for each bin, as high as its accuracy. A calibrated network has all bars on the diagonal. */
export function reliabilityPlot({ error, bins }: Calibration): Plot {
  const { position } = frameOf(axes);
  const bars = bins.map(({ from, to, count, confidence, accuracy }) => {
    const [left, top] = position([from, accuracy]);
    const [right, bottom] = position([to, 0]);
    const [x, y] = position([confidence, accuracy]);
    const title = `${quantity(count, "predictions")} with a mean confidence of ${percent(confidence, 1)}: ${percent(accuracy, 1)} are correct`;
    return markup`<g><title>${title}</title><rect class="bar" x="${at(left + 1)}" y="${at(top)}" width="${at(right - left - 2)}" height="${at(bottom - top)}"/><circle class="mean" cx="${at(x)}" cy="${at(y)}" r="4"/></g>`;
  });
  const [[x1, y1], [x2, y2]] = [position([0, 0]), position([1, 1])];
  const diagonal = markup`<line class="diagonal" x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"/>`;
  const label = `reliability diagram: expected calibration error ${percent(error, 1)}`;
  return plotWithAxes(axes, label, [...bars, diagonal]);
}

/** The bins of a reliability diagram as a table that can be opened. */
export function reliabilityTable({ bins }: Calibration): Markup {
  const rows = bins.map(({ from, to, count, confidence, accuracy }): Row => [
    `${percent(from)} to ${percent(to)}`,
    count.toLocaleString("en"),
    percent(confidence, 1),
    percent(accuracy, 1),
  ]);
  return tableDetails(
    table("Predictions by confidence", ["confidence", "predictions", "mean confidence", "accuracy"], rows),
  );
}
