/** @file The words that moved a label or a number: the strongest ones with their contributions, or the text with its words colored. */
import type { Explanation } from "../inference/classification/explainedAnswers.js";
import { decimal } from "./numberText.js";
import { printable } from "./textWidth.js";

/** Words in a cell. */
const mostWords = 5;

/** A word whose contribution changes the odds, in units of the deviation, by less than this fraction has no color and is in no cell. */
const leastShade = 0.02;

/** From these shades on, a word has the second and the third color. */
const shades = [0.3, 0.7];

/** Colors of words, the weakest first. */
export type WordColors = Record<"supports" | "opposes", readonly [Paint, Paint, Paint]>;
type Paint = (word: string) => string;

/** The fraction of the odds that the label loses without the word, or gains if the word opposes it. */
const shadeOf = (contribution: number, deviation: number): number => 1 - Math.exp(-Math.abs(contribution) / deviation);

/**
 * The words with the strongest contributions, as in "great +0.31, not −0.20".
 * @param deviation the standard deviation of the numbers of a regressor, 1 for labels
 */
export const strongestWords = ({ text, words }: Explanation, deviation: number): string =>
  words
    .filter(({ contribution }) => shadeOf(contribution, deviation) >= leastShade)
    .toSorted((left, right) => Math.abs(right.contribution) - Math.abs(left.contribution))
    .slice(0, mostWords)
    .map(({ start, end, contribution }) => `${text.slice(start, end)} ${signed(contribution)}`)
    .join(", ");

const signed = (contribution: number): string => (contribution < 0 ? "−" : "+") + decimal(Math.abs(contribution), 2);

/** The text for a terminal, its words colored by sign and strength. @param deviation as in `strongestWords` */
export function shadedText({ text, words }: Explanation, deviation: number, colors: WordColors): string {
  let shaded = "";
  let offset = 0;
  for (const { start, end, contribution } of words) {
    const shade = shadeOf(contribution, deviation);
    const paints = colors[contribution > 0 ? "supports" : "opposes"];
    const word = printable(text.slice(start, end));
    const paint = paints[shades.filter((least) => shade >= least).length]!;
    shaded += printable(text.slice(offset, start)) + (shade < leastShade ? word : paint(word));
    offset = end;
  }
  return shaded + printable(text.slice(offset));
}
