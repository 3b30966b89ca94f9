/** @file What is tried: values of some options, in every combination. */
import type { InputKind } from "../../common/names.js";
import { type Random, shuffle } from "../../common/random.js";
import { readRecipe, type Recipe } from "../../options/recipe.js";

/** By option, as they would be typed. */
const choices = {
  units: ["64", "128", "256", "64,64", "128,128", "256,256"],
  embedding: ["32", "64", "128"],
  dropout: ["0", "0.2", "0.35", "0.5"],
  "learning-rate": ["0.001", "0.002", "0.004", "0.008"],
} as const;

/** Options that only networks which read tokens have. */
const ofTokens = new Set<string>(["embedding"]);

/** What one try sets, as it would be typed: `{ units: "128", dropout: "0.2" }`. */
export type Setting = Readonly<Record<string, string>>;

/**
 * Settings in an order of chance, each once: as many as are asked for, or all there are.
 * @param fixed options that are not to be tried, since somebody gave them
 */
export function someSettings(count: number, fixed: ReadonlySet<string>, inputs: InputKind, random: Random): Setting[] {
  const tried = Object.entries(choices).filter(
    ([name]) => !fixed.has(name) && (inputs === "tokens" || !ofTokens.has(name)),
  );
  const all = tried.reduce<Setting[]>(
    (settings, [name, values]) => settings.flatMap((setting) => values.map((value) => ({ ...setting, [name]: value }))),
    [{}],
  );
  return shuffle(all, random).slice(0, count);
}

/** A setting as what the recipe has of it. */
export const settingRecipe = (setting: Setting): Partial<Recipe> => readRecipe({ ...setting }, "a setting");
