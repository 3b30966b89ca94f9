/** @file What a checkpoint says that reads the same tokens, or rows of numbers, and was trained on the same corpus. */
import type { StoredDocument } from "../../checkpoint/checkpoint.js";
import { readScales } from "../../examples/scaling.js";
import { findCheckpoint } from "../../checkpoint/checkpoint.js";
import { tasks } from "../../common/names.js";
import { readSpec } from "../../network/spec.js";
import { readRecipe } from "../../options/recipe.js";
import { tokenizerFrom } from "../../tokenizers/index.js";
import { readPlan } from "../../training/plan.js";
import type { Aim } from "./found.js";
import { type Origin, type OriginOptions, outputsFor, poolingOf, progressFrom } from "./origin.js";

/** @param name of a checkpoint, or its folder @throws UserError where there is none or it is damaged */
export async function originLike(name: string, { pooling, activation }: OriginOptions): Promise<Origin> {
  const { folder, document } = await findCheckpoint(name, tasks);
  const { task, labels = [], spec, tokenizer, spelling, scaling, target, corpus, counts } = document;
  const like = readSpec(spec, folder);
  const recipe = readRecipe(document.options, folder);
  return {
    aim: {
      task,
      reads: readsOf(document, folder),
      outputs: outputsFor(task, like.classes, labels),
      pooling: poolingOf(pooling) ?? like.layers.find((layer) => layer.type === "pooling") ?? null,
      like,
      relu: (activation ?? (recipe.cell === "rnn-relu" ? "relu" : "tanh")) === "relu",
    },
    order: null,
    document: {
      ...(labels.length > 0 && { labels }),
      ...(tokenizer && { tokenizer }),
      ...(spelling && { spelling }),
      ...(scaling && { scaling }),
      ...(target && { target }),
      corpus,
      counts,
      progress: progressFrom(readPlan(document, folder).evaluateEvery),
    },
    recipe,
    trainable: corpus.name !== null,
  };
}

function readsOf({ tokenizer, scaling }: StoredDocument, folder: string): Aim["reads"] {
  if (tokenizer) return { vocabulary: tokenizerFrom(tokenizer).vocabulary.length };
  return { width: readScales(scaling, folder).length };
}
