/** @file Writes a model in the format of another program, into a new folder. */
import { randomUUID } from "node:crypto";
import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { messageOf, UsageError, UserError } from "../common/errors.js";
import { makeFolders } from "../common/makeFolders.js";
import { tryPath } from "../common/outputFiles.js";
import { warnOnce } from "../common/warnings.js";
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
  const isThere = await tryFolder(out);
  const files = await exporter.files(model, sentences);
  const beside = join(isThere ? out : dirname(resolve(out)), `.rnn-export-${randomUUID()}`);
  let made: string | undefined; // the outermost folder that is new
  try {
    made = await makeFolders(beside);
    for (const [name, content] of Object.entries(files)) {
      await makeFolders(dirname(join(beside, name)));
      await writeFile(join(beside, name), content);
    }
    if (isThere) for (const name of await readdir(beside)) await rename(join(beside, name), join(out, name));
    else await rename(beside, out);
    if (isThere) await rm(beside, { recursive: true });
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true }).catch(() => undefined);
    throw failure(out, error);
  }
  if (model.bag && model.hasNetwork && !exporter.vectorsOnly && !exporter.bags)
    warnOnce(
      `${model.folder} is ${model.bag.readsNetwork ? "a network with " : ""}a bag of n-grams; ${to} has the network alone, web has both (with --model network, a run trains nothing else)`,
    );
  const { maxLength, longDocuments } = model.recipe;
  if (longDocuments === "chunks" && model.hasNetwork && !exporter.vectorsOnly && !exporter.readsChunks)
    warnOnce(
      `${model.folder} reads texts of more than ${maxLength} tokens in chunks; ${to} has a network of one chunk, and its loader cuts them (web does not)`,
    );
  if (model.mixture && !exporter.vectorsOnly)
    warnOnce(`${model.folder} mixes its network with an n-gram model; ${to} has the network alone`);
  return Object.keys(files);
}

const failure = (out: string, error: unknown): UserError =>
  error instanceof UserError
    ? error
    : new UserError(`could not write ${out}: ${messageOf(error)}; name another folder with --out`);

/**
 * Shows before the work that a folder can be written.
 * @returns whether it exists
 * @throws UserError if it cannot be written, or if there is something in it
 */
async function tryFolder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  try {
    if (found !== undefined && (await readdir(folder)).length > 0)
      throw new UserError(`${folder} exists already and is not empty; name a new folder with --out`);
    await tryPath(found === undefined ? folder : join(folder, "file"));
    return found !== undefined;
  } catch (error) {
    if (found?.isDirectory() === false)
      throw new UserError(`${folder} exists already and is not a folder; name a new folder with --out`);
    throw failure(folder, error);
  }
}

/** As in "a, b and c". */
const conjunction = new Intl.ListFormat("en-GB");

/** @throws UserError if the format does not support a part of the model; it lists the formats that do */
function checkSupport(format: string, model: Model): void {
  if (model.inputs === "tokens" && model.numbers && !exporters.get(format).vectorsOnly)
    throw new UserError(
      `${format} has no form of numbers beside a text (--value-columns); \`rnn classify\` and the library label texts with this model`,
    );
  if (model.recipe.multilabel && !exporters.get(format).vectorsOnly)
    throw new UserError(
      `${format} has no form of several labels a text (--multilabel); \`rnn classify\` and the library label texts with this model`,
    );
  if (model.bag && !model.hasNetwork) {
    if (exporters.get(format).bags) return;
    throw new UserError(
      `${model.folder} is a bag of n-grams, without a network; ${format} has no form of it, json and web have`,
    );
  }
  if (exporters.get(format).bags === "only")
    throw new UserError(
      `${format} is the form of a bag of n-grams, and ${model.folder} is none; ${conjunction.format(formatsFor(model))} have forms of networks`,
    );
  const part = unsupportedPart(format, model);
  if (part === undefined) return;
  const others = formatsFor(model);
  const answer =
    others.length === 0 ? "no format has one" : `${conjunction.format(others)} ${others.length === 1 ? "has" : "have"}`;
  throw new UserError(`${format} has no form of the ${part.kind} ${part.name}; ${answer}`);
}
