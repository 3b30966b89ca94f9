/** @file What a network's file does not say: what it reads, what it is for, and its labels; from a checkpoint that it is like, or from a vocabulary. */
import type { CheckpointDocument } from "../../checkpoint/checkpoint.js";
import type { DocumentUnit, PoolingName, Task } from "../../common/names.js";
import type { SpecOf } from "../../network/layers/layer.js";
import type { Recipe } from "../../options/recipe.js";
import type { Aim } from "./found.js";
import type { VocabularyOptions } from "../tokenizerJson/importedVocabulary.js";

export type OriginOptions = VocabularyOptions & {
  like?: string | undefined;
  vocabulary?: string | undefined;
  task?: Task | undefined;
  /** Names, or the path of a JSON file with a list of them. */
  labels?: readonly string[] | undefined;
  documents?: DocumentUnit | undefined;
  sequenceLength?: number | undefined;
  pooling?: readonly PoolingName[] | undefined;
  activation?: "tanh" | "relu" | undefined;
};

export type Origin = {
  aim: Aim;
  /** Of each of our tokens, which of the file's it is, -1 for none; null where they are the same. */
  order: Int32Array | null;
  /** What the checkpoint says beside its network. */
  document: Pick<
    CheckpointDocument,
    "labels" | "tokenizer" | "spelling" | "scaling" | "target" | "corpus" | "counts" | "progress"
  >;
  /** Options that are known. */
  recipe: Partial<Recipe>;
  /** Whether there is a corpus to train on. */
  trainable: boolean;
};

export const outputsFor = (task: Task, tokens: number, labels: readonly string[]): number =>
  ({ generator: tokens, classifier: labels.length, regressor: 1, tagger: labels.length })[task];

export const poolingOf = (names: readonly PoolingName[] | undefined): SpecOf<"pooling"> | null =>
  names ? { type: "pooling", over: [...names] } : null;

/** Where training stands that has not begun. */
export const progressFrom = (evaluateEvery: number): CheckpointDocument["progress"] => ({
  step: 0,
  best: 0,
  running: { loss: 0, batches: 0 },
  plan: { steps: 0, evaluateEvery },
});
