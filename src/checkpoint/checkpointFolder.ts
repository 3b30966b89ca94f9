/** @file A folder of its own for each training run. */
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf, messageOf, UserError } from "../common/errors.js";

const longestName = 60; // characters

/**
 * Makes a new folder and returns its path; never one that holds anything. Two runs that start at once get two.
 * @param out the folder to make, or undefined for `parent/stem`, `parent/stem-2`, `parent/stem-3`…
 * @param stem what the corpus is called; characters that a file's name should not have become "-"
 * @throws UserError where `out` is taken or no folder can be made
 */
export async function createCheckpointFolder(out: string | undefined, parent: string, stem: string): Promise<string> {
  if (out !== undefined) {
    if ((await make(out)) || (await isEmpty(out))) return out;
    throw new UserError(
      `--out ${out} exists already and is no empty folder; name a new one, or go on with its training by \`rnn train --resume ${out}\``,
    );
  }
  const name =
    stem
      .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")
      .replace(/^[.-]+/, "")
      .slice(0, longestName) || "corpus";
  for (let number = 1; ; number++) {
    const folder = join(parent, number === 1 ? name : `${name}-${number}`);
    if (await make(folder)) return folder;
  }
}

/** False where the folder, or something else of that name, exists. */
async function make(folder: string): Promise<boolean> {
  const failed = (error: unknown) =>
    new UserError(`the folder ${folder} cannot be made: ${messageOf(error)}; name another with --out`);
  await mkdir(dirname(resolve(folder)), { recursive: true }).catch((error: unknown) => {
    throw failed(error);
  });
  try {
    await mkdir(folder); // on its own: this step fails where another run was quicker
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw failed(error);
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch {
    return false;
  }
}
