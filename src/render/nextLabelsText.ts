/** @file The texts to label next as an aligned table, as csv or tsv, or as JSON lines. */
import { agreeing, quantity } from "../common/quantity.js";
import type { Unreadable } from "../corpus/document.js";
import type { PlacedRow } from "../inference/activeLearning/labelRows.js";
import type { NextLabel, NextLabels } from "../inference/activeLearning/nextLabels.js";
import { beginning } from "./labelScoresText.js";
import { percent } from "./numberText.js";
import { formatTable, type Table } from "./textTable.js";
import { csvCell, tsvCell } from "./tsvCell.js";
import { displayWidth } from "./textWidth.js";

type Found = NextLabel<PlacedRow>;

/** A text has at least so many letters, however narrow the terminal. */
const leastLetters = 20;
/** Between columns, and before the mark of a shortened text. */
const gap = 4;

/** For a terminal: a line for each text, which is shortened to fit. @param files the number of files that were read */
export function nextLabelsTable(found: readonly Found[], files: number, width: number): string {
  const rows = found.map(({ row: { file, line }, predictions: [first, second] }) => ({
    place: files > 1 ? `${file}:${line}` : String(line),
    label: first!.label,
    probability: first!.probability,
    second: second?.label ?? "",
    secondProbability: second?.probability ?? null,
  }));
  const columns: Table["columns"] = [
    { key: "place", title: files > 1 ? "place" : "line", align: files > 1 ? "left" : "right" },
    { key: "label", title: "label" },
    { key: "probability", title: "", format: (value) => percent(value, 1) },
    { key: "second", title: "or", rank: 1 },
    { key: "secondProbability", title: "", format: (value) => percent(value, 1), rank: 1 },
  ];
  const lines = formatTable({ columns, rows }, Infinity).split("\n");
  const widest = lines.reduce((most, line) => Math.max(most, displayWidth(line)), 0); // a call takes some 100,000 arguments
  const letters = Math.max(leastLetters, width - widest - gap);
  return formatTable(
    {
      columns: [...columns, { key: "text", title: "text" }],
      rows: rows.map((row, index) => ({ ...row, text: beginning(found[index]!.row.text, letters) })),
    },
    width,
  );
}

const digits = (probability: number): number => Number(probability.toFixed(4));

/** Unshortened texts below a header, or a JSON object a line. The column `file` is there if several files were read. */
export function nextLabelsLines(found: readonly Found[], files: number, format: "tsv" | "csv" | "jsonl"): string {
  const rows = found.map(
    ({ row: { file, line, text }, predictions: [first, second], uncertainty, hasNoKnownWord }) => ({
      ...(files > 1 && { file }),
      line,
      text,
      predicted_label: first!.label,
      probability: digits(first!.probability),
      second_label: second?.label ?? "",
      second_probability: second ? digits(second.probability) : "",
      uncertainty: digits(uncertainty),
      ...(format === "jsonl" && hasNoKnownWord && { noKnownWord: true }),
    }),
  );
  if (format === "jsonl") return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const header = [
    ...(files > 1 ? ["file"] : []),
    "line",
    "text",
    "predicted_label",
    "probability",
    "second_label",
    "second_probability",
    "uncertainty",
  ];
  const cell = format === "csv" ? csvCell : tsvCell;
  const line = (cells: readonly (string | number | boolean)[]): string =>
    `${cells.map((one) => cell(String(one))).join(format === "csv" ? "," : "\t")}\n`;
  return [header, ...rows.map(Object.values)].map(line).join("");
}

/** How many texts there were, and what a person should know of those that are listed. */
export function nextLabelsNotes({ next, candidates, labeled }: NextLabels<PlacedRow>): string[] {
  const others = labeled > 0 ? `; ${quantity(labeled, "texts")} ${agreeing(labeled, "has", "have")} one` : "";
  const unknown = next.filter(({ hasNoKnownWord }) => hasNoKnownWord).length;
  return [
    candidates === 0
      ? `no text without a label${others}${labeled > 0 ? ", and --label-column none lists these too" : ""}`
      : `${next.length.toLocaleString("en")} of ${quantity(candidates, "texts")} without a label${others}`,
    ...(unknown === 0
      ? []
      : [
          `${unknown.toLocaleString("en")} of them ${agreeing(unknown, "has", "have")} no word that the model knows, so that the label says nothing`,
        ]),
  ];
}

/** Counts rows without a text. */
export class UnreadRows {
  private count = 0;
  private first = "";

  readonly add = ({ source, line, reason }: Unreadable): void => {
    if (this.count++ === 0) this.first = `${source}:${line}: ${reason}`;
  };

  notes(): string[] {
    return this.count === 0 ? [] : [`${quantity(this.count, "rows")} skipped; the first is ${this.first}`];
  }
}
