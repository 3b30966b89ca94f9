/** @file Results that stream to stdout, with their count as progress on stderr. */
import { Chalk } from "chalk";
import { UserError } from "../../common/errors.js";
import { quantity } from "../../common/quantity.js";
import { isUnreadable, type Unreadable } from "../../corpus/document.js";
import { suspectAnswer } from "../../inference/scoring/scoredRows.js";
import { answerRows, type AnswerTable, type TablePlace } from "../../inference/tables/answerTable.js";
import type { CheckedLine } from "../../inference/scoring/misspellings.js";
import type { WordColors } from "../../render/explanationText.js";
import { markedMisspellings, misspellingJson, misspellingRows, uncheckedLine } from "../../render/lineScoresText.js";
import { compact } from "../../render/numberText.js";
import { printableLines } from "../../render/textWidth.js";
import { createBar } from "./progressBar.js";
import { terminal } from "./terminal.js";

const firstCountMs = 1000;

/** Counts the lines and rows that have no answer. */
export class Unanswered {
  private count = 0;
  private first: Unreadable | undefined;

  readonly add = (row: Unreadable): void => {
    this.count++;
    this.first ??= row;
  };

  /** Passes answers on and counts those that are none. */
  async *in<Answer>(answers: AsyncIterable<Answer | Unreadable>): AsyncGenerator<Answer | Unreadable> {
    for await (const answer of answers) {
      if (isUnreadable(answer)) this.add(answer);
      yield answer;
    }
  }

  /** Call it at the end. @throws UserError if a line or row has no answer */
  check(): void {
    if (this.first === undefined) return;
    const { source, line, reason } = this.first;
    const lines = this.count === 1 ? "1 line or row has" : `${this.count} lines or rows have`;
    throw new UserError(`${lines} no answer, the first at ${source}:${line}: ${reason}`);
  }
}

/** The lines that end in a text; bytes are a row. */
export function linesIn(piece: string | Uint8Array): number {
  if (typeof piece !== "string") return 1;
  let lines = 0;
  for (let at = piece.indexOf("\n"); at !== -1; at = piece.indexOf("\n", at + 1)) lines++;
  return lines;
}

/**
 * Yields the items; if stdout is not a terminal, stderr shows their count from the first second on.
 * @param countOf the units of an item
 */
export async function* counted<Item>(
  items: AsyncIterable<Item>,
  unit: string,
  countOf: (item: Item) => number = () => 1,
): AsyncGenerator<Item> {
  const started = performance.now();
  const bar = createBar();
  let count = 0;
  try {
    for await (const item of items) {
      count += countOf(item);
      const elapsed = performance.now() - started;
      if (!process.stdout.isTTY && elapsed > firstCountMs)
        bar.showText(() => `${compact(count)} ${unit}  ${compact((1000 * count) / elapsed)} ${unit}/s`);
      yield item;
    }
  } finally {
    bar.close();
  }
}

const chalk = new Chalk(process.env["NO_COLOR"] ? { level: 0 } : {});
const mark = chalk.red.underline;

/** The colors of words that support or oppose a label; undefined if stdout is not a terminal with colors. */
export const wordColors = (): WordColors | undefined =>
  process.stdout.isTTY && chalk.level > 0
    ? {
        supports: [chalk.green, chalk.green.bold, chalk.green.bold.inverse],
        opposes: [chalk.red, chalk.red.bold, chalk.red.bold.inverse],
      }
    : undefined;

/**
 * Misspelled words: marked in their lines on a terminal, else tab-separated or JSON, or in the tables of the lines; at the end a note counts them.
 * @param answered lines beside where they come from
 */
export async function* misspellingsText(
  answered: AsyncIterable<[TablePlace & { line: number }, CheckedLine | Unreadable]>,
  { json, tables }: { json: boolean; tables: AnswerTable | undefined },
): AsyncGenerator<string | Buffer> {
  const marked = (line: CheckedLine, number: number): string => markedMisspellings(line, number, mark);
  const format = json ? misspellingJson : process.stdout.isTTY ? marked : misspellingRows;
  let number = 0;
  let found = 0;
  const counting = async function* (): AsyncGenerator<[TablePlace & { line: number }, CheckedLine | Unreadable]> {
    for await (const one of answered) {
      const [, line] = one;
      number++;
      if (!isUnreadable(line)) found += line.misspellings.length;
      yield one;
    }
  };
  const alone = (line: CheckedLine | Unreadable): string[] => {
    if (!isUnreadable(line)) return [format(line, number)];
    const unchecked = uncheckedLine(line, number, json);
    return [process.stdout.isTTY ? printableLines(unchecked) : unchecked];
  };
  yield* answerRows(counting(), { tables, inTable: suspectAnswer, alone });
  terminal.note(
    `${found === 0 ? "no misspelled words" : quantity(found, "misspelled words")} in ${quantity(number, "lines")}`,
  );
}
