/** @file Weights that another program trained, as a checkpoint: nothing is written unless all of it fits. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { parse } from "node:path";
import { type CheckpointDocument, createCheckpointFolder, saveCheckpoint } from "../checkpoint/checkpoint.js";
import { UsageError, UserError } from "../common/errors.js";
import { sizeOf } from "../network/initializers.js";
import { isPooled, type Spec } from "../network/spec.js";
import { type Recipe, settleRecipe, storeRecipe } from "../options/recipe.js";
import { readingError } from "../corpus/byteSource.js";
import { firstTensors } from "../training/runProgress.js";
import { architectureOf } from "./importing/architecture.js";
import type { Found } from "./importing/found.js";
import { fitted } from "./importing/fitted.js";
import { importerOf, importers } from "./importers.js";
import type { OriginOptions } from "./importing/origin.js";
import { originOf } from "./importing/origins.js";

export type ImportOptions = OriginOptions & {
  /** Absent: `checkpoints/` and the file's stem, numbered so that nothing is overwritten. */
  out?: string | undefined;
};

/** trainable: whether `rnn train --resume` can go on with it; told: whether somebody said how its layers work. */
export type Imported = {
  folder: string;
  document: CheckpointDocument;
  spec: Spec;
  trainable: boolean;
  told: boolean;
};

const checkpointsFolder = "checkpoints";
const largest = 2 ** 31 - 1; // bytes that Node reads at once

/**
 * Makes a checkpoint of a file of weights.
 * @param file safetensors of a PyTorch state dict, or a Keras model
 * @throws UserError for a file that is damaged, not understood, or does not fit its vocabulary
 */
export async function importModel(file: string, options: ImportOptions): Promise<Imported> {
  const origin = await originOf(options);
  const bytes = await bytesOf(file);
  const format = importerOf(bytes, file);
  const found = await importers[format].read(bytes, file, origin.aim);
  refuseSaid(found, options);
  const { spec, weights } = fitted(found, { place: file, ...origin });
  refuseForesight(spec, file);

  const { task, reads } = origin.aim;
  const recipe: Recipe = settleRecipe(
    {
      ...origin.recipe,
      ...(spec !== origin.aim.like && { ...architectureOf(spec), ...stepsOf(found, spec) }),
      epochs: undefined,
      for: undefined,
    },
    task,
    "width" in reads ? "numbers" : "tokens",
  );
  const parameters = [...weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const document: CheckpointDocument = {
    task,
    spec,
    ...origin.document,
    counts: { ...origin.document.counts, parameters },
    options: storeRecipe(recipe),
    imported: { file: parse(file).base, format, sha256: createHash("sha256").update(bytes).digest("hex") },
    metrics: {},
    history: [],
  };
  const folder = await createCheckpointFolder(options.out, checkpointsFolder, parse(file).name);
  const training = origin.trainable ? { training: firstTensors(weights, recipe.optimizer) } : {};
  await saveCheckpoint(folder, document, { weights, ...training });
  return { folder, document, spec, trainable: origin.trainable, told: found.told !== undefined };
}

/** @throws UsageError for an option that says what is known without it */
function refuseSaid({ told }: Found, { pooling, activation }: ImportOptions): void {
  if (told === undefined || (pooling === undefined && activation === undefined)) return;
  throw new UsageError(`--${pooling ? "pooling" : "activation"} is of no use here: ${told}`);
}

async function bytesOf(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await stat(file);
    if (size > largest) throw new UserError(`${file} has ${size} bytes, and at most ${largest} can be read`);
    return await readFile(file);
  } catch (error) {
    throw readingError(error, file);
  }
}

/** How far a network reads that answers once for a window or a text. */
const stepsOf = ({ steps }: Found, spec: Spec): Partial<Recipe> =>
  steps === undefined || !isPooled(spec)
    ? {}
    : spec.task === "generator"
      ? { sequenceLength: steps }
      : { maxLength: steps };

/** @throws UserError for a network that would read what it is to guess */
function refuseForesight(spec: Spec, file: string): void {
  const both = spec.layers.some((layer) => layer.type === "recurrent" && layer.bidirectional);
  if (spec.task !== "generator" || isPooled(spec) || !both) return;
  throw new UserError(
    `${file} reads in both directions, and so what it is to guess: --pooling last says that it guesses what follows a window of --sequence-length tokens`,
  );
}
