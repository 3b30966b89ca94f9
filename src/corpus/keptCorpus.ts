/** @file Where the corpus is that a checkpoint names. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../common/errors.js";
import { packageFolder } from "../common/packageFolder.js";

/**
 * Here, or with the package for the bundled checkpoints.
 * @param name null where the checkpoint knows of none
 * @throws UserError for none, for standard input, which comes but once, and where it is in neither place
 */
export function keptCorpus(name: string | null): string {
  if (name === null) throw new UserError("it was imported, and no text is known that it was trained on");
  if (name === "-") throw new UserError("it was trained on standard input, which is gone: name a file");
  const found = [name, join(packageFolder, name)].find(existsSync);
  if (found !== undefined) return found;
  throw new UserError(
    `the text that it was trained on, ${name}, is not here: go to the folder where it was trained, or name a file`,
  );
}
