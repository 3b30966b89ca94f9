/** @file A text whose words are colored by their contribution to a label or a number. */
import type { WordContribution } from "../../inference/classification/wordContributions.js";
import { createElement, settings } from "../elements.js";

/** Number of characters shown after the last colored word; drawing a long text again after each word would be slow. */
const maxRest = 4000;

/** A word below this shade has no color. */
const minShade = 0.02;

/**
 * The text, with its words colored. The shade is the fraction of the odds that the label loses without the word, or gains if the word opposes it;
 * for a number, the contribution is divided by the standard deviation of the training data.
 * @param index of the label in the contributions of each word
 */
export function coloredText(text: string, words: readonly WordContribution[], index: number): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let offset = 0;
  for (const { start, end, contributions } of words) {
    parts.push(text.slice(offset, start), coloredWord(text.slice(start, end), contributions[index]!));
    offset = end;
  }
  const rest = text.slice(offset);
  return [...parts, rest.length > maxRest ? `${rest.slice(0, maxRest)}…` : rest];
}

function coloredWord(word: string, contribution: number): Node {
  const shade = 1 - Math.exp(-Math.abs(contribution) / Number(settings()["deviation"]));
  const direction = shade < minShade ? "" : contribution > 0 ? "supports" : "opposes";
  const mark = createElement("span", `word ${direction}`, word);
  mark.style.setProperty("--shade", String(shade));
  mark.title = contribution.toFixed(3);
  return mark;
}

/** Table rows of the contributions, largest first. */
export const contributionRows = (text: string, words: readonly WordContribution[], index: number): HTMLElement[] =>
  words
    .toSorted((left, right) => Math.abs(right.contributions[index]!) - Math.abs(left.contributions[index]!))
    .map(({ start, end, contributions }) => {
      const title = createElement("th", "", text.slice(start, end));
      title.scope = "row";
      return createElement("tr", "", title, createElement("td", "", contributions[index]!.toFixed(3)));
    });
