/** @file Makes a checkpoint whose weights are stored as 8-bit integers, a quarter of the size, and compares it with the original. */
import { basename } from "node:path";
import {
  type Checkpoint,
  createCheckpointFolder,
  loadCheckpoint,
  lockFolder,
  saveCheckpoint,
  tryCheckpointFolder,
} from "../../checkpoint/checkpoint.js";
import { quantizedRecordOf } from "../../checkpoint/quantizedArrays.js";
import { UsageError, UserError } from "../../common/errors.js";
import type { JsonObject } from "../../common/json.js";
import { tasks } from "../../common/names.js";
import type { Evaluation } from "../../evaluation/evaluate.js";
import { type Engine, type Model, modelIn } from "../../model/model.js";
import { weightsFrom } from "../../network/storedWeights.js";
import { type FiguresOfTwo, figuresOfTwo } from "./modelFigures.js";

export type QuantizeOptions = Engine & {
  /** The folder of the new checkpoint. Default: `checkpoints/`, the name of the checkpoint and `-int8`. */
  out?: string | undefined;
};

export type QuantizedCheckpoint = FiguresOfTwo & {
  /** Of the new checkpoint. */
  folder: string;
};

const checkpointsFolder = "checkpoints";

/**
 * @param source the folder of a checkpoint
 * @throws UserError for a model without a network, and for one that is quantized already
 */
export async function quantizeCheckpoint(
  source: string,
  { out, ...engine }: QuantizeOptions = {},
): Promise<QuantizedCheckpoint> {
  await tryCheckpointFolder(out, checkpointsFolder);
  const checkpoint = await loadCheckpoint(source, { training: false });
  checkQuantizable(source, checkpoint);
  const folder = await createCheckpointFolder(out, checkpointsFolder, `${basename(source)}-int8`);
  return { folder, ...(await quantizeInto(folder, checkpoint, source, engine)) };
}

/** @throws UserError for a model without a network, and for one that is quantized already */
function checkQuantizable(source: string, { document }: Checkpoint): void {
  if (document.spec === undefined)
    throw new UserError(`${source} has no network whose weights could be quantized; name one that has`);
  if (document.quantized !== undefined)
    throw new UsageError(`${source} is quantized already; name the checkpoint that it was made from`);
}

/** Saves a checkpoint with quantized weights, and with its scores. @param original the folder that it is compared with */
export async function quantizeInto(
  folder: string,
  { document, ...arrays }: Checkpoint,
  original: string,
  engine: Engine,
): Promise<FiguresOfTwo> {
  const quantized = quantizedRecordOf(weightsFrom(arrays.weights));
  const lock = await lockFolder(folder);
  const save = (metrics: JsonObject): Promise<void> =>
    saveCheckpoint(folder, { ...document, quantized, metrics }, arrays, lock);
  try {
    await save({});
    const figures = await figuresIn(original, folder, engine);
    const { evaluation } = figures.after;
    if (evaluation) await save({ [evaluation.part]: storedScores(evaluation) });
    return figures;
  } finally {
    await lock.release();
  }
}

/** The figures of two checkpoints of one corpus. */
export async function figuresIn(before: string, after: string, engine: Engine): Promise<FiguresOfTwo> {
  const models: Model[] = [];
  try {
    for (const folder of [before, after]) models.push(await modelIn({ folder }, tasks, engine));
    const [first, second] = models;
    return await figuresOfTwo(first!, second!);
  } finally {
    for (const model of models) model.dispose();
  }
}

/** The scores that a checkpoint keeps. */
function storedScores({ source: _source, unknown: _unknown, note: _note, ...scores }: Evaluation): JsonObject {
  return scores;
}
