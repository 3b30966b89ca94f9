/** @file A corpus from a path: a file, a folder, several of them, or "-" for standard input. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inFile, UsageError, UserError } from "../common/errors.js";
import type { Encoding, EncodingOption, FormatName } from "../common/names.js";
import { packageFolder } from "../common/packageFolder.js";
import type { CorpusOptions } from "../options/corpusOptions.js";
import { type CorpusPath, expandedPath, pathsOf } from "./sources/corpusPath.js";
import { type ByteSource, digestOf, fileSource } from "./sources/byteSource.js";
import { formatFor } from "./detection.js";
import type { Corpus } from "./document.js";
import { formerFile, formerFolder, type FormerOptions, formerSource } from "./record/formerRules.js";
import { type Content, formats, type ReadOptions } from "./formats/index.js";
import { encodingLike, formatLike } from "./record/likeFormat.js";
import { openTableLike } from "./record/likeTable.js";
import { isFolder, labelsBeside, sourceOf, type StandardInput, unpacked } from "./sources/namedSource.js";
import {
  givenOf,
  type OpenOptions,
  type ReadingOptions,
  readOptionsOf,
  refuseUnused,
  unrecordedOptions,
} from "./openOptions.js";
import { optionsOf } from "./record/readingRecord.js";
import { type Opened, openSeveral } from "./sources/severalFiles.js";
import { countingSkipped } from "./skippedRows.js";
import { detectEncoding } from "./decoding/textDecoding.js";
import { folderContent, folderRules, textFilesOf } from "./sources/textFolder.js";

export type { OpenOptions } from "./openOptions.js";
export type { StandardInput } from "./sources/namedSource.js";

/**
 * Opens a corpus. Reads it once for its digest, and its documents up to the first that is not empty.
 * @param given the path of a file or folder, a pattern such as `data/*.txt`, or several of them, which are one corpus
 * @throws UserError for a file that cannot be read, is empty, or does not have its format
 * @throws UsageError for an option that has no effect on the format
 */
export async function openCorpus(given: CorpusPath, options: OpenOptions = {}): Promise<Corpus> {
  const path = await expandedPath(given);
  const { name, content, sources } =
    typeof path === "string" ? await openPath(path, options) : await openSeveral(path, options, openPath);
  const { digest, bytes } = await digestOf(sources);
  const readOptions = unrecordedOptions(options);
  const corpus = { name, digest, bytes, ...content, readOptions, ...countingSkipped(name, content, options) };
  if (await isEmpty(corpus)) throw new UserError(`${name}: no text in it; name a file that has text`);
  return corpus;
}

/** Opens a corpus with the options of a command. @param others that a command does not have */
export const openAs = (
  path: CorpusPath,
  options: ReadingOptions,
  standardInput?: StandardInput,
  others: Partial<OpenOptions> = {},
): Promise<Corpus> =>
  openCorpus(path, { ...readOptionsOf(options), ...others, ...(standardInput && { standardInput }) });

/** Opens a corpus of texts. @throws UserError for one of rows of numbers */
export async function openTexts(
  path: CorpusPath,
  options: CorpusOptions,
  standardInput?: StandardInput,
): Promise<Corpus> {
  const corpus = await openAs(path, options, standardInput);
  if (corpus.rows) throw notTexts(corpus.name);
  return corpus;
}

export const notTexts = (name: string): UserError => new UserError(`${name}: expected texts, not rows of numbers`);

async function openPath(path: string, options: OpenOptions): Promise<Opened> {
  const { former } = options;
  if (former) return openFormer(path, { ...options, former });
  return (await isFolder(path)) ? openFolder(path, options) : openFile(path, options);
}

async function openFormer(path: string, options: OpenOptions & { former: FormerOptions }): Promise<Opened> {
  if (await isFolder(path)) {
    const { paths, ...rules } = await formerFolder(path, options.former);
    return openedFolder(path, paths, folderContent(path, paths, { ...options, encoding: "utf-8" }, rules));
  }
  const stored = await sourceOf(path, options.standardInput);
  const source = formerSource(path, stored, options.former);
  const reading = await inFile(stored.name, () => formerFile(path, source, options));
  return openedFile(path, stored, source, reading);
}

async function openFile(path: string, options: OpenOptions): Promise<Opened> {
  const stored = await sourceOf(path, options.standardInput);
  const source = unpacked(path, stored);
  if (options.reading)
    return openedFile(path, stored, source, {
      ...options,
      valueColumns: undefined, // of an earlier version, which did not read them beside texts
      ...optionsOf(options.reading),
    });
  const { like } = options;
  const format = options.format ?? (await (like ? formatLike(path, source, like) : formatFor(path, source)));
  refuseUnused(givenOf(options), formats[format].options, `${stored.name} is read as ${format}`);
  const given = like && options.encoding === undefined ? await encodingLike(source, like) : options.encoding;
  const encoding = formats[format].options.includes("encoding") && (await encodingOf(source, given));
  return openedFile(path, stored, source, { ...options, format, ...(encoding && { encoding }) });
}

/** @param stored the bytes of the file, of which `source` has the decompressed ones */
async function openedFile(
  path: string,
  stored: ByteSource,
  source: ByteSource,
  options: OpenOptions & { format: FormatName },
): Promise<Opened> {
  const { format } = options;
  const labels = options.labels ?? (options.textsOnly ? undefined : await labelsBeside(path, format));
  const given = { ...options, ...(labels && { labels }) };
  const content = options.like
    ? await inFile(source.name, () => openTableLike(format, source, given, options.like!))
    : await openFormat(format, source, given);
  return {
    name: stored.name,
    content,
    sources: [["", stored], ...(labels ? [["labels", labels] as [string, ByteSource]] : [])],
  };
}

/** The encoding of the options, else that of the bytes. */
const encodingOf = async (source: ByteSource, encoding: EncodingOption = "auto"): Promise<Encoding> =>
  encoding === "auto" ? detectEncoding(source) : encoding;

/** Opens a source in a format. @throws UserError with its name */
export const openFormat = (format: FormatName, source: ByteSource, options: ReadOptions): Promise<Content> =>
  inFile(source.name, () => formats[format].open(source, options));

async function openFolder(folder: string, options: OpenOptions): Promise<Opened> {
  if ((options.format ?? "text") !== "text") {
    throw new UsageError(
      `${folder} is a folder, whose files are read as plain text; remove --input-format ${options.format}`,
    );
  }
  refuseUnused(givenOf(options), formats.text.options, `${folder} is a folder of plain text`);
  const paths = await textFilesOf(folder);
  const rules = await folderRules(folder, paths, options.encoding, options.reading?.encoding);
  return openedFolder(folder, paths, folderContent(folder, paths, options, rules));
}

const openedFolder = (folder: string, paths: readonly string[], content: Content): Opened => ({
  name: folder,
  content,
  sources: paths.map((path) => [path, fileSource(join(folder, path))]),
});

/**
 * The path of the corpus that a checkpoint records: in the working folder, or in the package for the bundled checkpoints.
 * @throws UserError for an imported checkpoint without a corpus, for standard input, and for a file that is in neither folder
 */
export function recordedCorpus({ name, files }: { name: string | null; files?: string[] | undefined }): CorpusPath {
  if (name === null) throw new UserError("it was imported without a corpus; name a file");
  if (name === "-") throw new UserError("it was trained on standard input, which cannot be read again; name a file");
  const found = pathsOf(files ?? name).map((path) => {
    const here = [path, join(packageFolder, path)].find(existsSync);
    if (here !== undefined) return here;
    throw new UserError(`its corpus ${path} is not here; change to the folder where it was trained, or name a file`);
  });
  return files ? found : found[0]!;
}

async function isEmpty({ read }: Pick<Corpus, "read">): Promise<boolean> {
  for await (const { text, rows } of read()) if (rows || text.trim() !== "") return false;
  return true;
}
