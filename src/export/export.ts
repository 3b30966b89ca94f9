/** @file A checkpoint in another program's format, in a new folder. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf, UserError } from "../errors.js";
import type { Model } from "../model.js";
import type { ExporterName } from "../names.js";
import type { LabelledText } from "./exporter.js";
import { exporters } from "./exporters.js";

/**
 * Writes an exporter's files: all of them, or none.
 * @param out a folder that is new or empty
 * @throws UserError where it holds anything or cannot be made or written
 */
export async function exportModel(
  model: Model,
  { format, out, sentences }: { format: ExporterName; out: string; sentences: readonly LabelledText[] | null },
): Promise<void> {
  const files = await exporters[format].files(model, sentences);
  const failed = (error: unknown) => new UserError(`${out} cannot be written: ${messageOf(error)}`);
  const made = await mkdir(out, { recursive: true }).catch((error: unknown) => {
    throw failed(error);
  });
  if ((await readdir(out)).length > 0)
    throw new UserError(`${out} exists already and is not empty; name a new folder with --out`);
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(out, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  } catch (error) {
    const begun = made === undefined ? (await readdir(out)).map((name) => join(out, name)) : [made];
    await Promise.all(begun.map((path) => rm(path, { recursive: true, force: true })));
    throw failed(error);
  }
}
