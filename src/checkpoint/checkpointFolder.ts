/** @file Creates a new folder for each training run. */
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf, messageOf, UserError } from "../common/errors.js";
import { makeFolders } from "../common/makeFolders.js";
import { tryPath } from "../common/outputFiles.js";
import { documentName } from "./checkpointDocument.js";
import { isOldLock, lockName } from "./folderLock.js";

const maxNameLength = 60; // characters

/**
 * Creates a new folder and returns its path; it never returns a folder that contains files. Two runs that start at the same time get two folders.
 * @param out the folder to make, or undefined for `parent/stem`, `parent/stem-2`, `parent/stem-3`…
 * @param stem the name of the corpus; characters that a file name should not have become "-"
 * @throws UserError if `out` exists and is not empty, and if no folder can be created
 */
export async function createCheckpointFolder(out: string | undefined, parent: string, stem: string): Promise<string> {
  if (out !== undefined) {
    if ((await make(out)) || (await isEmpty(out))) return out;
    throw isTaken(out);
  }
  const name =
    stem
      .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")
      .replace(/^[.-]+/, "")
      .slice(0, maxNameLength) || "corpus";
  for (let number = 1; ; number++) {
    const folder = join(parent, number === 1 ? name : `${name}-${number}`);
    if (await make(folder)) return folder;
  }
}

/**
 * Shows before the work that `createCheckpointFolder` can make its folder.
 * @throws UserError if it cannot
 */
export async function tryCheckpointFolder(out: string | undefined, parent: string): Promise<void> {
  if (out !== undefined && existsSync(out) && !(await isEmpty(out))) throw isTaken(out);
  const folder = out ?? join(parent, "new");
  await tryPath(existsSync(folder) ? join(folder, documentName) : folder).catch((error: unknown) => {
    throw failure(out ?? parent, error);
  });
}

function isTaken(out: string): UserError {
  const resume = existsSync(join(out, documentName))
    ? `, or resume its training with \`rnn train --resume ${out}\``
    : "";
  return new UserError(`--out ${out} exists and is not an empty folder; name a new one${resume}`);
}

const failure = (folder: string, error: unknown): UserError =>
  new UserError(`could not make the folder ${folder}: ${messageOf(error)}; name another one with --out`);

/** @returns false if the folder, or a file of that name, exists */
async function make(folder: string): Promise<boolean> {
  await makeFolders(dirname(resolve(folder))).catch((error: unknown) => {
    throw failure(folder, error);
  });
  try {
    await mkdir(folder); // not recursive: it fails if another run made the folder first
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw failure(folder, error);
  }
}

/** Whether nothing but locks is in the folder. */
async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).every((name) => name === lockName || isOldLock(name));
  } catch {
    return false;
  }
}
