/** @file Results that stream to stdout, with their count as progress on stderr. */
import { Chalk } from "chalk";
import type { CheckedLine } from "../../inference/scoring/misspellings.js";
import { markedMisspellings, misspellingJson, misspellingRows } from "../../render/lineScoresText.js";
import { compact } from "../../render/numberText.js";
import { createBar } from "./progressBar.js";
import { terminal } from "./terminal.js";

const firstCountMs = 1000;

/** Yields the items; if stdout is not a terminal, stderr shows their count from the first second on. */
export async function* counted<Item>(items: AsyncIterable<Item>, unit: string): AsyncGenerator<Item> {
  const started = performance.now();
  const bar = createBar();
  let count = 0;
  try {
    for await (const item of items) {
      count++;
      const elapsed = performance.now() - started;
      if (!process.stdout.isTTY && elapsed > firstCountMs)
        bar.showText(() => `${compact(count)} ${unit}  ${compact((1000 * count) / elapsed)} ${unit}/s`);
      yield item;
    }
  } finally {
    bar.close();
  }
}

const mark = new Chalk(process.env["NO_COLOR"] ? { level: 0 } : {}).red.underline;

/** Misspelled words: marked in their lines on a terminal, else tab-separated or JSON; at the end a note counts them. */
export async function* misspellingsText(
  lines: AsyncIterable<CheckedLine>,
  { json }: { json: boolean },
): AsyncGenerator<string> {
  const marked = (line: CheckedLine, number: number): string => markedMisspellings(line, number, mark);
  const format = json ? misspellingJson : process.stdout.isTTY ? marked : misspellingRows;
  let number = 0;
  let found = 0;
  for await (const line of lines) {
    found += line.misspellings.length;
    yield format(line, ++number);
  }
  const words = found === 1 ? "misspelled word" : "misspelled words";
  terminal.note(`${found || "no"} ${words} in ${number} ${number === 1 ? "line" : "lines"}`);
}
