/** @file The columns with the text, by their names or their contents. */
import { UserError } from "../../common/errors.js";
import { isOtherName, normalName, partNames, textNames, textRank } from "./columnNames.js";
import { type Candidate, looksLikeTexts, shownColumns } from "./columnValues.js";

/** More columns of texts are not joined unless an option says so. */
const maxTexts = 3;

/** How much longer than a title a column without a known name is, if it has the text. */
const muchLonger = 1.5;

/** A column with a known name alone; columns such as title and description together, and with a longer text of another name. */
export function textsByName(candidates: readonly Candidate[]): Candidate[] | undefined {
  const hasTexts = candidates.some(looksLikeTexts);
  const named = candidates.filter(
    ({ name, kind }) => textRank(name) < Infinity && (!hasTexts || kind === "words" || kind === "empty"),
  );
  const exact = textNames.flatMap((known) => named.find(({ name }) => normalName(name) === known) ?? []);
  const first = exact[0];
  if (first && !partNames.includes(normalName(first.name))) return [first];
  const best = first ? 1 : Math.min(...named.map(({ name }) => textRank(name)));
  const isLonger = ({ name, meanLength }: Candidate): boolean =>
    first !== undefined && !isOtherName(name) && meanLength > muchLonger * first.meanLength;
  const ranked = candidates.filter(
    (candidate) =>
      (named.includes(candidate) && textRank(candidate.name) <= best) ||
      (looksLikeTexts(candidate) && isLonger(candidate)),
  );
  const texts = ranked.filter(looksLikeTexts);
  if (texts.length > 0 && texts.length <= maxTexts) return texts;
  return first ? [first] : ranked.length === 1 ? ranked : undefined;
}

/** All columns of texts. @throws UserError for too many */
export function textsByContents(candidates: readonly Candidate[]): Candidate[] {
  const texts = candidates.filter(looksLikeTexts);
  const likely = texts.filter(({ name }) => !isOtherName(name));
  const found = likely.length > 0 ? likely : texts;
  if (found.length <= maxTexts) return found;
  throw new UserError(
    `${found.length} columns may have the text: ${shownColumns(found)}; name some with --text-column`,
  );
}

/**
 * The text column of a table without texts of several words: the only one of names, words, addresses or codes.
 * @throws UserError if there is none, or several ones
 */
export function lastText(candidates: readonly Candidate[]): Candidate {
  const likely = candidates.filter(({ name }) => !isOtherName(name));
  for (const kind of ["words", "url", "identifier"] as const) {
    const found = (likely.length > 0 ? likely : candidates).filter((candidate) => candidate.kind === kind);
    const own = found.filter(({ values, filled }) => values.length > filled / 4);
    const [single, ...more] = own.length > 0 ? own : found;
    if (single && more.length === 0) return single;
    if (single) break;
  }
  if (candidates.length === 0)
    throw new UserError("no text column is left beside the columns that options name; name it with --text-column");
  const numbers = candidates.every(({ cells }) => cells.every((cell) => Number.isFinite(Number(cell))))
    ? ", or give --window N to read windows of N rows of numbers"
    : "";
  throw new UserError(
    `no known text column; name it with --text-column${numbers}; columns are: ${shownColumns(candidates)}`,
  );
}
