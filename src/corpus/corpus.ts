/** @file A corpus from a path: a file, a folder, or "-" for standard input. */
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError, UserError } from "../common/errors.js";
import type { FormatName } from "../common/names.js";
import { kebabCase } from "../options/option.js";
import type { CorpusOptions, RowOptions, TextOptions } from "../options/options.js";
import type { Corpus } from "./document.js";
import { folderContent, textFilesOf } from "./textFolder.js";
import type { Content, ReadOptions } from "./formats/format.js";
import { formatOf, formats, isGzip } from "./formats/index.js";
import { isIdx } from "./formats/idx.js";
import { digestOf, fileSource, gunzipped, readingError, type Source, spooled } from "./byteSource.js";

/** Where the bytes of "-" come from. */
export type StandardInput = () => AsyncIterable<Uint8Array>;

export type OpenOptions = ReadOptions & {
  /** Absent, the file name's extension says; for standard input, plain text. */
  format?: FormatName;
  /** What "-" reads. */
  standardInput?: StandardInput;
};

const readOptions = [
  "documents",
  "encoding",
  "textColumn",
  "labelColumn",
  "header",
  "valueColumns",
  "window",
  "horizon",
  "labels",
  "tagColumn",
] as const satisfies (keyof ReadOptions)[];

/**
 * Reads a corpus once for its digest, and as much of its text as it takes to know that there is some.
 * @throws UserError for what cannot be read, is empty, or is not of its format
 * @throws UsageError for an option that the format has no use for
 */
export async function openCorpus(path: string, options: OpenOptions = {}): Promise<Corpus> {
  const { name, content, sources } = (await isFolder(path))
    ? await openFolder(path, options)
    : await openFile(path, options);
  const { digest, bytes } = await digestOf(sources);
  if (await isEmpty(content)) throw new UserError(`${name} holds no text`);
  return { name, digest, bytes, ...content };
}

/** A corpus as the options of a command say. */
export const openAs = (
  path: string,
  options: CorpusOptions & Partial<RowOptions>,
  standardInput?: StandardInput,
): Promise<Corpus> => openCorpus(path, { ...readOptionsOf(options), ...(standardInput && { standardInput }) });

/** Likewise, a corpus of texts. @throws UserError for one of rows of numbers */
export async function openTexts(path: string, options: CorpusOptions, standardInput?: StandardInput): Promise<Corpus> {
  const corpus = await openAs(path, options, standardInput);
  if (corpus.rows) throw notTexts(corpus.name);
  return corpus;
}

export const notTexts = (name: string): UserError =>
  new UserError(`${name} holds rows of numbers, and texts are read here`);

/** What a command's options say of reading; what was not given is absent. */
export const readOptionsOf = (options: TextOptions & Partial<CorpusOptions & RowOptions>): OpenOptions => ({
  ...(options.encoding !== "utf-8" && { encoding: options.encoding }),
  ...(options.noHeader && { header: false }),
  ...(options.inputFormat && { format: options.inputFormat }),
  ...(options.documents && { documents: options.documents }),
  ...(options.textColumn && { textColumn: options.textColumn }),
  ...(options.labelColumn && { labelColumn: options.labelColumn }),
  ...(options.tagColumn && { tagColumn: options.tagColumn }),
  ...(options.valueColumns && { valueColumns: options.valueColumns }),
  ...(options.window && { window: options.window }),
  ...(options.horizon && { horizon: options.horizon }),
  ...(options.labelsFile && { labels: unpacked(options.labelsFile, fileSource(options.labelsFile)) }),
});

type Opened = { name: string; content: Content; sources: [label: string, source: Source][] };

async function openFile(path: string, options: OpenOptions): Promise<Opened> {
  const stored = await sourceOf(path, options.standardInput);
  const source = unpacked(path, stored);
  const format = options.format ?? (await formatFor(path, source));
  refuseUseless(options, formats[format].takes, `${stored.name} is read as ${format}`);
  const labels = options.labels ?? (format === "idx" && !options.textsOnly ? await labelsBeside(path) : undefined);
  const content = await formats[format].open(source, { ...options, ...(labels && { labels }) });
  return {
    name: stored.name,
    content,
    sources: [["", stored], ...(labels ? [["labels", labels] as [string, Source]] : [])],
  };
}

/** By its name, else by how it begins. */
export async function formatFor(path: string, source: Source): Promise<FormatName> {
  const named = path === "-" ? "text" : formatOf(path);
  if (named === "text") for await (const chunk of source.bytes()) return isIdx(chunk) ? "idx" : named;
  return named;
}

/** The source without gzip, where its name says that it has it. */
export const unpacked = (path: string, stored: Source): Source => (isGzip(path) ? gunzipped(stored) : stored);

/** The file that is named as the sequences' is, with "labels" for "images" and one dimension, if there is one. */
async function labelsBeside(path: string): Promise<Source | undefined> {
  const beside = join(dirname(path), basename(path).replace("images", "labels").replace(/idx\d/, "idx1"));
  if (beside === path) return undefined;
  const isThere = await stat(beside).then(
    (found) => found.isFile(),
    () => false,
  );
  return isThere ? unpacked(beside, fileSource(beside)) : undefined;
}

async function openFolder(folder: string, options: OpenOptions): Promise<Opened> {
  if ((options.format ?? "text") !== "text") {
    throw new UsageError(`${folder} is a folder: its files are read as plain text, not as ${options.format}`);
  }
  refuseUseless(options, formats.text.takes, `${folder} is a folder of plain text`);
  const paths = await textFilesOf(folder);
  const sources = paths.map((path): [string, Source] => [path, fileSource(join(folder, path))]);
  return { name: folder, content: folderContent(folder, paths, options), sources };
}

/** A source that can be read again and again: standard input and pipes are kept. */
export async function sourceOf(path: string, standardInput: StandardInput | undefined): Promise<Source> {
  if (path === "-") {
    if (!standardInput) throw new UsageError("there is no standard input to read");
    return spooled("standard input", standardInput());
  }
  const source = fileSource(path);
  return (await found(path)).isFile() ? source : spooled(path, source.bytes());
}

const isFolder = async (path: string): Promise<boolean> => path !== "-" && (await found(path)).isDirectory();

const found = (path: string): Promise<Stats> =>
  stat(path).catch((error: unknown) => {
    throw readingError(error, path);
  });

/** @throws UsageError for an option that the format has no use for */
export function refuseUseless(options: ReadOptions, takes: readonly (keyof ReadOptions)[], because: string): void {
  const useless = readOptions.find((option) => options[option] !== undefined && !takes.includes(option));
  if (useless) throw new UsageError(`--${kebabCase(useless)} is of no use here: ${because}`);
}

async function isEmpty({ read }: Content): Promise<boolean> {
  for await (const { text, rows } of read()) if (rows || text.trim() !== "") return false;
  return true;
}
