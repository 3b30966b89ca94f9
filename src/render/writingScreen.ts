/** @file The screen of `rnn write`: a state as full lines. */
import { percent } from "./numberText.js";
import { displayWidth } from "./textWidth.js";

/** A line of the page: the code units from `start` to before `end`; a newline or a space that ends it is not shown. */
export type PageRow = { start: number; end: number };

/** Breaks a text at newlines, and lines that are too long at spaces, or else within words. One column is left for the cursor. */
export function rowsOf(text: string, columns: number): PageRow[] {
  const width = Math.max(1, columns - 1);
  const rows: PageRow[] = [];
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    pushRows(rows, text, { start, end }, width);
    start = end + 1;
  }
  return rows;
}

const plain = /^[\x20-\x7E]*$/;
let graphemes: Intl.Segmenter | undefined; // takes long to make

function pushRows(rows: PageRow[], text: string, line: PageRow, width: number): void {
  let { start } = line;
  while (line.end - start > 0) {
    const fitting = start + fittingLength(text.slice(start, Math.min(line.end, start + 16 * width)), width);
    if (fitting >= line.end) break;
    const space = text.lastIndexOf(" ", fitting);
    const end = space > start ? space : fitting;
    rows.push({ start, end });
    start = space > start ? space + 1 : fitting;
  }
  rows.push({ start, end: line.end });
}

/** The code units that fit into a width; at least one character. */
function fittingLength(text: string, width: number): number {
  if (plain.test(text.slice(0, width + 1))) return Math.min(text.length, width);
  graphemes ??= new Intl.Segmenter();
  let used = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += displayWidth(segment);
    if (used > width && index > 0) return index;
  }
  return text.length;
}

/** A continuation that is offered. */
export type ShownChoice = { number: number; text: string; probability: number | null };
/** A setting that can be changed. */
export type ShownSetting = { name: string; value: string };

export type WritingView = {
  columns: number;
  rows: number;
  /** The first and the last part of the first line. */
  title: string;
  detail: string;
  text: string;
  cursor: number;
  /** Whether the model wrote the character at a position. */
  isOfModel: (position: number) => boolean;
  choices: readonly ShownChoice[];
  /** Index of the choice or setting that is marked; -1 for none. */
  selected: number;
  settings: readonly ShownSetting[];
  /** Lines at the bottom: a message or question, and the keys. */
  note: string;
  keys: string;
  /** The column of the cursor in the note; undefined if it is on the page. */
  noteCursor?: number | undefined;
};

/** How parts are marked; each returns its text as it is where the terminal has no colors. */
export type ScreenStyle = {
  bar: (text: string) => string;
  model: (text: string) => string;
  faint: (text: string) => string;
};

export type Screen = { lines: string[]; cursor: { row: number; column: number } };

/** The rows of the screen that the page does not have: title, note and keys. */
const frameRows = 3;
const mostChoiceRows = 9;

/** As many lines as the terminal has rows, none wider than it; those of a tiny terminal are the page alone. */
export function writingScreen(view: WritingView, style: ScreenStyle): Screen {
  const { columns, rows } = view;
  const offered = view.settings.length > 0 ? settingLines(view) : choiceLines(view);
  const isTiny = rows < frameRows + 3;
  const shown = isTiny ? [] : offered.slice(0, Math.max(1, Math.min(mostChoiceRows, rows - frameRows - 2)));
  const height = isTiny ? Math.max(1, rows) : rows - frameRows - shown.length;
  const { lines: page, cursor } = pageLines(view, height, style);
  if (isTiny) return { lines: page, cursor };
  const gap = Math.max(1, columns - displayWidth(view.title) - displayWidth(view.detail));
  const title = style.bar(padded(`${view.title}${" ".repeat(gap)}${view.detail}`, columns));
  const lines = [title, ...page, ...shown, fitted(view.note, columns), style.faint(fitted(view.keys, columns))];
  const onPage = { row: cursor.row + 1, column: cursor.column };
  const onNote = { row: rows - 2, column: Math.min(columns - 1, view.noteCursor ?? 0) };
  return { lines, cursor: view.noteCursor === undefined ? onPage : onNote };
}

/** The lines of the page around the cursor. */
function pageLines({ text, cursor, columns, isOfModel }: WritingView, height: number, style: ScreenStyle): Screen {
  const rows = rowsOf(text, columns);
  const at = rows.findLastIndex(({ start }) => start <= cursor);
  const first = Math.max(0, Math.min(at - Math.floor(height / 2), rows.length - height));
  const lines = Array.from({ length: height }, (_, index) => {
    const row = rows[first + index];
    return row ? markedRow(text, row, isOfModel, style.model) : "";
  });
  const column = displayWidth(visible(text.slice(rows[at]!.start, Math.min(cursor, rows[at]!.end))));
  return { lines, cursor: { row: at - first, column: Math.min(column, Math.max(0, columns - 1)) } };
}

function markedRow(
  text: string,
  { start, end }: PageRow,
  isOfModel: (position: number) => boolean,
  mark: (text: string) => string,
): string {
  let line = "";
  for (let from = start; from < end;) {
    let to = from + 1;
    while (to < end && isOfModel(to) === isOfModel(from)) to++;
    const part = visible(text.slice(from, to));
    line += isOfModel(from) ? mark(part) : part;
    from = to;
  }
  return line;
}

/** Control characters as one column each, so that a text cannot control the terminal. */
export const visible = (text: string): string =>
  text
    .replaceAll("\n", "↵")
    .replaceAll("\t", " ")
    .replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, "·");

const cellGap = 2;

/** The choices in columns, row by row; sentences have lines of their own. */
function choiceLines({ choices, selected, columns }: WritingView): string[] {
  const cells = choices.map(({ number, text, probability }, index) => {
    const chance = probability === null ? "" : ` ${percent(probability)}`;
    const body = `${number} ${visible(text.trimStart() === "" ? text : text.trimStart().replace(/^\n+/, visible))}${chance}`;
    return index === selected ? `[${body}]` : ` ${body} `;
  });
  const areSentences = choices.some(({ probability }) => probability === null);
  const lines: string[] = [];
  let line = "";
  for (const cell of cells) {
    const longer = line === "" ? cell : line + " ".repeat(cellGap) + cell;
    if (line === "" || (!areSentences && displayWidth(longer) <= columns)) line = longer;
    else {
      lines.push(line);
      line = cell;
    }
  }
  return [...lines, line].map((one) => fitted(one, columns));
}

const settingLines = ({ settings, selected, columns }: WritingView): string[] =>
  settings.map(({ name, value }, index) =>
    fitted(index === selected ? `[${name}  < ${value} >]` : ` ${name}  ${value}`, columns),
  );

/** The start of a line that fits, with an ellipsis where it is cut. */
function fitted(line: string, columns: number): string {
  if (displayWidth(line) <= columns) return line;
  return columns < 2 ? "" : `${line.slice(0, fittingLength(line, columns - 1))}…`;
}

function padded(line: string, columns: number): string {
  const short = fitted(line, columns);
  return short + " ".repeat(Math.max(0, columns - displayWidth(short)));
}
