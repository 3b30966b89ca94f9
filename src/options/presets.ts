/** @file Recipes that come with rnn: known networks, with a reason beside each number. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { checked } from "../common/checked.js";
import { inFile, UsageError, UserError } from "../common/errors.js";
import { suggestion } from "../common/nearest.js";
import { tasks } from "../common/names.js";
import { packageFolder } from "../common/packageFolder.js";
import { readRecipe, type Recipe } from "./recipe.js";

const folder = join(packageFolder, "presets");

const presetSchema = v.strictObject({
  describe: v.string(),
  task: v.picklist(tasks),
  /** As they would be typed, and why. */
  options: v.record(v.string(), v.strictObject({ value: v.string(), because: v.string() })),
});
export type Preset = v.InferOutput<typeof presetSchema>;

/** In the order of the alphabet. */
export async function presetNames(): Promise<string[]> {
  const files = await readdir(folder);
  return files.flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -".json".length)] : [])).toSorted();
}

/** @throws UsageError for a name that no preset has */
export async function loadPreset(name: string): Promise<Preset> {
  const names = await presetNames();
  if (!names.includes(name)) throw new UsageError(`Unknown preset ${name}${suggestion(name, names, "presets")}`);
  const path = join(folder, `${name}.json`);
  const stored: unknown = JSON.parse(await readFile(path, "utf8"));
  return checked(presetSchema, stored, (problems) => `${path} is no preset: ${problems}`);
}

/**
 * A preset's options, beside those that a person gave, which win; the length of a run is the preset's only where none was given.
 * @throws UserError for an option that does not exist
 */
export function withPreset(preset: Preset, given: Partial<Recipe>): Partial<Recipe> {
  const values = Object.fromEntries(Object.entries(preset.options).map(([option, { value }]) => [option, value]));
  const { epochs, ...recipe } = inFile("the preset", () => readRecipe(values));
  if (given.for !== undefined) return { ...recipe, ...given };
  if (epochs === undefined) throw new UserError("the preset does not say how long to train");
  return { ...recipe, epochs, ...given };
}
