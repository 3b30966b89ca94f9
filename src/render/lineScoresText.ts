/** @file The results of `rnn score` as text and JSON: the scores of lines, or their misspelled words. */
import type { CheckedLine, Misspelling } from "../inference/scoring/misspellings.js";
import type { LineScore } from "../inference/scoring/scoreLines.js";
import { isUnreadable, type Unreadable } from "../corpus/document.js";
import { decimal } from "./numberText.js";
import { printable } from "./textWidth.js";
import { tsvCell, tsvError } from "./tsvCell.js";

const scoreDigits = 5;
const rounded = (value: number): number => Number(value.toPrecision(scoreDigits));

const errorJson = ({ line, reason }: Unreadable): string => `${JSON.stringify({ error: reason, line })}\n`;

/** perplexity<TAB>nats<TAB>tokens<TAB>text for each line, or JSON with the probability of every token. */
export async function* scoreText(
  scores: AsyncIterable<LineScore | Unreadable>,
  { json }: { json: boolean },
): AsyncGenerator<string> {
  for await (const score of scores) {
    if (isUnreadable(score)) {
      yield json ? errorJson(score) : `${tsvError(score.reason, 4)}\n`;
      continue;
    }
    const { text, nats, perplexity, tokens } = score;
    yield json
      ? `${JSON.stringify({
          text,
          perplexity: rounded(perplexity),
          nats: rounded(nats),
          tokens: tokens.map(({ token, probability }) => ({ token, probability: rounded(probability) })),
        })}\n`
      : `${[decimal(perplexity, scoreDigits), decimal(nats, scoreDigits), tokens.length, tsvCell(text)].join("\t")}\n`;
  }
}

/** Significant digits of the nats of a spelling. */
const natsDigits = 3;
const maxMarkedSpellings = 3;

/** From 1, in characters. */
const columnOf = (text: string, { start }: Misspelling): number => Array.from(text.slice(0, start)).length + 1;

/** line<TAB>column<TAB>word<TAB>nats<TAB>spelling… for each misspelled word. @param number of the line, from 1 */
export function misspellingRows({ text, misspellings }: CheckedLine, number: number): string {
  return misspellings
    .map((misspelling) => {
      const { text: word, suggestions } = misspelling;
      const best = decimal(suggestions[0]!.nats, natsDigits);
      const spellings = suggestions.map((suggestion) => suggestion.text);
      return `${[number, columnOf(text, misspelling), word, best, ...spellings].join("\t")}\n`;
    })
    .join("");
}

/** In the place of a line that could not be read. @param number of the line, from 1 */
export const uncheckedLine = (row: Unreadable, number: number, json: boolean): string =>
  json ? errorJson(row) : `${number}${tsvError(row.reason, 4)}\n`;

/** A line of JSON. */
export const misspellingJson = ({ text, misspellings }: CheckedLine, line: number): string =>
  `${JSON.stringify({
    line,
    text,
    suspects: misspellings.map((misspelling) => ({
      word: misspelling.text,
      column: columnOf(text, misspelling),
      suggestions: misspelling.suggestions.map(({ text: spelling, nats }) => ({
        text: spelling,
        nats: Number(nats.toPrecision(natsDigits)),
      })),
    })),
  })}\n`;

/** The line with its misspelled words marked, and below it their spellings; empty without misspelled words. */
export function markedMisspellings(
  { text, misspellings }: CheckedLine,
  number: number,
  mark: (word: string) => string,
): string {
  if (misspellings.length === 0) return "";
  let marked = "";
  let end = 0;
  for (const { start, text: word } of misspellings) {
    marked += printable(text.slice(end, start)) + mark(printable(word));
    end = start + word.length;
  }
  const corrections = misspellings.map(({ text: word, suggestions }) => {
    const spellings = suggestions.slice(0, maxMarkedSpellings).map((suggestion) => suggestion.text);
    return `${word} → ${spellings.join(", ")}`;
  });
  return `${number}: ${marked}${printable(text.slice(end))}\n    ${corrections.join("; ")}\n`;
}
