/** @file A text whose words have the colour of what they weigh. */
import type { WordContribution } from "../../inference/classification/wordContributions.js";
import { made, settings } from "../elements.js";

/** Characters that are shown behind the last word that was weighed: drawing a book anew at each word would take too long. */
const mostBehind = 4000;

/** Below it a word has no colour. */
const least = 0.02;

/**
 * The text again, its weighed words coloured: the share of the odds that a label loses without the word, or without the word gains, is the
 * share of the colour. Of a number, which has no odds, the weight counts in deviations of the numbers that were learned from.
 * @param index of the label, in each word's contributions
 */
export function coloured(text: string, words: readonly WordContribution[], index: number): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const { start, end, contributions } of words) {
    parts.push(text.slice(at, start), wordMark(text.slice(start, end), contributions[index]!));
    at = end;
  }
  const behind = text.slice(at);
  return [...parts, behind.length > mostBehind ? `${behind.slice(0, mostBehind)}…` : behind];
}

function wordMark(word: string, weight: number): Node | string {
  const shade = 1 - Math.exp(-Math.abs(weight) / Number(settings()["deviation"]));
  const mark = made("span", `word ${shade < least ? "" : weight > 0 ? "for" : "against"}`, word);
  mark.style.setProperty("--shade", String(shade));
  mark.title = weight.toFixed(3);
  return mark;
}

/** The same in numbers, what weighs most first. */
export const contributionRows = (text: string, words: readonly WordContribution[], index: number): HTMLElement[] =>
  words
    .toSorted((left, right) => Math.abs(right.contributions[index]!) - Math.abs(left.contributions[index]!))
    .map(({ start, end, contributions }) => {
      const title = made("th", "", text.slice(start, end));
      title.scope = "row";
      return made("tr", "", title, made("td", "", contributions[index]!.toFixed(3)));
    });
