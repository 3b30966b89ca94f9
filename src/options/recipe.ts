/** @file The options that make a run what it is, settled for its task; a checkpoint keeps them as they would be typed. */
import type { JsonObject } from "../checkpoint/checkpoint.js";
import { messageOf, UserError } from "../common/errors.js";
import type { InputKind, Task } from "../common/names.js";
import { camelCase, findOption, listText, type Options, refuseUselessOf, settle, type Values } from "./option.js";
import { recipeOptions } from "./recipeOptions.js";

export type Recipe = Values<typeof recipeOptions>;

/** What was given of a recipe, with the task's defaults for the rest. */
export const settleRecipe = (given: Partial<Recipe>, task: Task, inputs?: InputKind): Recipe =>
  settle(recipeOptions, given, task, inputs);

/** What the split is drawn from. */
export const splitSeedOf = ({ splitSeed, seed }: Recipe): number => splitSeed ?? seed;

/** @throws UsageError for an option that was given and would do nothing */
export function refuseUseless(given: Partial<Recipe>, recipe: Recipe, task: Task, inputs: InputKind = "tokens"): void {
  refuseUselessOf(recipeOptions, given, { ...recipe, task, inputs });
}

type RecipeValue = string | number | boolean | readonly (string | number)[];

/** A value as it would be typed. */
const recipeText = (value: RecipeValue): string => (Array.isArray(value) ? listText(value) : String(value));

/** As plain text by option, as in `{ "units": "256,128" }`. */
export function storeRecipe(recipe: Recipe): JsonObject {
  const values: Record<string, RecipeValue | undefined> = recipe;
  const given = Object.keys(recipeOptions).flatMap((name) => {
    const value = values[camelCase(name)];
    return value === undefined ? [] : [[name, recipeText(value)] as const];
  });
  return Object.fromEntries(given);
}

/** @throws UserError for what no option would accept */
export function readRecipe(stored: JsonObject, folder: string): Recipe {
  const options: Options = recipeOptions;
  const recipe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(stored)) {
    const found = findOption(options, name);
    if (found === undefined) throw new UserError(`${folder} has an option that this rnn does not know: ${name}`);
    try {
      if (typeof value !== "string") throw new Error(`expected a text, got ${JSON.stringify(value)}`);
      recipe[camelCase(found.name)] = found.parse(value);
    } catch (error) {
      throw new UserError(`${folder} has a wrong value for the option ${name}: ${messageOf(error)}`);
    }
  }
  return recipe as Recipe;
}
