/** @file An evaluation as people and programs read it. */
import type { Baseline } from "../baselines/index.js";
import type { Evaluation } from "../evaluation/evaluate.js";
import { classificationReport, type ConfusionMatrix } from "../evaluation/metrics.js";
import { decimal, percent } from "./numberText.js";
import { formatTable, type Row, type Table } from "./textTable.js";

/** `loss`, and `accuracy` or `perplexity`, are at the top level. */
export function evaluationJson({ confusion, ...evaluation }: Evaluation, labels: readonly string[]): string {
  const report = confusion && { confusion, report: classificationReport(confusion, labels) };
  return `${JSON.stringify({ ...evaluation, ...report }, null, 2)}\n`;
}

export function evaluationText(evaluation: Evaluation, labels: readonly string[]): string {
  const { source, confusion, unknown } = evaluation;
  return [
    `${source}${unknown > 0 ? `, ${percent(unknown, 2)} of its tokens unknown` : ""}\n`,
    formatTable(scoreTable(evaluation)),
    ...(confusion ? [formatTable(reportTable(confusion, labels)), formatTable(confusionTable(confusion, labels))] : []),
  ].join("\n");
}

/** The network's score and each baseline's, a row each. */
export function scoreTable({
  loss,
  perplexity,
  accuracy,
  unseen,
  meanAbsoluteError,
  rootMeanSquaredError,
  r2,
  baselines,
}: Omit<Baseline, "name"> & { baselines: Baseline[] }): Table {
  const rows: Row[] = [
    { name: "network", loss, perplexity, accuracy, unseen, meanAbsoluteError, rootMeanSquaredError, r2 },
    ...baselines,
  ];
  const columns = [
    { key: "name", title: "" },
    { key: "accuracy", title: "accuracy", format: (share: number) => percent(share, 1) },
    { key: "unseen", title: "out-of-vocabulary accuracy", format: (share: number) => percent(share, 1) },
    { key: "meanAbsoluteError", title: "mean absolute error", format: decimal },
    { key: "rootMeanSquaredError", title: "root mean squared error", format: decimal },
    { key: "r2", title: "R²", format: (share: number) => share.toFixed(3) },
    { key: "perplexity", title: "perplexity", format: decimal },
    { key: "loss", title: "loss", format: (nats: number) => nats.toFixed(4) },
  ];
  return { columns: columns.filter(({ key }) => rows.some((row) => row[key] !== undefined)), rows };
}

/** As scikit-learn's classification report. */
function reportTable(confusion: ConfusionMatrix, labels: readonly string[]): Table {
  const { classes, macro, weighted } = classificationReport(confusion, labels);
  const share = (key: string) => ({ key, title: key, format: (value: number) => value.toFixed(3) });
  return {
    columns: [
      { key: "label", title: "" },
      share("precision"),
      share("recall"),
      { ...share("f1"), title: "F1" },
      { key: "support", title: "support" },
    ],
    rows: [...classes, { label: "macro average", ...macro }, { label: "weighted average", ...weighted }],
  };
}

function confusionTable(confusion: ConfusionMatrix, labels: readonly string[]): Table {
  return {
    columns: [
      { key: "label", title: "truth ↓  said →" },
      ...labels.map((label, index) => ({ key: String(index), title: label })),
    ],
    rows: confusion.map((row, index) => ({ label: labels[index], ...Object.fromEntries(row.entries()) })),
  };
}
