/** @file Splits the usual rows of a table into cells, several times as fast as csv-parse, which reads all other tables and rows. */
import type { FoundDialect } from "./dialect.js";

/** A row, where it ends in the bytes, and the line ends in it. */
export type PlainRow = { cells: string[]; end: number; lines: number };

const newline = 0x0a;
const carriageReturn = 0x0d;
const asciiEnd = 0x80;

/** The row is not complete; or it is not a usual one, as with letters after a closing quote. */
export type Unsplit = "incomplete" | "unusual";

/**
 * Splits rows of cells between one-byte delimiters, which a line feed ends with or without a carriage return. A cell that starts with a quote ends with one, and a
 * quote in it is doubled; in other cells quotes are characters.
 */
export class PlainRows {
  private readonly delimiter: number;
  private readonly quote: number;
  private readonly doubled: RegExp;
  private readonly quoteText: string;

  /** Whether rows of a dialect can be split so. */
  static canSplit({ dialect: { delimiter, quote, escape, skipSpaces }, lineEnd, firstLine }: FoundDialect): boolean {
    const isByte = (text: string): boolean =>
      text.length === 1 && text.charCodeAt(0) < asciiEnd && !/[\r\n]/.test(text);
    return (
      lineEnd === "\n" &&
      firstLine === 1 &&
      !skipSpaces &&
      isByte(delimiter) &&
      (quote === "" || (isByte(quote) && escape === quote && quote !== delimiter))
    );
  }

  /** @param found a dialect that can be split */
  constructor({ dialect: { delimiter, quote } }: FoundDialect) {
    this.delimiter = delimiter.charCodeAt(0);
    this.quote = quote === "" ? -1 : quote.charCodeAt(0);
    this.quoteText = quote;
    this.doubled = new RegExp(`\\${quote}\\${quote}`, "g");
  }

  /**
   * The row that begins at an offset.
   * @param isLast whether no bytes follow these
   */
  rowAt(bytes: Buffer, start: number, isLast: boolean): PlainRow | Unsplit {
    const { delimiter, quote } = this;
    const { length } = bytes;
    const cells: string[] = [];
    let lines = 1;
    for (let at = start; ; at++) {
      if (at < length && bytes[at] === quote) {
        const begin = ++at;
        let isDoubled = false;
        for (; ; at++) {
          while (at < length && bytes[at] !== quote) if (bytes[at++] === newline) lines++;
          if (at >= length) return isLast ? "unusual" : "incomplete";
          if (bytes[at + 1] !== quote) break;
          isDoubled = true;
          at++;
        }
        const cell = bytes.toString("utf8", begin, at);
        cells.push(isDoubled ? cell.replace(this.doubled, this.quoteText) : cell);
        at++;
        if (at < length && bytes[at] === carriageReturn && bytes[at + 1] === newline) at++;
        if (at >= length || (bytes[at] === carriageReturn && at + 1 >= length && !isLast))
          return isLast ? { cells, end: length, lines: lines - 1 } : "incomplete";
        if (bytes[at] === newline) return { cells, end: at + 1, lines };
        if (bytes[at] !== delimiter) return "unusual";
      } else {
        const begin = at;
        while (at < length && bytes[at] !== delimiter && bytes[at] !== newline) at++;
        if (at >= length && !isLast) return "incomplete";
        const isEnd = at >= length || bytes[at] === newline;
        const isReturned = isEnd && at < length && at > begin && bytes[at - 1] === carriageReturn;
        cells.push(bytes.toString("utf8", begin, isReturned ? at - 1 : at));
        if (at >= length) return { cells, end: length, lines: lines - 1 };
        if (isEnd) return { cells, end: at + 1, lines };
      }
    }
  }
}
