/** @file Where the corpus is that a checkpoint names. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.js";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Here, or with the package for the bundled checkpoints.
 * @throws UserError for standard input, which comes but once
 */
export function keptCorpus(name: string): string {
  if (name === "-") throw new UserError("it was trained on standard input, which is gone: name a file");
  const withPackage = join(packageFolder, name);
  return !existsSync(name) && existsSync(withPackage) ? withPackage : name;
}
