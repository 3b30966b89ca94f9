/** @file A checkpoint found, read and made ready: the engine starts here. */
import { join } from "node:path";
import { findCheckpoint, type FoundCheckpoint, loadCheckpoint } from "../checkpoint/checkpoint.js";
import { type Backend, selectBackend, setThreads } from "../engine/backends/index.js";
import type { BackendName, PrecisionName, Task } from "../common/names.js";
import { packageFolder } from "../common/packageFolder.js";
import { type Model, modelFrom, type TextModel, textModel } from "./rebuild.js";
import type { Recipe } from "../options/recipe.js";

export type { Model, NumberModel, TextModel } from "./rebuild.js";

const places = { local: "checkpoints", bundled: join(packageFolder, "checkpoints") };

/** By name or path; without one the newest of ./checkpoints that fits, else the bundled one. */
export const findModel = (name: string | undefined, task: Task | readonly Task[]): Promise<FoundCheckpoint> =>
  findCheckpoint(name, task, places);

export type Engine = { backend: "auto" | BackendName; threads?: number | undefined };

/** Makes a backend the one that computes. To be called before the first tensor. @param precision of products */
export async function startEngine({ backend, threads }: Engine, precision?: PrecisionName): Promise<Backend> {
  if (threads !== undefined) setThreads(threads);
  return selectBackend(backend, precision);
}

/** Makes the engine ready and loads a checkpoint. @throws UserError for a damaged one */
export async function loadModel(folder: string, engine: Engine): Promise<Model> {
  await startEngine(engine);
  return modelFrom(folder, await loadCheckpoint(folder, { training: false }));
}

/** Likewise, of a checkpoint that reads texts. @throws UserError for one that reads rows of numbers */
export async function loadTextModel(folder: string, engine: Engine): Promise<TextModel> {
  return textModel(await loadModel(folder, engine));
}

/** How a model's other files are to be read: as its corpus was, with the columns that it knows. */
export function readingOptions(model: Model): Recipe {
  const names = model.inputs === "numbers" ? model.scaling.flatMap(({ name }) => name ?? []) : [];
  const { valueColumns = names.length > 0 ? names : undefined, ...recipe } = model.recipe;
  return { ...recipe, valueColumns, labelsFile: undefined };
}
