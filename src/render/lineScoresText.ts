/** @file The results of `rnn score` as text and JSON: the scores of lines, or their misspelled words. */
import type { CheckedLine } from "../inference/scoring/misspellings.js";
import type { LineScore, ScoredTokens } from "../inference/scoring/scoreLines.js";
import { isUnreadable, type Unreadable } from "../corpus/document.js";
import { textPieces } from "../tokenizers/codeUnits.js";
import { decimal } from "./numberText.js";
import { printable } from "./textWidth.js";
import { tsvCell, tsvError } from "./tsvCell.js";

const scoreDigits = 5;
const rounded = (value: number): number => Number(value.toPrecision(scoreDigits));

const errorJson = ({ line, reason }: Unreadable): string => `${JSON.stringify({ error: reason, line })}\n`;

type Score = LineScore<ScoredTokens>;

/** perplexity<TAB>nats<TAB>tokens<TAB>text for each line, or JSON with the probability of every token; a long line in pieces. */
export async function* scoreText(
  scores: AsyncIterable<Score | Unreadable>,
  { json }: { json: boolean },
): AsyncGenerator<string> {
  for await (const score of scores) {
    if (isUnreadable(score)) yield json ? errorJson(score) : `${tsvError(score.reason, 4)}\n`;
    else yield* json ? scoreJson(score) : scoreRow(score);
  }
}

function* scoreRow({ text, nats, perplexity, tokens }: Score): Generator<string> {
  yield `${decimal(perplexity, scoreDigits)}\t${decimal(nats, scoreDigits)}\t${tokens.length}\t`;
  for (const piece of textPieces(text, pieceUnits)) yield tsvCell(piece);
  yield "\n";
}

function* scoreJson({ text, nats, perplexity, tokens }: Score): Generator<string> {
  yield `{"text":"`;
  for (const piece of textPieces(text, pieceUnits)) yield JSON.stringify(piece).slice(1, -1);
  let separator = `","perplexity":${rounded(perplexity)},"nats":${rounded(nats)},"tokens":[`;
  for (const { token, probability } of tokens) {
    yield `${separator}${JSON.stringify({ token, probability: rounded(probability) })}`;
    separator = ",";
  }
  yield "]}\n";
}

/** Code units of a long line that are written at once. */
const pieceUnits = 2 ** 20;

/** Significant digits of the nats of a spelling. */
const natsDigits = 3;
const maxMarkedSpellings = 3;

/** The column of each misspelled word, from 1, in characters. */
function columnsOf({ text, misspellings }: CheckedLine): number[] {
  let at = 0;
  let column = 1;
  return misspellings.map(({ start }) => {
    for (; at < start; column++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
    return column;
  });
}

/** line<TAB>column<TAB>word<TAB>nats<TAB>spelling… for each misspelled word. @param number of the line, from 1 */
export function misspellingRows(line: CheckedLine, number: number): string {
  const columns = columnsOf(line);
  return line.misspellings
    .map(({ text: word, suggestions }, index) => {
      const best = decimal(suggestions[0]!.nats, natsDigits);
      const spellings = suggestions.map((suggestion) => suggestion.text);
      return `${[number, columns[index], word, best, ...spellings].join("\t")}\n`;
    })
    .join("");
}

/** In the place of a line that could not be read. @param number of the line, from 1 */
export const uncheckedLine = (row: Unreadable, number: number, json: boolean): string =>
  json ? errorJson(row) : `${number}${tsvError(row.reason, 4)}\n`;

/** A line of JSON. */
export function misspellingJson(line: CheckedLine, number: number): string {
  const columns = columnsOf(line);
  const suspects = line.misspellings.map(({ text: word, suggestions }, index) => ({
    word,
    column: columns[index],
    suggestions: suggestions.map(({ text: spelling, nats }) => ({
      text: spelling,
      nats: Number(nats.toPrecision(natsDigits)),
    })),
  }));
  return `${JSON.stringify({ line: number, text: line.text, suspects })}\n`;
}

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
    const spellings = suggestions.slice(0, maxMarkedSpellings).map((suggestion) => printable(suggestion.text));
    return `${printable(word)} → ${spellings.join(", ")}`;
  });
  return `${number}: ${marked}${printable(text.slice(end))}\n    ${corrections.join("; ")}\n`;
}
