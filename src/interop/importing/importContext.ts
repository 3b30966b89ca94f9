/** @file What a file of weights does not store: tokens, task, labels. It comes from a checkpoint (--like) or from a vocabulary. */
import type { CheckpointDocument } from "../../checkpoint/checkpoint.js";
import type { DocumentUnit, PoolingName, Task } from "../../common/names.js";
import type { SpecOf } from "../../network/layers/layer.js";
import type { Recipe } from "../../options/recipe.js";
import type { ImportTarget } from "../importers.js";
import type { VocabularyOptions } from "../tokenizerJson/importedVocabulary.js";

export type ContextOptions = VocabularyOptions & {
  like?: string | undefined;
  vocabulary?: string | undefined;
  task?: Task | undefined;
  /** Names, or the path of a JSON file that lists them. */
  labels?: readonly string[] | undefined;
  documents?: DocumentUnit | undefined;
  sequenceLength?: number | undefined;
  pooling?: readonly PoolingName[] | undefined;
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
