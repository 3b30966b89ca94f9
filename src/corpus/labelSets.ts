/** @file Several labels of a document (--multilabel): in an array, between separators in a cell, or repeated on a line. */
import { UserError } from "../common/errors.js";
import { labelNames, normalName } from "./columns/columnNames.js";
import { isMissing } from "./columns/columnValues.js";
import type { ReadOptions } from "./formats/index.js";

const defaultSeparator = "|";
const setNames = ["labels", "tags", "categories", "topics", "genres", "emotions", ...labelNames];

/** Each label once, in their order. */
export const labelSet = (labels: readonly string[]): string[] => [
  ...new Set(labels.map((label) => label.trim()).filter((label) => label !== "")),
];

/** The labels of a cell; none for a missing value. */
export const labelsInCell = (cell: string, { labelSeparator = defaultSeparator }: ReadOptions): string[] =>
  isMissing(cell.trim()) ? [] : labelSet(cell.split(labelSeparator));

/** The first known name of a column with sets of labels. */
export const labelSetName = (names: readonly string[]): string | undefined =>
  setNames.flatMap((known) => names.find((name) => normalName(name) === known) ?? [])[0];

/**
 * The options with the column of the labels, which is found by its name alone, because sets of labels may look like anything.
 * @throws UserError if no column has such a name
 */
export function withLabelSetColumn(options: ReadOptions, names: readonly string[] | undefined): ReadOptions {
  const { multilabel, textsOnly, labelColumn, columns } = options;
  if (!multilabel || textsOnly || labelColumn !== undefined || columns) return options;
  const found = labelSetName(names ?? []);
  if (found !== undefined) return { ...options, labelColumn: found };
  throw new UserError(
    `no column has a known name for labels; name the one with the sets of labels with --label-column${names ? `; columns are: ${names.join(", ")}` : ", as a number from 1"}`,
  );
}
