/** @file Makes a folder and the folders above it. */
import { mkdirSync, statSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { codeOf } from "./errors.js";

/**
 * As `mkdir` with `recursive`, which does not return where the system cannot make folders, as in /proc.
 * @returns the outermost folder that was made; undefined if the folder existed
 * @throws the error of the system
 */
export async function makeFolders(folder: string): Promise<string | undefined> {
  const path = resolve(folder);
  if (await makeOne(path, true)) return path;
  if (await isFolder(path)) return undefined;
  const outermost = dirname(path) === path ? undefined : await makeFolders(dirname(path));
  return (await makeOne(path, false)) ? (outermost ?? path) : outermost;
}

/** @returns whether it was made; false if it exists, or if its parent is missing and may be */
async function makeOne(path: string, mayMissParent: boolean): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((mayMissParent && codeOf(error) === "ENOENT") || (await isFolder(path))) return false;
    throw error;
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** As `makeFolders`, at once. @throws the error of the system */
export function makeFoldersSync(folder: string): void {
  const path = resolve(folder);
  if (isFolderSync(path)) return;
  if (dirname(path) !== path) makeFoldersSync(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isFolderSync(path)) throw error; // another process may have made it
  }
}

const isFolderSync = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
