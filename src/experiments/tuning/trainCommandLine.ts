/** @file A run as the command that starts it. */
import { type Recipe, storeRecipe } from "../../options/recipe.js";
import type { Setting } from "./searchSpace.js";

/** A word as a shell reads it. */
const quoted = (word: string): string =>
  /^[\w./:,=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** @param given what was asked for beside the setting @param seconds how long to train */
export function trainCommand(corpus: string, given: Partial<Recipe>, setting: Setting, seconds: number): string {
  const { for: _, ...others } = given;
  const options = { ...storeRecipe(others as Recipe), ...setting, for: `${Math.max(1, Math.round(seconds))}s` };
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === "true" ? [`--${name}`] : value === "false" ? [] : [`--${name}`, quoted(value)],
  );
  return ["rnn train", quoted(corpus), ...words].join(" ");
}
