/** @file The checkpoints of ./checkpoints and those that come with rnn: to list, and to remove one. */
import { readdir, realpath, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { messageOf, UserError } from "../common/errors.js";
import type { JsonObject } from "../common/json.js";
import type { Task } from "../common/names.js";
import { suggestion } from "../common/nearest.js";
import { documentName, fileKinds, readDocument } from "./checkpointDocument.js";
import { type CheckpointRoots, defaultRoots, namesIn } from "./findCheckpoint.js";
import { lockFolder } from "./folderLock.js";

export type ListedCheckpoint = {
  name: string;
  folder: string;
  /** Whether it comes with rnn. */
  bundled: boolean;
  /** The size of its files. */
  bytes: number;
  /** Absent in a damaged checkpoint. */
  task?: Task;
  /** The file that it was trained on; null if it was imported. */
  corpus?: string | null;
  /** The scores of its test part, or of its validation part. */
  score?: JsonObject;
  /** The time of the last save, ISO 8601. */
  updated?: string;
  /** The reason why it cannot be used. */
  problem?: string;
};

/** The names of all checkpoints, those of ./checkpoints first. */
export const checkpointNames = async (roots: CheckpointRoots = defaultRoots): Promise<string[]> => [
  ...new Set([...(await namesIn(roots.local)), ...(await namesIn(roots.bundled))]),
];

/** All checkpoints, those of ./checkpoints first, in each root folder newest first. */
export async function listCheckpoints(roots: CheckpointRoots = defaultRoots): Promise<ListedCheckpoint[]> {
  const isClone = await isInside(join(roots.bundled, "any"), roots.local); // its checkpoints are the bundled ones
  const lists = (isClone ? [roots.local] : [roots.local, roots.bundled]).map(async (root) => {
    const names = await namesIn(root);
    const listed = await Promise.all(names.map((name) => describe(root, name, !isClone && root === roots.bundled)));
    return listed.toSorted((left, right) => (right.updated ?? "").localeCompare(left.updated ?? ""));
  });
  return (await Promise.all(lists)).flat();
}

async function describe(root: string, name: string, bundled: boolean): Promise<ListedCheckpoint> {
  const folder = join(root, name);
  const frame = { name, folder, bundled, bytes: await bytesOf(folder) };
  try {
    const { task, corpus, metrics, updated } = await readDocument(folder);
    const score = (metrics["test"] ?? metrics["validation"]) as JsonObject | undefined;
    return {
      ...frame,
      task,
      corpus: corpus.name && basename(corpus.name),
      ...(score !== undefined && { score }),
      updated,
    };
  } catch (error) {
    return { ...frame, problem: messageOf(error) };
  }
}

async function bytesOf(folder: string): Promise<number> {
  const files = (await readdir(folder)).filter(isOwnFile);
  const sizes = await Promise.all(
    files.map(async (name) => (await stat(join(folder, name)).catch(() => null))?.size ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Files that rnn writes into a checkpoint's folder. */
const isOwnFile = (name: string): boolean => ownFile.test(name);
const ownFile = new RegExp(
  `^(?:checkpoint\\.json(?:\\.[^/]*tmp)?|\\.lock(?:\\..*)?|(?:${fileKinds.join("|")})-\\d+\\.safetensors|report\\.html)$`,
);

/**
 * Deletes a checkpoint of ./checkpoints: the files that rnn wrote, and the folder if nothing else is in it.
 * @param name its name, or its path as `checkpoints/NAME`
 * @returns the folder, and the files in it that are not rnn's and stay
 * @throws UserError for a folder without a checkpoint or with one that a run saves into, a bundled checkpoint, and a path outside ./checkpoints
 */
export async function removeCheckpoint(
  name: string,
  roots: CheckpointRoots = defaultRoots,
): Promise<{ folder: string; kept: string[] }> {
  const isPath = /[/\\]/.test(name);
  const folder = isPath ? join(name) : join(roots.local, name);
  if (["", ".", ".."].includes(basename(folder)) || !(await isInside(folder, roots.local)))
    throw new UserError(`${name} is outside ${roots.local}; only checkpoints in ${roots.local} can be removed`);
  const names = await namesIn(roots.local);
  if (!names.includes(basename(folder))) {
    if (!isPath && (await namesIn(roots.bundled)).includes(name))
      throw new UserError(`${name} comes with rnn and cannot be removed`);
    throw new UserError(
      `no checkpoint named "${name}" in ${roots.local}${names.length > 0 ? suggestion(name, names, "checkpoints") : ""}`,
    );
  }
  const lock = await lockFolder(folder, "remove");
  const files = await readdir(folder);
  try {
    await rm(join(folder, documentName)); // first: without it, the folder is no checkpoint
    await Promise.all(files.filter(isOwnFile).map((file) => rm(join(folder, file), { force: true })));
    const kept = files.filter((file) => !isOwnFile(file));
    if (kept.length === 0) await rmdir(folder);
    return { folder, kept };
  } catch (error) {
    throw new UserError(`could not remove ${folder}: ${messageOf(error)}`);
  } finally {
    await lock.release();
  }
}

/** Whether a folder is directly in a root folder, links followed on the way to it. */
async function isInside(folder: string, root: string): Promise<boolean> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));
  return (await real(dirname(resolve(folder)))) === (await real(root));
}
