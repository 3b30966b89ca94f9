/** @file Writes a model in the format of another program, into a new folder. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf, messageOf, UsageError, UserError } from "../common/errors.js";
import { makeFolders } from "../common/makeFolders.js";
import type { Model } from "../model/model.js";
import { exporters, formatsFor, type LabeledText, unsupportedPart } from "./exporters.js";

export type ExportOptions = {
  /** The name of a format: a built-in one, or one that `defineExporter` added. */
  to: string;
  /** A folder that does not exist, or is empty. */
  out: string;
  /** Texts whose vectors are exported instead of the tokens' (projector only). */
  sentences?: readonly LabeledText[] | null | undefined;
};

/**
 * Writes all files of an exporter, or none.
 * @returns the paths of the files within the folder
 * @throws UserError for an unknown format, for a model that the format does not support, and if the folder is not empty or cannot be written
 */
export async function exportModel(model: Model, { to, out, sentences = null }: ExportOptions): Promise<string[]> {
  const exporter = exporters.get(to);
  checkSupport(to, model);
  if (sentences !== null && !exporter.takesSentences) {
    throw new UsageError(`sentences have no effect in the format ${to}; remove them, or export to projector`);
  }
  const files = await exporter.files(model, sentences);
  const failure = (error: unknown) =>
    error instanceof UserError ? error : new UserError(`could not write ${out}: ${messageOf(error)}`);
  const created = await createFolder(out).catch((error: unknown) => {
    throw failure(error);
  });
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(out, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  } catch (error) {
    const written = created === null ? (await readdir(out)).map((name) => join(out, name)) : [created];
    await Promise.all(written.map((path) => rm(path, { recursive: true, force: true })));
    throw failure(error);
  }
  return Object.keys(files);
}

/** As in "a, b and c". */
const conjunction = new Intl.ListFormat("en-GB");

/** @throws UserError if the format does not support a part of the model; it lists the formats that do */
function checkSupport(format: string, model: Model): void {
  const part = unsupportedPart(format, model);
  if (part === undefined) return;
  const others = formatsFor(model);
  const answer =
    others.length === 0 ? "no format has one" : `${conjunction.format(others)} ${others.length === 1 ? "has" : "have"}`;
  throw new UserError(`${format} has no form of the ${part.kind} ${part.name}; ${answer}`);
}

/**
 * Creates the folder apart from its parents: if the system cannot create folders, as in /proc, Node's recursive mkdir does not return.
 * @returns the outermost folder that was created; null if the folder existed and is empty
 * @throws UserError if the folder is not empty
 */
async function createFolder(folder: string): Promise<string | null> {
  const parent = await makeFolders(dirname(resolve(folder)));
  try {
    await mkdir(folder);
    return parent ?? folder;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  const names = await readdir(folder).catch(() => null); // null for a file
  if (names?.length === 0) return null;
  throw new UserError(
    `${folder} exists already and is not ${names === null ? "a folder" : "empty"}; name a new folder with --out`,
  );
}
