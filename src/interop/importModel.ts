/** @file Makes a checkpoint from weights that another program trained. Nothing is written unless all weights fit. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { parse } from "node:path";
import {
  type CheckpointDocument,
  createCheckpointFolder,
  type NamedArrays,
  saveCheckpoint,
  tryCheckpointFolder,
} from "../checkpoint/checkpoint.js";
import { UsageError, UserError } from "../common/errors.js";
import { sizeOf } from "../network/initializers.js";
import { isPooled, type Spec } from "../network/spec.js";
import { type Recipe, settleRecipe, storeRecipe } from "../options/recipe.js";
import { readingError } from "../corpus/sources/byteSource.js";
import { initialTensors } from "../training/runProgress.js";
import { assembleNetwork } from "./importing/assembleNetwork.js";
import { architectureOf } from "./importing/architecture.js";
import type { ContextOptions, ImportContext } from "./importing/importContext.js";
import { type ImportedNetwork, importerFor, importers } from "./importers.js";

export type ImportOptions = ContextOptions & {
  /** The folder of the checkpoint. Default: a new folder in `checkpoints/`, named after the file. */
  out?: string | undefined;
};

/** trainable: whether `rnn train --resume` can continue; activationKnown: whether the file or a checkpoint defines the activations. */
export type ImportedModel = {
  folder: string;
  document: CheckpointDocument;
  spec: Spec;
  trainable: boolean;
  activationKnown: boolean;
};

const checkpointsFolder = "checkpoints";
const maxFileBytes = 2 ** 31 - 1; // the limit of Node's readFile

/**
 * Makes a checkpoint of a file of weights.
 * @param file safetensors of a PyTorch state dict, or a Keras model
 * @throws UserError for a file that is damaged, in another format, or does not fit its vocabulary
 */
export async function importModel(file: string, options: ImportOptions): Promise<ImportedModel> {
  await tryCheckpointFolder(options.out, checkpointsFolder);
  const context = await importContext(options);
  const bytes = await readBytes(file);
  const format = importerFor(bytes, file);
  const network = await importers[format].read(bytes, file, context.target);
  checkOptions(network, options);
  const { spec, weights } = assembleNetwork(network, { source: file, ...context });
  checkFinite(weights, file);
  checkCausality(spec, file);

  const { task, reads } = context.target;
  const recipe: Recipe = settleRecipe(
    {
      ...context.recipe,
      ...(spec !== context.target.like && { ...architectureOf(spec), ...lengthOption(network, spec) }),
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
    ...context.document,
    counts: { ...context.document.counts, parameters },
    options: storeRecipe(recipe),
    imported: { file: parse(file).base, format, sha256: createHash("sha256").update(bytes).digest("hex") },
    metrics: {},
    history: [],
  };
  const folder = await createCheckpointFolder(options.out, checkpointsFolder, parse(file).name);
  const training = context.trainable ? { training: initialTensors(weights, recipe.optimizer) } : {};
  await saveCheckpoint(folder, document, { weights, ...training });
  const { trainable } = context;
  return { folder, document, spec, trainable, activationKnown: network.definedBy !== undefined };
}

/** @throws UserError for a NaN or an infinite value, which every output would have too */
function checkFinite(weights: NamedArrays, file: string): void {
  for (const [name, { values }] of weights) {
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw new UserError(
        `${file}: the weights ${name} have a value that is not finite (${values[at]}); export the model again, before its training diverged`,
      );
  }
}

/** @throws UsageError if neither a checkpoint nor a vocabulary is given, or both */
async function importContext(options: ContextOptions): Promise<ImportContext> {
  const { like, vocabulary } = options;
  if (like !== undefined && vocabulary !== undefined)
    throw new UsageError("--like and --vocabulary both define the tokens; give one of them");
  if (like !== undefined) return (await import("./importing/contextFromCheckpoint.js")).contextFrom(like, options);
  if (vocabulary !== undefined)
    return (await import("./importing/contextFromVocabulary.js")).contextFrom(vocabulary, options);
  throw new UsageError(
    "a file of weights does not store its tokens; name a checkpoint with the same tokens with --like, or a JSON file of tokens with --vocabulary",
  );
}

/** @throws UsageError for an option whose value is already known */
function checkOptions({ definedBy }: ImportedNetwork, { pooling, activation }: ImportOptions): void {
  if (definedBy === undefined || (pooling === undefined && activation === undefined)) return;
  throw new UsageError(
    `--${pooling ? "pooling" : "activation"} has no effect here, because ${definedBy} defines it; remove it`,
  );
}

async function readBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const stats = await stat(file);
    if (stats.isCharacterDevice()) throw new UserError(`${file} is a device; name a file of weights`);
    if (stats.size > maxFileBytes)
      throw new UserError(`${file} has ${stats.size} bytes; at most ${maxFileBytes} can be read`);
    return await readFile(file);
  } catch (error) {
    throw readingError(error, file);
  }
}

/** The option for the number of steps of a network with one output per window or text. */
const lengthOption = ({ steps }: ImportedNetwork, spec: Spec): Partial<Recipe> =>
  steps === undefined || !isPooled(spec)
    ? {}
    : spec.task === "generator"
      ? { sequenceLength: steps }
      : { maxLength: steps };

/** @throws UserError for a generator that would read the token that it predicts */
function checkCausality(spec: Spec, file: string): void {
  const isBidirectional = spec.layers.some((layer) => layer.type === "recurrent" && layer.bidirectional);
  if (spec.task !== "generator" || isPooled(spec) || !isBidirectional) return;
  throw new UserError(
    `${file} is bidirectional, so at each step it would read the token that it predicts; use --pooling last for a network that predicts the token after a window of --sequence-length tokens`,
  );
}
