/** @file Misspellings: a row for each, the marked lines on a terminal, or JSON for each line of the text. */
import { Chalk } from "chalk";
import type { CheckedLine, Misspelling } from "../../inference/scoring/misspellings.js";
import { decimal } from "../../render/numberText.js";
import { terminal } from "./terminal.js";
import { printable } from "../../render/textWidth.js";

/** Digits of nats; suggestions of a word that a person is shown. */
const digits = 3;
const mostShown = 3;
const marked = new Chalk(process.env["NO_COLOR"] ? { level: 0 } : {}).red.underline;

/** Counted from 1, in characters. */
const columnOf = (text: string, { start }: Misspelling): number => Array.from(text.slice(0, start)).length + 1;

/** What is told of a line. @param number of the line, from 1 */
type Format = (checked: CheckedLine, number: number) => string;

const asRows: Format = ({ text, misspellings }, number) =>
  misspellings
    .map((misspelling) => {
      const { text: word, suggestions } = misspelling;
      const best = decimal(suggestions[0]!.nats, digits);
      const spellings = suggestions.map((suggestion) => suggestion.text);
      return `${[number, columnOf(text, misspelling), word, best, ...spellings].join("\t")}\n`;
    })
    .join("");

const asJson: Format = ({ text, misspellings }, line) =>
  `${JSON.stringify({
    line,
    text,
    suspects: misspellings.map((misspelling) => ({
      word: misspelling.text,
      column: columnOf(text, misspelling),
      suggestions: misspelling.suggestions.map(({ text: spelling, nats }) => ({
        text: spelling,
        nats: Number(nats.toPrecision(digits)),
      })),
    })),
  })}\n`;

/** The line with its misspellings marked, and below it the suggestions for each. */
const asMarks: Format = ({ text, misspellings }, number) => {
  if (misspellings.length === 0) return "";
  let shown = "";
  let at = 0;
  for (const { start, text: word } of misspellings) {
    shown += printable(text.slice(at, start)) + marked(word);
    at = start + word.length;
  }
  const meant = misspellings.map(({ text: word, suggestions }) => {
    const some = suggestions.slice(0, mostShown).map((suggestion) => suggestion.text);
    return `${word} → ${some.join(", ")}`;
  });
  return `${number}: ${shown}${printable(text.slice(at))}\n    ${meant.join("; ")}\n`;
};

export async function* misspellingText(
  lines: AsyncIterable<CheckedLine>,
  { json }: { json: boolean },
): AsyncGenerator<string> {
  const format = json ? asJson : process.stdout.isTTY ? asMarks : asRows;
  let number = 0;
  let found = 0;
  for await (const checked of lines) {
    found += checked.misspellings.length;
    yield format(checked, ++number);
  }
  const words = found === 1 ? "misspelled word" : "misspelled words";
  terminal.note(`${found || "no"} ${words} in ${number} ${number === 1 ? "line" : "lines"}`);
}
