/** @file A checkpoint in another program's format, in a new folder. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf, messageOf, UserError } from "../common/errors.js";
import type { Model } from "../model/model.js";
import type { ExporterName } from "../common/names.js";
import type { LabelledText } from "./exporter.js";
import { exporters } from "./exporters.js";

/**
 * Writes an exporter's files: all of them, or none.
 * @param out a folder that is new or empty
 * @throws UserError where it holds anything or cannot be made or written
 */
export async function exportModel(
  model: Model,
  { to, out, sentences }: { to: ExporterName; out: string; sentences: readonly LabelledText[] | null },
): Promise<void> {
  const files = await exporters[to].files(model, sentences);
  const failed = (error: unknown) =>
    error instanceof UserError ? error : new UserError(`${out} cannot be written: ${messageOf(error)}`);
  const made = await make(out).catch((error: unknown) => {
    throw failed(error);
  });
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(out, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  } catch (error) {
    const begun = made === null ? (await readdir(out)).map((name) => join(out, name)) : [made];
    await Promise.all(begun.map((path) => rm(path, { recursive: true, force: true })));
    throw failed(error);
  }
}

/**
 * The folder itself is made on its own: where the system has none below, as in /proc, Node tries for ever to make one with its parents.
 * @returns the outermost folder that was not there; null where it is an empty one that was
 * @throws UserError where it holds anything
 */
async function make(folder: string): Promise<string | null> {
  const above = await mkdir(dirname(resolve(folder)), { recursive: true });
  try {
    await mkdir(folder);
    return above ?? folder;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  if ((await readdir(folder)).length === 0) return null;
  throw new UserError(`${folder} exists already and is not empty; name a new folder with --out`);
}
