/** @file A trained network with its tokenizer and labels, as a checkpoint holds them. */
import { join } from "node:path";
import { type Checkpoint, findCheckpoint, type FoundCheckpoint, loadCheckpoint } from "./checkpoint/checkpoint.js";
import { type Backend, selectBackend, setThreads } from "./engine/backend.js";
import { UserError } from "./errors.js";
import type { Reading } from "./examples/encode.js";
import { readScales, type Scale } from "./examples/scaling.js";
import type { BackendName, PrecisionName, Task } from "./names.js";
import { Network } from "./network/network.js";
import { readSpec, type Spec } from "./network/spec.js";
import { weightsFrom } from "./network/weights.js";
import { packageFolder } from "./packageFolder.js";
import { tokenizerFrom } from "./text/tokenizers.js";
import { readRecipe, type Recipe, settleRecipe } from "./recipe.js";

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
  const { document, weights } = await loadCheckpoint(folder, { training: false });
  return { folder, task: document.task, ...rebuild(folder, { document, weights }), document };
}

/** Likewise, of a checkpoint that reads texts. @throws UserError for one that reads rows of numbers */
export async function loadTextModel(folder: string, engine: Engine): Promise<TextModel> {
  return textModel(await loadModel(folder, engine));
}

/** The same model, known to read texts. @throws UserError for one that reads rows of numbers */
export function textModel(model: Model): TextModel {
  if (model.inputs === "tokens") return model;
  throw new UserError(`${model.folder} reads rows of numbers, and this needs a checkpoint that reads texts`);
}

/** How a model's other files are to be read: as its corpus was, with the columns that it knows. */
export function readingOptions(model: Model): Recipe {
  const names = model.inputs === "numbers" ? model.scaling.flatMap(({ name }) => name ?? []) : [];
  const { valueColumns = names.length > 0 ? names : undefined, ...recipe } = model.recipe;
  return { ...recipe, valueColumns, labels: undefined };
}

/** What a checkpoint's document and weights make together. @throws UserError where they do not fit each other */
export function rebuild(
  folder: string,
  { document, weights }: Checkpoint,
): Pick<Shared, "network" | "labels" | "target" | "recipe"> & Reading {
  const { task, labels = [] } = document;
  const spec = readSpec(document.spec, folder);
  const reading = readingOf(document, folder);
  const [target] = document.target ? readScales([document.target], folder) : [];
  const [read, readBySpec] =
    reading.inputs === "tokens"
      ? [
          tokensText(reading.tokenizer.vocabulary.length, reading.spelling?.vocabulary.length),
          tokensText(spec.vocabulary, charactersOf(spec)),
        ]
      : [`rows of ${reading.scaling.length}`, `rows of ${spec.width}`];
  const classes = { generator: spec.vocabulary, classifier: labels.length, regressor: 1, tagger: labels.length }[task];
  if (task !== spec.task || read !== readBySpec || classes !== spec.classes || (task === "regressor") !== !!target) {
    throw new UserError(
      `${folder} is damaged or was edited: a ${task} of ${read} and ${labels.length} labels has a network for a ${spec.task} of ${readBySpec} and ${spec.classes} classes`,
    );
  }
  const network = Network.from(spec, weightsFrom(weights, folder), folder);
  const recipe = settleRecipe(readRecipe(document.options, folder), task, reading.inputs); // an older one lacks what was not an option then
  return { network, labels, recipe, ...(target && { target }), ...reading };
}

const tokensText = (tokens: number | undefined, characters: number | undefined): string =>
  `${tokens} tokens${characters === undefined ? "" : ` of ${characters} characters`}`;

const charactersOf = ({ layers: [first] }: Spec): number | undefined =>
  first?.type === "words" ? first.characters.vocabulary : undefined;

function readingOf({ tokenizer, spelling, scaling }: Checkpoint["document"], folder: string): Reading {
  if (tokenizer) {
    return {
      inputs: "tokens",
      tokenizer: tokenizerFrom(tokenizer),
      ...(spelling && { spelling: tokenizerFrom(spelling) }),
    };
  }
  if (scaling) return { inputs: "numbers", scaling: readScales(scaling, folder) };
  throw new UserError(`${folder} has neither a tokenizer nor a scaling: it does not say what it reads`);
}
