/** @file The results of `rnn score` as text and JSON: the scores of lines, or their misspelled words. */
import type { CheckedLine } from "../inference/scoring/misspellings.js";
import type { LineScore, ScoredTokens } from "../inference/scoring/scoreLines.js";
import { isUnreadable, type Unreadable } from "../corpus/document.js";
import { textPieces } from "../tokenizers/codeUnits.js";
import { decimal } from "./numberText.js";
import { printable } from "./textWidth.js";
import { tsvCell, tsvError } from "./tsvCell.js";

const scoreDigits = 5;
/** A number of a score for JSON. */
export const rounded = (value: number): number => Number(value.toPrecision(scoreDigits));

const errorJson = ({ line, reason }: Unreadable): string => `${JSON.stringify({ error: reason, line })}\n`;

type Score = LineScore<ScoredTokens>;

/** perplexity<TAB>nats<TAB>tokens<TAB>text, or JSON with the probability of every token; for a long line in pieces. */
export function scoreText(score: Score | Unreadable, { json }: { json: boolean }): Iterable<string> {
  if (isUnreadable(score)) return [json ? errorJson(score) : `${tsvError(score.reason, 4)}\n`];
  return json ? scoreJson(score) : scoreRow(score);
}

/** The numbers of a score: perplexity, nats and the count of tokens. */
export const scoreCells = ({ nats, perplexity, tokens }: Score): string[] => [
  decimal(perplexity, scoreDigits),
  decimal(nats, scoreDigits),
  String(tokens.length),
];

function* scoreRow(score: Score): Generator<string> {
  yield `${scoreCells(score).join("\t")}\t`;
  for (const piece of textPieces(score.text, pieceUnits)) yield tsvCell(piece);
  yield "\n";
}

function* scoreJson({ text, nats, perplexity, tokens }: Score): Generator<string> {
  yield `{"text":"`;
  for (const piece of textPieces(text, pieceUnits)) yield JSON.stringify(piece).slice(1, -1);
  yield `","perplexity":${rounded(perplexity)},"nats":${rounded(nats)},"tokens":`;
  yield* tokensJson(tokens);
  yield "}\n";
}

/** The list of the tokens with their probabilities as JSON. */
export function* tokensJson(tokens: ScoredTokens): Generator<string> {
  let separator = "[";
  for (const { token, probability } of tokens) {
    yield `${separator}${JSON.stringify({ token, probability: rounded(probability) })}`;
    separator = ",";
  }
  yield separator === "[" ? "[]" : "]";
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
export const misspellingJson = (line: CheckedLine, number: number): string =>
  `${JSON.stringify({ line: number, text: line.text, suspects: suspectsIn(line) })}\n`;

/** The misspelled words of a line, with their spellings, as plain data. */
export function suspectsIn(line: CheckedLine): object[] {
  const columns = columnsOf(line);
  return line.misspellings.map(({ text: word, suggestions }, index) => ({
    word,
    column: columns[index],
    suggestions: suggestions.map(({ text: spelling, nats }) => ({
      text: spelling,
      nats: Number(nats.toPrecision(natsDigits)),
    })),
  }));
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
