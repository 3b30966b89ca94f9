/** @file What generated texts have copied from the training text, as text. */
import type { Citation } from "../inference/copying/citation.js";
import type { CopiedShare, Memorization } from "../inference/copying/memorization.js";
import { decimal } from "./numberText.js";
import { defaultWidth, formatTable, type LabeledLine, labeledLines } from "./textTable.js";
import { beginning } from "./labelScoresText.js";
import { printable, wrapText } from "./textWidth.js";

/** A row for each text, then the longest run of each. */
export function memorizationText({ unit, rows }: Memorization, width = defaultWidth): string {
  const one = unit.slice(0, -1);
  const title = `runs that are copied from the training text, in ${unit}; the mean is over the longest runs that end at each ${one}`;
  const columns = [
    { key: "name", title: "" },
    { key: "length", title: unit },
    { key: "longest", title: "longest run" },
    { key: "mean", title: "mean run", format: decimal },
  ];
  const runs = rows.map((row): LabeledLine => [nameOf(row), printable(beginning(row.example))]);
  return [
    ...wrapText(title, width),
    formatTable({ columns, rows: rows.map((row) => ({ ...row, name: nameOf(row) })) }, width),
    "the longest run of each:",
    ...labeledLines(runs, width),
    "",
  ].join("\n");
}

/** The longest run that a text has copied, in a line. */
export function citationText({ text, length, unit, source, line, document }: Citation): string {
  if (length === 0) return "longest copied run: none";
  const place =
    line === undefined ? `${source}${document === undefined ? "" : `, document ${document}`}` : `${source}:${line}`;
  return `longest copied run: ${length} ${unit}, ${printable(place)}: ${printable(beginning(text))}`;
}

const nameOf = ({ text, temperature }: CopiedShare): string =>
  temperature === undefined ? `the ${text} part` : `temperature ${temperature}`;
