/** @file The options of a training run, with the defaults of its task; a checkpoint keeps them as text. */
import type { JsonObject } from "../common/json.js";
import { messageOf, UsageError, UserError } from "../common/errors.js";
import type { InputKind, ModelName, Task } from "../common/names.js";
import { camelCase, findOption, listText, type OptionGroup, type Options, settle, type Values } from "./option.js";
import { refuseWithoutEffect } from "./optionEffect.js";
import { recipeOptions } from "./recipeOptions.js";

export type Recipe = Values<typeof recipeOptions>;

/** A model without a network. */
type FittedName = Exclude<ModelName, "auto" | "network">;

/** Of a bag of n-grams, which reads whole documents and all their words. */
const bagDefaults = { lowercase: true, vocabulary: 1_000_000, maxLength: 1_000_000 } as const satisfies Partial<Recipe>;

/** The given options and the defaults of the task; --layers becomes part of --units, and blocks are as wide as their first cell. */
export function settleRecipe(given: Partial<Recipe>, task: Task, inputs?: InputKind): Recipe {
  const { layers, ...recipe } = settle(recipeOptions, withModelDefaults(given), task, inputs);
  return {
    ...recipe,
    layers: undefined,
    units: layers === undefined ? recipe.units : stacked(recipe.units, layers),
    embedding: given.embedding ?? (recipe.block && recipe.units[0] !== undefined ? recipe.units[0] : recipe.embedding),
  };
}

/** The options that have a value. */
export const withoutUndefined = (given: Partial<Recipe>): Partial<Recipe> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** Of a network with a bag of n-grams beside it: rarer words would only be rows of its embedding. */
const autoDefaults = { lowercase: true, vocabulary: 50_000 } as const satisfies Partial<Recipe>;

const withModelDefaults = (given: Partial<Recipe>): Partial<Recipe> => ({
  ...(given.model === "bag" && bagDefaults),
  ...((given.model === "auto" || given.wide !== undefined) && autoDefaults),
  ...withoutUndefined(given),
});

/** The units of as many layers. @throws UsageError for layers of different sizes */
function stacked(units: readonly number[], layers: number): number[] {
  const [size] = units;
  if (size === undefined) return [];
  if (units.every((other) => other === size)) return Array.from({ length: layers }, () => size);
  throw new UsageError(`--layers ${layers} needs one number in --units, got ${listText(units)}`);
}

/** What new runs do by default, and the runs of earlier versions, whose checkpoints lack these options, did not. */
export const newRunDefaults = (task: Task): Partial<Recipe> => ({
  duplicates: "together",
  ...((task === "classifier" || task === "tagger") && { calibrate: "yes" }),
});

/** A new run of a classifier of texts fits a bag of n-grams too, and keeps what is better. */
export const usualModel = ({ multilabel }: Partial<Recipe>, task: Task, inputs: InputKind): Partial<Recipe> =>
  task === "classifier" && inputs === "tokens" && !multilabel ? { model: "auto" } : {};

/** The seed of the split. */
export const splitSeedOf = ({ splitSeed, seed }: Recipe): number => splitSeed ?? seed;

/** @throws UsageError for an option that was given and has no effect */
export function refuseUseless(given: Partial<Recipe>, recipe: Recipe, task: Task, inputs: InputKind = "tokens"): void {
  refuseWithoutEffect(recipeOptions, given, { ...recipe, task, inputs });
  if (recipe.folds !== undefined && given.test !== undefined)
    throw new UsageError(
      "--test has no effect with --folds, whose test parts are the folds; remove one of them (of a folder that is split already, name the training folder alone)",
    );
  const { model } = recipe;
  if (model === undefined || model === "network") return;
  const { [model]: fitting } = taskOfModel;
  if (task !== fitting)
    throw new UsageError(
      `--model ${model} is for a ${fitting}, and this is a ${task}; remove it or choose --task ${fitting}`,
    );
  if (model !== "auto") refuseNetworkOptions(given, model);
}

/** The task of each model but the network, which is for all. */
const taskOfModel: { [Name in Exclude<ModelName, "network">]: Task } = {
  auto: "classifier",
  ngram: "generator",
  bag: "classifier",
};

const networkGroups = new Set<OptionGroup | undefined>(["Network", "Regularization", "Training"]);
const sharedOptions = ["model", "ngram-order", "seed", "split-seed"] as const satisfies (keyof typeof recipeOptions)[];
const fittedOptions: { [Name in FittedName]: ReadonlySet<string> } = {
  ngram: new Set([...sharedOptions, "digest"] satisfies (keyof typeof recipeOptions)[]),
  bag: new Set([...sharedOptions, "max-length", "calibrate"] satisfies (keyof typeof recipeOptions)[]),
};

/** A model without a network has no layers, and is fitted in one pass. */
function refuseNetworkOptions(given: Partial<Record<string, unknown>>, model: FittedName): void {
  const options: Options = recipeOptions;
  const useless = Object.keys(options).find(
    (name) =>
      given[camelCase(name)] !== undefined &&
      networkGroups.has(options[name]!.group) &&
      !fittedOptions[model].has(name),
  );
  if (useless !== undefined)
    throw new UsageError(`--${useless} has no effect with --model ${model}, which has no network; remove one of them`);
}

type RecipeValue = string | number | boolean | readonly (string | number)[];

/** A value as a person types it. */
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
export function readRecipe(stored: JsonObject): Recipe {
  const options: Options = recipeOptions;
  const recipe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(stored)) {
    const found = findOption(options, name);
    if (found === undefined) throw new UserError(`has an option that this rnn does not know: ${name}`);
    try {
      if (typeof value !== "string") throw new Error(`expected a text, got ${JSON.stringify(value)}`);
      recipe[camelCase(found.name)] = found.parse(value);
    } catch (error) {
      throw new UserError(`has a wrong value for the option ${name}: ${messageOf(error)}`);
    }
  }
  return recipe as Recipe;
}
