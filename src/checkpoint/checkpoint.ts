/** @file A checkpoint is a folder that is enough on its own; renaming its `checkpoint.json` is what commits a save. */
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, messageOf, UserError } from "../common/errors.js";
import {
  type CheckpointDocument,
  documentName,
  documentText,
  type FileKind,
  readDocument,
  type StoredDocument,
} from "./checkpointDocument.js";
import { readVerified, type StoredFile, syncFolder, writeDurably } from "./checkpointFiles.js";
import { decodeSafetensors, encodeSafetensors, type NamedArrays } from "./safetensors.js";

export { type CheckpointDocument, readDocument, type StoredDocument } from "./checkpointDocument.js";
export { findCheckpoint, type FoundCheckpoint } from "./findCheckpoint.js";
export { createCheckpointFolder } from "./checkpointFolder.js";
export type { JsonObject, JsonValue } from "../common/json.js";
export type { NamedArrays } from "./safetensors.js";

/** What training needs to go on exactly can be left out of a finished checkpoint. */
export type CheckpointArrays = { weights: NamedArrays; training?: NamedArrays };
export type Checkpoint = { document: StoredDocument } & CheckpointArrays;

const temporaryName = `${documentName}.tmp`;
const arraysName = /^(?:weights|training)-(?<generation>[0-9]{1,15})\.safetensors$/;
const generationOf = (name: string): number => Number(arraysName.exec(name)?.groups?.generation ?? 0);

/**
 * Saves into a folder that exists: all of it, or nothing where it fails or the process dies, and then what was saved before
 * stays. The arrays must not change until it is done.
 * @throws UserError where the disk is full or the folder cannot be written
 */
export async function saveCheckpoint(
  folder: string,
  document: CheckpointDocument,
  arrays: CheckpointArrays,
): Promise<void> {
  const begun: string[] = [];
  const write = (name: string, chunks: Uint8Array[], flags: "w" | "wx"): Promise<StoredFile> => {
    begun.push(name);
    return writeDurably(folder, name, chunks, flags);
  };
  try {
    const generation = Math.max(0, ...(await readdir(folder)).map(generationOf)) + 1;
    const writeArrays = (kind: FileKind, content: NamedArrays) =>
      write(`${kind}-${generation}.safetensors`, encodeSafetensors(content), "wx");
    const weights = await writeArrays("weights", arrays.weights);
    const training = arrays.training && (await writeArrays("training", arrays.training));
    const text = documentText(document, training ? { weights, training } : { weights });
    await write(temporaryName, [new TextEncoder().encode(text)], "w");
    await rename(join(folder, temporaryName), join(folder, documentName));
  } catch (error) {
    if (codeOf(error) === "EEXIST") begun.pop(); // another run's, which saves into the folder at the same time
    await remove(folder, begun);
    if (codeOf(error) === undefined) throw error;
    throw new UserError(
      `the checkpoint cannot be saved in ${folder}: ${messageOf(error)}; what was saved there before is intact`,
    );
  }
  await syncFolder(folder);
  const kept = new Set(begun);
  const old = (await readdir(folder)).filter((name) => arraysName.test(name) && !kept.has(name));
  await remove(folder, old);
}

/** What cannot be removed costs space and no more: the next save tries again. */
async function remove(folder: string, names: string[]): Promise<void> {
  await Promise.allSettled(names.map((name) => rm(join(folder, name), { force: true })));
}

/**
 * Loads what a folder holds; every byte is checked before it is used.
 * @param want.training whether what training needs to go on is loaded too
 * @throws UserError where anything is missing, damaged or of a newer format, or where there is no training state to load
 */
export function loadCheckpoint(
  folder: string,
  want: { training: true },
): Promise<Checkpoint & { training: NamedArrays }>;
export function loadCheckpoint(folder: string, want: { training: boolean }): Promise<Checkpoint>;
export async function loadCheckpoint(folder: string, want: { training: boolean }): Promise<Checkpoint> {
  const document = await readDocument(folder);
  const { weights, training } = document.files;
  if (want.training && !training) {
    throw new UserError(
      `${folder} was saved without its training state, so its training cannot be resumed; train a new one with \`rnn train\``,
    );
  }
  const read = async (file: StoredFile): Promise<NamedArrays> =>
    decodeSafetensors(await readVerified(folder, file), join(folder, file.name));
  try {
    const loaded = { document, weights: await read(weights) };
    return want.training && training ? { ...loaded, training: await read(training) } : loaded;
  } catch (error) {
    const now = await readDocument(folder);
    const saved = now.files.weights.name !== weights.name; // a run that trains into the folder saved meanwhile
    if (saved) return loadCheckpoint(folder, want);
    throw error;
  }
}
