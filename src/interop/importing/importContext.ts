/** @file What a file of weights does not store: tokens, task, labels. It comes from a checkpoint (--like) or from a vocabulary. */
import type { CheckpointDocument } from "../../checkpoint/checkpoint.js";
import type { DocumentUnit, PoolingName, Task } from "../../common/names.js";
import type { SpecOf } from "../../network/layers/layer.js";
import type { Recipe } from "../../options/recipe.js";
import type { ImportTarget } from "../importers.js";
import type { VocabularyOptions } from "../tokenizerJson/importedVocabulary.js";

/** Either `like` or `vocabulary` is needed; `like` also defines what the other options of the tokens and the task set. */
export type ContextOptions = VocabularyOptions & {
  /** A checkpoint with the same tokens and labels; its network may differ. */
  like?: string | undefined;
  /** A JSON file with a list of the tokens in the order of their ids, ids by token, or the vocabulary.json of an export. */
  vocabulary?: string | undefined;
  /** Default: classifier with `labels`, else generator. */
  task?: Task | undefined;
  /** Names in the order of the network's outputs, or the path of a JSON file that lists them. Default: none. */
  labels?: readonly string[] | undefined;
  /** The documents of a generator's training. Default: lines if only line ends end a text, else none. */
  documents?: DocumentUnit | undefined;
  /** Tokens per window of a generator with `pooling`. Default: 64. */
  sequenceLength?: number | undefined;
  /** Pooling over time of a PyTorch network. Default: last for a classifier, else none. */
  pooling?: readonly PoolingName[] | undefined;
  /** The nonlinearity of PyTorch's nn.RNN. Default: tanh. */
  activation?: "tanh" | "relu" | undefined;
};

export type ImportContext = {
  target: ImportTarget;
  /** For each id of the tokenizer the id in the file, -1 for none; null if they are the same. */
  order: Int32Array | null;
  /** The fields of the checkpoint that do not describe its network. */
  document: Pick<
    CheckpointDocument,
    "labels" | "tokenizer" | "spelling" | "scaling" | "target" | "corpus" | "counts" | "progress"
  >;
  /** Options that are known. */
  recipe: Partial<Recipe>;
  /** Whether a corpus is known, so that training can continue. */
  trainable: boolean;
};

export const outputsFor = (task: Task, tokens: number, labels: readonly string[]): number =>
  ({ generator: tokens, classifier: labels.length, regressor: 1, tagger: labels.length })[task];

export const poolingOf = (names: readonly PoolingName[] | undefined): SpecOf<"pooling"> | null =>
  names ? { type: "pooling", over: [...names] } : null;

/** The progress of a run before its first step. */
export const progressFrom = (evaluateEvery: number): CheckpointDocument["progress"] => ({
  step: 0,
  best: 0,
  running: { loss: 0, batches: 0 },
  plan: { steps: 0, evaluateEvery },
});
