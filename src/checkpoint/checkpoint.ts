/** @file Saves and loads a checkpoint folder. Renaming `checkpoint.json` commits a save. */
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, inFile, messageOf, UserError } from "../common/errors.js";
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
export { type CheckpointRoots, findCheckpoint, type FoundCheckpoint } from "./findCheckpoint.js";
export { checkpointNames, type ListedCheckpoint, listCheckpoints, removeCheckpoint } from "./checkpointList.js";
export { createCheckpointFolder } from "./checkpointFolder.js";
export type { JsonObject, JsonValue } from "../common/json.js";
export type { NamedArrays } from "./safetensors.js";

/** `training`, the state that resuming needs, may be left out of a finished checkpoint. */
export type CheckpointArrays = { weights: NamedArrays; training?: NamedArrays };
export type Checkpoint = { document: StoredDocument } & CheckpointArrays;

const temporaryName = `${documentName}.tmp`;
const arraysName = /^(?:weights|training)-(?<generation>[0-9]{1,15})\.safetensors$/;
const generationOf = (name: string): number => Number(arraysName.exec(name)?.groups?.generation ?? 0);

/**
 * Saves into a folder that exists. If the save fails or the process ends during it, the previous save stays intact.
 * The arrays must not change until the promise settles.
 * @throws UserError if the disk is full or the folder cannot be written
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
    if (codeOf(error) === "EEXIST") begun.pop(); // it belongs to another run that saves into the folder at the same time
    await remove(folder, begun);
    if (codeOf(error) === undefined) throw error;
    throw new UserError(`could not save the checkpoint in ${folder}: ${messageOf(error)}; its previous save is intact`);
  }
  await syncFolder(folder);
  const kept = new Set(begun);
  const old = (await readdir(folder)).filter((name) => arraysName.test(name) && !kept.has(name));
  await remove(folder, old);
}

/** Files that cannot be removed only cost space; the next save tries again. */
async function remove(folder: string, names: string[]): Promise<void> {
  await Promise.allSettled(names.map((name) => rm(join(folder, name), { force: true })));
}

/**
 * Loads a checkpoint folder; every byte is verified before it is used.
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
  const { weights, training } = document.files;
  if (want.training && !training) {
    throw new UserError(
      `${folder}: could not resume, because it was saved without its training state; train a new network with \`rnn train\``,
    );
  }
  const read = async (file: StoredFile): Promise<NamedArrays> =>
    inFile(join(folder, file.name), async () => decodeSafetensors(await readVerified(folder, file)));
  try {
    const loaded = { document, weights: await read(weights) };
    return want.training && training ? { ...loaded, training: await read(training) } : loaded;
  } catch (error) {
    const now = await readDocument(folder);
    const saved = now.files.weights.name !== weights.name; // a run saved into the folder meanwhile
    if (saved) return loadCheckpoint(folder, want);
    throw error;
  }
}
