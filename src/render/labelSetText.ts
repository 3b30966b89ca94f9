/** @file The scores of sets of labels, label by label. */
import type { LabelCounts } from "../common/labelSetCounts.js";
import { labelReport } from "../common/labelSetCounts.js";
import type { Table } from "./textTable.js";

type SetScores = { labelCounts: readonly LabelCounts[]; thresholds?: readonly number[] | undefined };

/** Precision, recall and F1 of each label, and the probability from which on it applies. */
export const labelSetRows = ({ labelCounts, thresholds = [] }: SetScores, labels: readonly string[]) =>
  labelCounts.map((counts, index) => ({
    label: labels[index]!,
    ...labelReport(counts),
    predicted: counts.predicted,
    threshold: thresholds[index],
  }));

/** The same as a table. */
export function labelSetTable(scores: SetScores, labels: readonly string[]): Table {
  const fraction = (key: string, title = key) => ({ key, title, format: (value: number) => value.toFixed(3) });
  return {
    columns: [
      { key: "label", title: "" },
      fraction("precision"),
      fraction("recall"),
      fraction("f1", "F1"),
      { key: "support", title: "support" },
      fraction("threshold"),
    ],
    rows: labelSetRows(scores, labels),
  };
}
