/** @file The import context of --like: a checkpoint with the same tokens, or columns of numbers, and the same corpus. */
import type { StoredDocument } from "../../checkpoint/checkpoint.js";
import { readScales } from "../../examples/scaling.js";
import { findCheckpoint } from "../../checkpoint/checkpoint.js";
import { tasks } from "../../common/names.js";
import { numbersIn, readSpec } from "../../network/spec.js";
import { readRecipe } from "../../options/recipe.js";
import { inFile, UserError } from "../../common/errors.js";
import { tokenizerFrom } from "../../tokenizers/index.js";
import { readPlan } from "../../training/plan.js";
import type { ImportTarget } from "../importers.js";
import { type ImportContext, type ContextOptions, outputsFor, poolingOf, progressFrom } from "./importContext.js";

/** @param name of a checkpoint, or its folder @throws UserError if there is none or it is damaged */
export async function contextFrom(name: string, { pooling, activation }: ContextOptions): Promise<ImportContext> {
  const { folder, document } = await findCheckpoint(name, tasks);
  const { task, labels = [], spec, tokenizer, spelling, scaling, target, corpus, counts } = document;
  if (spec === undefined)
    throw new UserError(`${folder} is an n-gram model, without a network; name a checkpoint of a network with --like`);
  const like = inFile(folder, () => readSpec(spec));
  if (numbersIn(like) > 0)
    throw new UserError(
      `${folder} reads numbers beside each text, which no other program's network does here; name another checkpoint with --like`,
    );
  const recipe = inFile(folder, () => readRecipe(document.options));
  return {
    target: {
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
      progress: progressFrom(inFile(folder, () => readPlan(document)).evaluateEvery),
    },
    recipe,
    trainable: corpus.name !== null,
  };
}

function readsOf({ tokenizer, scaling }: StoredDocument, folder: string): ImportTarget["reads"] {
  if (tokenizer) return { vocabulary: tokenizerFrom(tokenizer).vocabulary.length };
  return { width: inFile(folder, () => readScales(scaling)).length };
}
