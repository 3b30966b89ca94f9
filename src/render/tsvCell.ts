/** @file Cells of tab-separated and comma-separated output. */

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** A text as one cell of one line: a backslash, tab, line feed or carriage return is escaped with a backslash. */
export const tsvCell = (text: string): string =>
  /[\\\t\n\r]/.test(text) ? text.replaceAll(/[\\\t\n\r]/g, (character) => escapes[character]!) : text;

/** A row without an answer: empty cells, then the reason. @param columns the number of empty cells */
export const tsvError = (reason: string, columns: number): string => `${"\t".repeat(columns)}${tsvCell(reason)}`;

/** A text as one cell between commas (RFC 4180). */
export const csvCell = (text: string): string =>
  /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
