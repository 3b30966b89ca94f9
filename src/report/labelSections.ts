/** @file What a network takes for what, and whether its probabilities can be trusted. */
import type { Calibration } from "../evaluation/calibration.js";
import { classificationReport, type ConfusionMatrix } from "../evaluation/metrics.js";
import { percent } from "../render/numberText.js";
import { at, type Axes, drawing, frameOf } from "../render/plotAxes.js";
import { type Markup, markup } from "../render/markup.js";
import { numbers, type Row, table } from "../render/htmlTable.js";

/** Each row's counts and shares, darker where there are more. */
export function matrixTable(confusion: ConfusionMatrix, labels: readonly string[]): Markup {
  const rows = confusion.map((row, truth): Row => {
    const support = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count) => {
      const share = support === 0 ? 0 : count / support;
      return { content: markup`${count.toLocaleString("en")} <small>${percent(share)}</small>`, shade: share };
    });
    return [labels[truth]!, ...cells, support.toLocaleString("en")];
  });
  const head = ["truth ↓ answer →", ...labels, "in all"];
  return table("Answers by true label: how many, and their share of the label's texts", head, rows);
}

export function scoresByLabel(confusion: ConfusionMatrix, labels: readonly string[]): Markup {
  const { classes, macro, weighted } = classificationReport(confusion, labels);
  const rows = [...classes, { label: "macro average", ...macro }, { label: "weighted average", ...weighted }];
  return table(
    "Scores by label",
    ["label", "precision", "recall", "F1", "texts"],
    rows.map(({ label, precision, recall, f1, support }) => [
      label,
      ...[precision, recall, f1].map((score) => score.toFixed(3)),
      support.toLocaleString("en"),
    ]),
  );
}

const share = { span: [0, 1] as const, format: (value: number) => percent(value) };
const axes: Axes = {
  horizontal: { ...share, title: "confidence: the mean probability of the answers" },
  vertical: { ...share, title: "share of them that is right" },
};

/** A bar for each bin, as high as the share of its answers that is right; the diagonal is where they should end. */
export function reliabilityDiagram({ error, bins }: Calibration): Markup {
  const { place } = frameOf(axes);
  const bars = bins.map(({ from, to, count, confidence, accuracy }) => {
    const [left, top] = place([from, accuracy]);
    const [right, bottom] = place([to, 0]);
    const [x, y] = place([confidence, accuracy]);
    const words = `${count} answers of ${percent(confidence, 1)} on average: ${percent(accuracy, 1)} are right`;
    return markup`<g><title>${words}</title><rect class="bar" x="${at(left + 1)}" y="${at(top)}" width="${at(right - left - 2)}" height="${at(bottom - top)}"/><circle class="mean" cx="${at(x)}" cy="${at(y)}" r="4"/></g>`;
  });
  const [[x1, y1], [x2, y2]] = [place([0, 0]), place([1, 1])];
  const diagonal = markup`<line class="diagonal" x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"/>`;
  const label = `reliability diagram: expected calibration error ${percent(error, 1)}`;
  const rows = bins.map(({ from, to, count, confidence, accuracy }): Row => [
    `${percent(from)} to ${percent(to)}`,
    count.toLocaleString("en"),
    percent(confidence, 1),
    percent(accuracy, 1),
  ]);
  return markup`<figure>${drawing(axes, label, [...bars, diagonal])}</figure>
${numbers(table("Answers by their confidence", ["confidence", "answers", "mean confidence", "right"], rows))}`;
}
