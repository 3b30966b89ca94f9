/** @file A model, a trained network with its tokenizer and labels, from what a checkpoint holds. It touches no file: the folder is a name for messages. */
import type { Checkpoint } from "../checkpoint/checkpoint.js";
import { UserError } from "../common/errors.js";
import type { Reading } from "../examples/encodeCorpus.js";
import { readScales, type Scale } from "../examples/scaling.js";
import type { Task } from "../common/names.js";
import { Network } from "../network/network.js";
import { readSpec, type Spec } from "../network/spec.js";
import { weightsFrom } from "../network/storedWeights.js";
import { readRecipe, type Recipe, settleRecipe } from "../options/recipe.js";
import { tokenizerFrom } from "../tokenizers/index.js";

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

/** A checkpoint made ready, on the backend that computes by now. @throws UserError where its document and weights do not fit each other */
export const modelFrom = (folder: string, checkpoint: Checkpoint): Model => {
  const { document } = checkpoint;
  return { folder, task: document.task, ...rebuild(folder, checkpoint), document };
};

/** The same model, known to read texts. @throws UserError for one that reads rows of numbers */
export function textModel(model: Model): TextModel {
  if (model.inputs === "tokens") return model;
  throw new UserError(`${model.folder} reads rows of numbers, and this needs a checkpoint that reads texts`);
}

/** What a checkpoint's document and weights make together. @throws UserError where they do not fit each other */
export function rebuild(
  folder: string,
  { document, weights }: Checkpoint,
): Pick<Model, "network" | "labels" | "target" | "recipe"> & Reading {
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
