/** @file The column with the labels, by its name or its contents. */
import { UserError } from "../../common/errors.js";
import { isOtherName, labelNames, labelRank, normalName } from "./columnNames.js";
import { type Candidate, enoughRows, looksLikeLabels, shownColumns } from "./columnValues.js";

/** From so many rows on, a label for each row is none. */
const manyRows = 20;

/**
 * The column with a known name for labels, else with such a word in its name.
 * @throws UserError for several ones that differ
 */
export function labelByName(candidates: readonly Candidate[]): Candidate | undefined {
  const usable = candidates.filter(mayHaveLabels);
  const exact = labelNames.flatMap((known) => usable.find(({ name }) => normalName(name) === known) ?? []);
  if (exact[0]) return exact[0];
  const named = usable.filter((candidate) => labelRank(candidate.name) < Infinity && hasLabels(candidate));
  const best = Math.min(...named.map(({ name }) => labelRank(name)));
  return theOnly(named.filter(({ name }) => labelRank(name) === best));
}

/** Whether nothing in the values excludes that they are labels. */
const mayHaveLabels = ({ kind, values, filled, cells }: Candidate): boolean =>
  (cells.length < enoughRows || kind === "words" || kind === "integer" || kind === "number") &&
  !(filled >= manyRows && values.length === filled && kind !== "number");

/** Whether the values show labels, or are too few to show anything else. */
const hasLabels = (candidate: Candidate): boolean =>
  candidate.cells.length < enoughRows
    ? labelRank(candidate.name) <= 2
    : looksLikeLabels(candidate) || (labelRank(candidate.name) <= 2 && isConstant(candidate));

/** Whether it may have labels of which the first rows have one only. */
export const isConstant = ({ kind, values, filled, cells, name }: Candidate): boolean =>
  values.length === 1 && filled >= cells.length / 2 && (kind === "integer" || kind === "words") && !isOtherName(name);

/**
 * The only column whose values repeat as labels do; else, of the names of labels, the only one with measured numbers.
 * Without a header also the last column, if its values repeat.
 * @throws UserError for several ones that differ
 */
export function labelByContents(candidates: readonly Candidate[], hasHeader: boolean): Candidate | undefined {
  const label = theOnly(candidates.filter((candidate) => looksLikeLabels(candidate) && !isOtherName(candidate.name)));
  if (label) return label;
  const numbers = candidates.filter(({ kind, name }) => kind === "number" && (!hasHeader || labelRank(name) <= 2));
  if (numbers.length === 1 || hasHeader) return theOnly(numbers);
  const last = candidates.at(-1);
  return last?.kind === "integer" || (last && last.values.length < last.filled) ? last : undefined;
}

/** The error for a table without header and without labels. */
export const noLabels = (candidates: readonly Candidate[]): UserError =>
  new UserError(
    `each of the first ${candidates[0]?.cells.length ?? 0} rows has a label of its own, or none; name the columns with --text-column and --label-column (none: without labels); columns are: ${shownColumns(candidates)}`,
  );

/** Of columns with the same labels in other words, the one that is not of numbers. @throws UserError for columns that differ */
function theOnly(found: readonly Candidate[]): Candidate | undefined {
  const [first, ...others] = found;
  if (first === undefined || others.every((other) => haveSameLabels(first, other)))
    return found.find(({ kind }) => kind === "words") ?? first;
  throw new UserError(
    `${found.length} columns may have the labels: ${shownColumns(found)}; choose one with --label-column (none: without labels)`,
  );
}

/** Whether each label of one column stands beside one label of the other. */
function haveSameLabels(left: Candidate, right: Candidate): boolean {
  const pairs = new Set(left.cells.map((cell, row) => `${cell}\0${right.cells[row]}`));
  return pairs.size === new Set(left.cells).size && pairs.size === new Set(right.cells).size;
}
