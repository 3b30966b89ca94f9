/** @file Finds the columns of a table that have the text and the label: by options, by their names, and by their contents. */
import { normalName } from "./columnNames.js";
import { type Candidate, clearColumns, columnValues, enoughRows, type Rows } from "./columnValues.js";
import type { RecordedColumns } from "../document.js";
import {
  columnIndex,
  columnNumbers,
  type ColumnOptions,
  givenIndex,
  givenTexts,
  nameAt,
  noColumn,
  type TextColumns,
} from "./givenColumns.js";
import { isConstant, labelByContents, labelByName, noLabels } from "./labelColumn.js";
import { lastText, textsByContents, textsByName } from "./textColumns.js";

/** Indices of the columns, from 0. */
export type Columns = TextColumns & { label: number | undefined };

export type SampledTable = {
  /** The cells of the header; undefined for a table without one. */
  header: readonly string[] | undefined;
  width: number;
  /** The first rows after the header. */
  sample: Rows;
  /** Rows from the whole table, because it may be sorted by its labels. */
  spread: () => Promise<Rows>;
};

/** @throws UserError for a given column that the table does not have, and if the columns of the text and the label cannot be found */
export async function findColumns(table: SampledTable, options: ColumnOptions): Promise<Columns> {
  const { header, width, sample } = table;
  const names = header ?? columnNumbers(width);
  const given = options.labelColumn === undefined ? undefined : givenLabel(names, options.labelColumn);
  const { groupColumn, timeColumn, valueColumns = [] } = options;
  const others = [groupColumn, timeColumn, ...valueColumns];
  const taken = new Set([given, ...others.map((name) => givenIndex(names, name))]);
  const candidates = candidatesOf(table, sample).filter(({ index }) => !taken.has(index));
  const texts = options.textColumn ? givenTexts(names, options.textColumn) : textsOf(table, candidates);
  const rest = candidates.filter(({ index }) => !texts?.text.includes(index));
  const clear = isSmall(table) ? clearColumns(sample) : undefined;
  const wantsLabel = !options.textsOnly && options.labelColumn === undefined && width > 1;
  const label = wantsLabel ? await labelOf(table, rest) : given;
  const { text, ...join } = texts ?? {
    text: isSmall(table)
      ? [clear && label !== clear.text ? clear.text : label === 0 ? 1 : 0]
      : [lastText(rest.filter(({ index }) => index !== label)).index],
  };
  const hasLabel = !options.textsOnly && label !== undefined && !text.includes(label);
  return { text, ...join, label: hasLabel ? label : undefined };
}

/** The columns of a record. @throws UserError for one that the table does not have */
export const recordedColumns = (
  names: readonly string[],
  { textColumns = [], textJoin, labelColumn }: RecordedColumns,
  { textsOnly }: ColumnOptions,
): Columns => ({
  ...(textJoin && { textJoin }),
  text: textColumns.map((name) => columnIndex(names, name, "text-column")),
  label: labelColumn === undefined || textsOnly ? undefined : columnIndex(names, labelColumn, "label-column"),
});

/** The record of columns. */
export const columnRecord = ({ text, textJoin, label }: Columns, names: readonly string[]): RecordedColumns => ({
  textColumns: text.map((column) => nameAt(names, column)),
  ...(textJoin && { textJoin }),
  ...(label !== undefined && { labelColumn: nameAt(names, label) }),
});

const givenLabel = (names: readonly string[], given: string): number | undefined =>
  given === noColumn && !names.some((name) => normalName(name) === noColumn)
    ? undefined
    : columnIndex(names, given, "label-column");

const candidatesOf = ({ header, width }: SampledTable, rows: Rows): Candidate[] =>
  Array.from({ length: width }, (_, index) => {
    const cells = rows.map((row) => row[index]?.trim() ?? "");
    return { ...columnValues(cells), cells, index, name: header?.[index] ?? "" };
  });

/** Whether columns are taken by their places: the text is first and the label last. */
const isSmall = ({ header, sample }: SampledTable): boolean => header === undefined && sample.length < enoughRows;

function textsOf(table: SampledTable, candidates: readonly Candidate[]): TextColumns | undefined {
  if (table.width === 1) return { text: [0] };
  const found = textsByName(candidates) ?? (isSmall(table) ? [] : textsByContents(candidates));
  if (found.length === 0) return undefined;
  return { text: found.map(({ index }) => index), ...(found.length > 1 && { textJoin: "\n" }) };
}

async function labelOf(table: SampledTable, candidates: readonly Candidate[]): Promise<number | undefined> {
  if (isSmall(table)) return clearColumns(table.sample)?.label ?? table.width - 1;
  const named = labelByName(candidates);
  if (named) return named.index;
  const isFree = new Set(candidates.map(({ index }) => index));
  const all = candidates.some(isConstant) ? candidatesOf(table, await table.spread()) : candidates;
  const label = labelByContents(
    all.filter(({ index }) => isFree.has(index)),
    table.header !== undefined,
  );
  if (label === undefined && table.header === undefined) throw noLabels(candidatesOf(table, table.sample));
  return label?.index;
}
