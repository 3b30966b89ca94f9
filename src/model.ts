/** @file A trained network with its tokenizer and labels, as a checkpoint holds them. */
import { join } from "node:path";
import { type Checkpoint, findCheckpoint, type FoundCheckpoint, loadCheckpoint } from "./checkpoint/checkpoint.js";
import { type Backend, selectBackend, setThreads } from "./engine/backend.js";
import { UserError } from "./errors.js";
import type { BackendName, PrecisionName, Task } from "./names.js";
import { Network } from "./network/network.js";
import { readSpec } from "./network/spec.js";
import { weightsFrom } from "./network/weights.js";
import { packageFolder } from "./packageFolder.js";
import type { Tokenizer } from "./text/tokenizer.js";
import { tokenizerFrom } from "./text/tokenizers.js";
import { readRecipe, type Recipe, settleRecipe } from "./recipe.js";

export type Model = {
  folder: string;
  task: Task;
  network: Network;
  tokenizer: Tokenizer;
  /** In the order of the network's classes; none for a generator. */
  labels: readonly string[];
  /** How it was trained. */
  recipe: Recipe;
  document: Checkpoint["document"];
};

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
  const { document, weights } = await loadCheckpoint(folder, { training: false });
  return { folder, task: document.task, ...rebuild(folder, { document, weights }), document };
}

/** What a checkpoint's document and weights make together. @throws UserError where they do not fit each other */
export function rebuild(
  folder: string,
  { document, weights }: Checkpoint,
): Pick<Model, "network" | "tokenizer" | "labels" | "recipe"> {
  const { task, labels = [] } = document;
  const spec = readSpec(document.spec, folder);
  const tokenizer = tokenizerFrom(document.tokenizer);
  const [tokens, classes] = [tokenizer.vocabulary.length, task === "classifier" ? labels.length : spec.vocabulary];
  if (task !== spec.task || tokens !== spec.vocabulary || classes !== spec.classes) {
    throw new UserError(
      `${folder} is damaged or was edited: a ${task} of ${tokens} tokens and ${labels.length} labels has a network for a ${spec.task} of ${spec.vocabulary} tokens and ${spec.classes} classes`,
    );
  }
  const network = Network.from(spec, weightsFrom(weights, folder), folder);
  const recipe = settleRecipe(readRecipe(document.options, folder), task); // an older one lacks what was not an option then
  return { network, tokenizer, labels, recipe };
}
