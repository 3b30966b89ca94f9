/** @file Saves and loads a checkpoint folder. Renaming `checkpoint.json` commits a save. */
import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, inFile, messageOf, UserError } from "../common/errors.js";
import {
  type CheckpointDocument,
  documentName,
  documentText,
  type FileKind,
  fileKinds,
  isEdited,
  readDocument,
  type StoredDocument,
} from "./checkpointDocument.js";
import { readVerified, type StoredFile, syncFolder, writeDurably } from "./checkpointFiles.js";
import { warnOnce } from "../common/warnings.js";
import { type FolderLock, isOldLock, lockFolder } from "./folderLock.js";
import { dequantizedArrays, quantizedArrays } from "./quantizedArrays.js";
import { decodeSafetensors, encodeSafetensors, type NamedArrays, type StorableArrays } from "./safetensors.js";

export {
  type CalibrationRecord,
  type CheckpointDocument,
  type DistilledRecord,
  type ConformalRecord,
  type FromRecord,
  readDocument,
  type StoredDocument,
} from "./checkpointDocument.js";
export { type CheckpointRoots, findCheckpoint, type FoundCheckpoint, isCheckpoint } from "./findCheckpoint.js";
export { checkpointNames, type ListedCheckpoint, listCheckpoints, removeCheckpoint } from "./checkpointList.js";
export { createCheckpointFolder, tryCheckpointFolder } from "./checkpointFolder.js";
export { type FolderLock, lockFolder } from "./folderLock.js";
export type { JsonObject, JsonValue } from "../common/json.js";
export type { NamedArrays } from "./safetensors.js";

/** `training`, the state that resuming needs, may be left out of a finished checkpoint; `ngrams` are the counts of an n-gram model, `bag` the weights of a bag of n-grams, `digest` the filter of a training text. */
export type CheckpointArrays = {
  weights: StorableArrays;
  training?: StorableArrays;
  ngrams?: StorableArrays | undefined;
  bag?: StorableArrays | undefined;
  digest?: StorableArrays | undefined;
};
/** `weights` are empty without a network. */
export type Checkpoint = {
  document: StoredDocument;
  weights: NamedArrays;
  training?: NamedArrays;
  ngrams?: NamedArrays;
  bag?: NamedArrays;
  digest?: NamedArrays;
};

const isTemporary = (name: string): boolean => name.startsWith(documentName) && name.endsWith(".tmp");
const arraysName = new RegExp(`^(?:${fileKinds.join("|")})-(?<generation>[0-9]{1,15})\\.safetensors$`);
const generationOf = (name: string): number => Number(arraysName.exec(name)?.groups?.generation ?? 0);

/**
 * Saves into a folder that exists. If the save fails or the process ends during it, the previous save stays intact.
 * The arrays must not change until the promise settles. A document with a record `quantized` has its weights stored as integers.
 * @param lock of the folder. Default: it is taken for this save.
 * @throws UserError if the disk is full, the folder cannot be written, or another process has its lock
 */
export async function saveCheckpoint(
  folder: string,
  document: CheckpointDocument,
  arrays: CheckpointArrays,
  lock?: FolderLock,
): Promise<void> {
  if (lock === undefined) {
    const own = await lockFolder(folder);
    try {
      return await saveCheckpoint(folder, document, arrays, own);
    } finally {
      await own.release();
    }
  }
  await lock.confirm();
  const begun: string[] = [];
  const write = (name: string, chunks: Uint8Array[]): Promise<StoredFile> => {
    begun.push(name);
    return writeDurably(folder, name, chunks);
  };
  try {
    const generation = Math.max(0, ...(await readdir(folder)).map(generationOf)) + 1;
    const writeArrays = (kind: FileKind, content: StorableArrays) =>
      write(`${kind}-${generation}.safetensors`, encodeSafetensors(content));
    const { quantized } = document;
    const weights = quantized ? quantizedArrays(arrays.weights, quantized) : arrays.weights;
    const files: StoredDocument["files"] = { weights: await writeArrays("weights", weights) };
    if (arrays.training) files.training = await writeArrays("training", arrays.training);
    if (arrays.ngrams) files.ngrams = await writeArrays("ngrams", arrays.ngrams);
    if (arrays.bag) files.bag = await writeArrays("bag", arrays.bag);
    if (arrays.digest) files.digest = await writeArrays("digest", arrays.digest);
    const text = documentText(document, files);
    const temporaryName = `${documentName}.${randomUUID()}.tmp`;
    await write(temporaryName, [new TextEncoder().encode(text)]);
    await lock.confirm();
    await rename(join(folder, temporaryName), join(folder, documentName));
  } catch (error) {
    if (codeOf(error) === "EEXIST") begun.pop(); // the file is not of this save
    await remove(folder, begun);
    if (codeOf(error) === undefined) throw error;
    throw new UserError(`could not save the checkpoint in ${folder}: ${messageOf(error)}; its previous save is intact`);
  }
  await syncFolder(folder);
  const kept = new Set(begun);
  const isOwn = (name: string): boolean => arraysName.test(name) || isTemporary(name) || isOldLock(name);
  const names = await readdir(folder).catch(() => []); // the save is done, whatever happens to the old files
  const old = names.filter((name) => isOwn(name) && !kept.has(name));
  await remove(folder, old);
}

/** Files that cannot be removed only cost space; the next save tries again. */
async function remove(folder: string, names: string[]): Promise<void> {
  await Promise.allSettled(names.map((name) => rm(join(folder, name), { force: true })));
}

/**
 * Loads a checkpoint folder; every byte is verified before it is used. A `checkpoint.json` that was edited is a warning.
 * @param want.training whether to load the training state too
 * @throws UserError for a missing or damaged file, a newer format, and a missing training state
 */
export function loadCheckpoint(
  folder: string,
  want: { training: true },
): Promise<Checkpoint & { training: NamedArrays }>;
export function loadCheckpoint(folder: string, want: { training: boolean }): Promise<Checkpoint>;
export async function loadCheckpoint(folder: string, want: { training: boolean }): Promise<Checkpoint> {
  const document = await readDocument(folder);
  if (isEdited(document)) {
    warnOnce(`${join(folder, documentName)} was changed after it was saved (its digest differs); it is used as it is`);
  }
  const { weights, training, ngrams, bag, digest } = document.files;
  if (want.training && !training) {
    throw new UserError(
      `${folder}: could not resume, because it was saved without its training state; train a new network with \`rnn train\``,
    );
  }
  const read = async (file: StoredFile): Promise<NamedArrays> =>
    inFile(join(folder, file.name), async () => decodeSafetensors(await readVerified(folder, file)));
  const readWeights = async (): Promise<NamedArrays> => {
    const { quantized } = document;
    const stored = await read(weights);
    return quantized ? inFile(join(folder, weights.name), () => dequantizedArrays(stored, quantized)) : stored;
  };
  try {
    const loaded = {
      document,
      weights: await readWeights(),
      ...(ngrams && { ngrams: await read(ngrams) }),
      ...(bag && { bag: await read(bag) }),
      ...(digest && { digest: await read(digest) }),
    };
    return want.training && training ? { ...loaded, training: await read(training) } : loaded;
  } catch (error) {
    const now = await readDocument(folder);
    const saved = now.files.weights.name !== weights.name; // a run saved into the folder meanwhile
    if (saved) return loadCheckpoint(folder, want);
    throw error;
  }
}
