/** @file Sentences with a tag below each word. */
import { made } from "../elements.js";
import type { TaggedWord } from "../messages.js";

export const taggedLines = (sentences: readonly TaggedWord[][]): HTMLElement[] =>
  sentences.filter(({ length }) => length > 0).map((words) => made("p", "", ...words.flatMap(taggedWord)));

function taggedWord({ word, tag, probability }: TaggedWord): (Node | string)[] {
  const shown = made("span", "tagged", word, made("small", "", tag));
  shown.title = `${tag} ${(100 * probability).toFixed(1)}%`;
  return [shown, " "];
}
