/** @file A trained network with its tokenizer and labels, as a checkpoint holds them. */
import { join } from "node:path";
import { type Checkpoint, findCheckpoint, type FoundCheckpoint, loadCheckpoint } from "./checkpoint/checkpoint.js";
import { type Backend, selectBackend, setThreads } from "./engine/backend.js";
import type { Reading } from "./examples/encode.js";
import type { Scale } from "./examples/scaling.js";
import type { BackendName, PrecisionName, Task } from "./names.js";
import type { Network } from "./network/network.js";
import { packageFolder } from "./packageFolder.js";
import { modelFrom, textModel } from "./rebuild.js";
import type { Recipe } from "./recipe.js";

type Shared = {
  folder: string;
  task: Task;
  network: Network;
  /** In the order of the network's classes; none for a generator or a regressor. */
  labels: readonly string[];
  /** How the number is scaled that a regressor predicts. */
  target?: Scale;
  /** How it was trained. */
  recipe: Recipe;
  document: Checkpoint["document"];
};

/** What it reads are tokens, or rows of numbers. */
export type Model = Shared & Reading;
export type TextModel = Extract<Model, { inputs: "tokens" }>;
export type NumberModel = Extract<Model, { inputs: "numbers" }>;

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
  return { ...recipe, valueColumns, labels: undefined };
}
