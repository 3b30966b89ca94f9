/** @file The settings that `rnn tune` tries: combinations of values of some options. */
import type { InputKind } from "../../common/names.js";
import { type CorpusPath, pathsOf } from "../../corpus/sources/corpusPath.js";
import { type Random, shuffle } from "../../common/random.js";
import { readRecipe, type Recipe, storeRecipe } from "../../options/recipe.js";
import { shellWord } from "../../render/trainingText.js";

/** Values by option, as on the command line. */
const choices = {
  units: ["64", "128", "256", "64,64", "128,128", "256,256"],
  embedding: ["32", "64", "128"],
  dropout: ["0", "0.2", "0.35", "0.5"],
  "learning-rate": ["0.001", "0.002", "0.004", "0.008"],
} as const;

/** Options of networks that read tokens. */
const tokenOptions = new Set<string>(["embedding"]);

/** The options of one try, as on the command line: `{ units: "128", dropout: "0.2" }`. */
export type Setting = Readonly<Record<string, string>>;

/**
 * Distinct settings in random order: `count` of them, or all there are.
 * @param fixed options that keep the value which the user gave
 */
export function drawSettings(count: number, fixed: ReadonlySet<string>, inputs: InputKind, random: Random): Setting[] {
  const searched = Object.entries(choices).filter(
    ([name]) => !fixed.has(name) && (inputs === "tokens" || !tokenOptions.has(name)),
  );
  const isFixed = (name: string, value: string): boolean =>
    name === "units" && fixed.has("layers") && value.includes(",");
  const all = searched.reduce<Setting[]>(
    (settings, [name, values]) =>
      settings.flatMap((setting) =>
        values.filter((value) => !isFixed(name, value)).map((value) => ({ ...setting, [name]: value })),
      ),
    [{}],
  );
  return shuffle(all, random).slice(0, count);
}

/** A setting as options of the recipe. */
export const settingRecipe = (setting: Setting): Partial<Recipe> => readRecipe({ ...setting });

/** The command that trains with a setting. @param given the options that hold for all tries @param seconds the length of the training */
export function trainCommand(corpus: CorpusPath, given: Partial<Recipe>, setting: Setting, seconds: number): string {
  const { for: _, ...others } = given;
  const options = { ...storeRecipe(others as Recipe), ...setting, for: `${Math.max(1, Math.round(seconds))}s` };
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === "true" ? [`--${name}`] : value === "false" ? [] : [`--${name}`, shellWord(value)],
  );
  return ["rnn train", ...pathsOf(corpus).map(shellWord), ...words].join(" ");
}
