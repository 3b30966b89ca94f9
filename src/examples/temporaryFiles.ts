/** @file Files without a name, for what does not fit into memory: the system removes them at the end of the process, however it ends. */
import { randomUUID } from "node:crypto";
import { openSync, readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { messageOf, UserError } from "../common/errors.js";
import { makeFoldersSync } from "../common/makeFolders.js";

const prefix = "rnn-tokens-";
const oldMs = 10_000;

/**
 * A descriptor of a new, empty file to read and write. Its name is removed at once.
 * @throws UserError if it cannot be made
 */
export function openTemporaryFile(folder: string): number {
  const path = join(folder, `${prefix}${randomUUID()}`);
  try {
    makeFoldersSync(folder);
    removeOldNames(folder);
    const descriptor = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return descriptor;
  } catch (error) {
    throw new UserError(
      `could not make a file for the tokens in ${folder}: ${messageOf(error)}; name another folder with --token-cache`,
      { cause: error },
    );
  }
}

/** Removes the names that a killed process left. A process that has such a file open keeps it. */
function removeOldNames(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    try {
      if (name.startsWith(prefix) && Date.now() - statSync(path).mtimeMs > oldMs) unlinkSync(path);
    } catch {
      // another process removed it, or it is another person's
    }
  }
}
