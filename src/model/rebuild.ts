/// <reference lib="esnext.disposable" preserve="true" />
/** @file Makes a model, which is a trained network, an n-gram model or a bag of n-grams with its tokenizer and labels, from a loaded checkpoint. It reads no files; the folder is for messages only. */
import type { Checkpoint } from "../checkpoint/checkpoint.js";
import { inFile, UserError } from "../common/errors.js";
import type { InputEncoding } from "../examples/inputEncoder.js";
import { readScales, type Scale } from "../examples/scaling.js";
import type { JsonObject } from "../common/json.js";
import type { Task } from "../common/names.js";
import { Network } from "../network/network.js";
import { numbersIn, readSpec, type Spec } from "../network/spec.js";
import { weightsFrom } from "../network/storedWeights.js";
import { readRecipe, type Recipe, settleRecipe } from "../options/recipe.js";
import { Mixture } from "./mixture.js";
import { Bag } from "./storedBag.js";
import { TextDigest } from "./textDigest.js";
import { tokenizerFrom } from "../tokenizers/index.js";

/** The fields that a model of each task has. */
export type ModelFields = {
  /** The folder of the checkpoint, for messages. */
  folder: string;
  /** Reading it throws a UserError for a model without one, such as an n-gram model; `hasNetwork` tells. */
  readonly network: Network;
  readonly hasNetwork: boolean;
  /** Of a generator: an n-gram model, alone or mixed with the network. */
  mixture?: Mixture;
  /** Of a classifier: a bag of n-grams, which is its model if it has no network. */
  bag?: Bag;
  /** Of a generator: a filter of its training text. */
  digest?: TextDigest;
  /** In the order of the network's classes; empty for a generator or a regressor. */
  labels: readonly string[];
  /** Of a classifier of several labels a text: the probability from which on each label applies. */
  thresholds?: readonly number[];
  /** The options that the model was trained with. */
  recipe: Recipe;
  /** The checkpoint's `checkpoint.json`. */
  document: Checkpoint["document"];
  /** Frees the memory of the weights; the model cannot be used afterwards. */
  dispose(): void;
  /** The same at the end of a block: `using model = await loadModel("critic")`. */
  [Symbol.dispose](): void;
};

type TokenInputs = Extract<InputEncoding, { inputs: "tokens" }>;

/** The fields that differ by task. */
export type TaskFields =
  | ({ task: "generator"; target?: undefined } & TokenInputs)
  | ({ task: "classifier"; target?: undefined } & InputEncoding)
  /** target: mean and standard deviation of the predicted number in the training part. */
  | ({ task: "regressor"; target: Scale } & InputEncoding)
  | ({ task: "tagger"; target?: undefined } & TokenInputs);

/**
 * A trained network with its tokenizer or scaling, its labels and its options. `task` and `inputs` narrow the type: a model with `inputs: "tokens"` has a
 * `tokenizer`, one with `inputs: "numbers"` has a `scaling`, one with `task: "regressor"` has a `target`.
 */
export type Model = ModelFields & TaskFields;
/** A model of one task, or of one of several. */
export type ModelOf<Kind extends Task> = Kind extends Task ? Extract<Model, { task: Kind }> : never;
export type TextModel = Extract<Model, { inputs: "tokens" }>;
export type NumberModel = Extract<Model, { inputs: "numbers" }>;

/** The model of a checkpoint, on the active backend. @throws UserError if its document and its weights do not match */
export const modelFrom = (folder: string, checkpoint: Checkpoint): Model => {
  const { document } = checkpoint;
  const { target, network, ...rebuilt } = rebuild(folder, checkpoint);
  const dispose = (): void => network?.dispose();
  return {
    folder,
    task: document.task,
    ...(target && { target }),
    ...rebuilt,
    get network() {
      if (network !== null) return network;
      throw new UserError(
        `${folder} is ${rebuilt.bag ? "a bag of n-grams" : "an n-gram model"}, without a network; this needs a network: train one with \`rnn train\``,
      );
    },
    hasNetwork: network !== null,
    document,
    dispose,
    [Symbol.dispose]: dispose,
  } as Model;
};

/** Narrows a model to those that read text. @throws UserError for one that reads rows of numbers */
export function textModel<Given extends Model>(model: Given): Extract<Given, { inputs: "tokens" }> {
  if (model.inputs === "tokens") return model as Extract<Given, { inputs: "tokens" }>;
  throw new UserError(`${model.folder} reads rows of numbers; this needs a checkpoint that reads text`);
}

/** Narrows a model to one task, or to one of several. @throws UserError for a model of another task */
export function modelOf<Kind extends Task>(model: Model, task: Kind | readonly Kind[]): ModelOf<Kind> {
  const wanted: readonly Task[] = typeof task === "string" ? [task] : task;
  if (wanted.includes(model.task)) return model as ModelOf<Kind>;
  throw new UserError(`${model.folder} is a ${model.task}; expected a ${wanted.join(" or ")}`);
}

/** The network, tokenizer and options of a checkpoint. @throws UserError, with the folder, if they do not match */
export const rebuild = (folder: string, checkpoint: Checkpoint): Rebuilt => inFile(folder, () => rebuildIn(checkpoint));

type Rebuilt = Pick<ModelFields, "mixture" | "bag" | "digest" | "labels" | "thresholds" | "recipe"> & {
  network: Network | null;
  target?: Scale;
} & InputEncoding;

function rebuildIn({ document, weights, ngrams, bag: bagArrays, digest: digestArrays }: Checkpoint): Rebuilt {
  const { task } = document;
  const inputEncoding = inputEncodingOf(document);
  const found = document.spec && networkIn({ document, weights }, document.spec, inputEncoding); // first: a cell that is not defined is named as such
  const recipe = settleRecipe(readRecipe(document.options), task, inputEncoding.inputs); // an older recipe lacks options that were added later
  const tokenizer = inputEncoding.inputs === "tokens" ? inputEncoding.tokenizer : undefined;
  const mixture = tokenizer && Mixture.from(document, ngrams, tokenizer.vocabulary.length);
  const bag = tokenizer && Bag.from(document, bagArrays, tokenizer);
  if (document.spec === undefined && !(task === "generator" && mixture) && !(task === "classifier" && bag))
    throw new UserError("damaged or edited: it has neither a network nor a model without one");
  const digest = TextDigest.from(document, digestArrays);
  const common = {
    recipe,
    ...(mixture && { mixture }),
    ...(bag && { bag }),
    ...(digest && { digest }),
    ...inputEncoding,
  };
  return { ...(found ?? { network: null, labels: document.labels ?? [] }), ...common };
}

/** @throws UserError if the network does not fit what it reads and predicts */
function networkIn(
  { document, weights }: Pick<Checkpoint, "document" | "weights">,
  storedSpec: JsonObject,
  inputEncoding: InputEncoding,
): Pick<Rebuilt, "network" | "labels" | "thresholds" | "target"> {
  const { task, labels = [], thresholds } = document;
  const spec = readSpec(storedSpec);
  const [target] = document.target ? readScales([document.target]) : [];
  const [read, readBySpec] =
    inputEncoding.inputs === "tokens"
      ? [
          tokensText(
            inputEncoding.tokenizer.vocabulary.length,
            inputEncoding.spelling?.vocabulary.length,
            inputEncoding.numbers?.length,
          ),
          tokensText(spec.vocabulary, charactersOf(spec), numbersIn(spec)),
        ]
      : [`rows of ${inputEncoding.scaling.length}`, `rows of ${spec.width}`];
  const classes = { generator: spec.vocabulary, classifier: labels.length, regressor: 1, tagger: labels.length }[task];
  if (task !== spec.task || read !== readBySpec || classes !== spec.classes || (task === "regressor") !== !!target) {
    throw new UserError(
      `damaged or edited: a ${task} of ${read} and ${labels.length} labels has a network for a ${spec.task} of ${readBySpec} and ${spec.classes} classes`,
    );
  }
  if (thresholds && (!spec.multilabel || thresholds.length !== labels.length))
    throw new UserError(`damaged or edited: it has ${thresholds.length} thresholds for ${labels.length} labels`);
  const network = Network.from(spec, weightsFrom(weights));
  return { network, labels, ...(thresholds && { thresholds }), ...(target && { target }) };
}

const tokensText = (tokens: number | undefined, characters: number | undefined, numbers = 0): string =>
  `${tokens} tokens${characters === undefined ? "" : ` of ${characters} characters`}${numbers === 0 ? "" : ` beside ${numbers} numbers`}`;

const charactersOf = ({ layers: [first] }: Spec): number | undefined =>
  first?.type === "words" ? first.characters.vocabulary : undefined;

function inputEncodingOf({ tokenizer, spelling, scaling }: Checkpoint["document"]): InputEncoding {
  if (tokenizer) {
    return {
      inputs: "tokens",
      tokenizer: tokenizerFrom(tokenizer),
      ...(spelling && { spelling: tokenizerFrom(spelling) }),
      ...(scaling && { numbers: readScales(scaling) }),
    };
  }
  if (scaling) return { inputs: "numbers", scaling: readScales(scaling) };
  throw new UserError("damaged or edited: it has neither a tokenizer nor a scaling");
}
