/** @file Files without a name, for what does not fit into memory: the system removes them at the end of the process, however it ends. */
import { randomUUID } from "node:crypto";
import { openSync, readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { messageOf, UserError } from "./errors.js";
import { makeFoldersSync } from "./makeFolders.js";

/** What a file holds, and how it gets another folder. */
const nextSteps = { tokens: "name another folder with --token-cache", input: "set TMPDIR to another folder" };

export type TemporaryContents = keyof typeof nextSteps;

const anyName = new RegExp(`^rnn-(${Object.keys(nextSteps).join("|")})-`);
const oldMs = 10_000;

/**
 * A descriptor of a new, empty file to read and write. Its name is removed at once.
 * @throws UserError if it cannot be made
 */
export function openTemporaryFile(folder: string, contents: TemporaryContents): number {
  const path = join(folder, `rnn-${contents}-${randomUUID()}`);
  try {
    makeFoldersSync(folder);
    removeOldNames(folder);
    const descriptor = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return descriptor;
  } catch (error) {
    throw new UserError(
      `could not make a file for the ${contents} in ${folder}: ${messageOf(error)}; ${nextSteps[contents]}`,
      { cause: error },
    );
  }
}

/** Removes the names that a killed process left. A process that has such a file open keeps it. */
function removeOldNames(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    try {
      if (anyName.test(name) && Date.now() - statSync(path).mtimeMs > oldMs) unlinkSync(path);
    } catch {
      // another process removed it, or it is another person's
    }
  }
}
