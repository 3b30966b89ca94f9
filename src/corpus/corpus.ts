/** @file A corpus from a path: a file, a folder, or "-" for standard input. */
import { existsSync, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { inFile, UsageError, UserError } from "../common/errors.js";
import type { Encoding, FormatName } from "../common/names.js";
import { packageFolder } from "../common/packageFolder.js";
import { kebabCase } from "../options/option.js";
import type { CorpusOptions, RowOptions, TextOptions } from "../options/corpusOptions.js";
import { formatFor } from "./detection.js";
import { badRow, type Corpus, type Document, isSkipped, type SkippedRow, type SkippedRows } from "./document.js";
import { detectEncoding } from "./textDecoding.js";
import { folderContent, textFilesOf } from "./textFolder.js";
import { type Content, formats, isGzip, type ReadOptions } from "./formats/index.js";
import {
  type ByteSource,
  bufferedSource,
  decompressed,
  digestOf,
  fileSource,
  gunzipped,
  readingError,
} from "./byteSource.js";

/** The bytes of "-". */
export type StandardInput = () => AsyncIterable<Uint8Array>;

export type OpenOptions = ReadOptions & {
  /** Default: the format of the file name, or of its first bytes; plain text for standard input. */
  format?: FormatName;
  /** The source that "-" reads. */
  standardInput?: StandardInput;
  /** Whether a bad row is an error; by default it is skipped. */
  strict?: boolean;
  /** Whether the options are those of a checkpoint: the ones that have no effect on the format are ignored, except `labels`. */
  areStored?: boolean;
};

const readOptions = [
  "documents",
  "encoding",
  "textColumn",
  "labelColumn",
  "header",
  "delimiter",
  "quote",
  "valueColumns",
  "window",
  "horizon",
  "labels",
  "tagColumn",
] as const satisfies (keyof ReadOptions)[];

/**
 * Opens a corpus. Reads it once for its digest, and its documents up to the first that is not empty.
 * @throws UserError for a file that cannot be read, is empty, or does not have its format
 * @throws UsageError for an option that has no effect on the format
 */
export async function openCorpus(path: string, options: OpenOptions = {}): Promise<Corpus> {
  const { name, content, sources } = (await isFolder(path))
    ? await openFolder(path, options)
    : await openFile(path, options);
  const { digest, bytes } = await digestOf(sources);
  const corpus = { name, digest, bytes, ...content, ...countingSkipped(name, content, options.strict ?? false) };
  if (await isEmpty(corpus)) throw new UserError(`${name}: no text in it; name a file that has text`);
  return corpus;
}

/** The highest share of bad rows. */
const maxBad = 0.1;
const maxListed = 10;
const maxInMessage = 3;

/** The documents of a content; other rows are counted. @throws UserError while reading, for too many bad rows, or for the first one if `strict` */
function countingSkipped(name: string, content: Content, strict: boolean): Pick<Corpus, "skipped" | "read"> {
  const skipped: SkippedRows = { bad: 0, unlabeled: 0, blank: 0, first: [] };
  const read = async function* (): AsyncGenerator<Document> {
    const counts: SkippedRows = { bad: 0, unlabeled: 0, blank: 0, first: [] };
    let documents = 0;
    for await (const row of content.read()) {
      if (!isSkipped(row)) {
        documents++;
        yield row;
        continue;
      }
      if (strict && row.skipped === "bad") throw badRow(name, row);
      counts[row.skipped]++;
      if (row.skipped !== "blank" && counts.first.length < maxListed) counts.first.push(row);
    }
    const rows = documents + counts.unlabeled + counts.bad;
    if (counts.bad > maxBad * rows) throw tooManyBad(name, counts, rows);
    Object.assign(skipped, counts);
  };
  return { skipped, read };
}

function tooManyBad(name: string, { bad, first }: SkippedRows, rows: number): UserError {
  const found = first.filter(({ skipped }) => skipped === "bad");
  if (bad === 1 && found[0]) return badRow(name, found[0]);
  const listed = found.slice(0, maxInMessage).map(({ line, reason }: SkippedRow) => `line ${line}: ${reason}`);
  return new UserError(
    `${name}: ${bad} of ${rows} rows are bad, more than ${maxBad * 100} %; correct them, or read the file in another way (--input-format); ` +
      listed.join("; ") +
      (bad > listed.length ? "; …" : ""),
  );
}

/** Opens a corpus with the options of a command. */
export const openAs = (
  path: string,
  options: CorpusOptions & Partial<RowOptions>,
  standardInput?: StandardInput,
): Promise<Corpus> => openCorpus(path, { ...readOptionsOf(options), ...(standardInput && { standardInput }) });

/** Opens a corpus of texts. @throws UserError for one of rows of numbers */
export async function openTexts(path: string, options: CorpusOptions, standardInput?: StandardInput): Promise<Corpus> {
  const corpus = await openAs(path, options, standardInput);
  if (corpus.rows) throw notTexts(corpus.name);
  return corpus;
}

export const notTexts = (name: string): UserError => new UserError(`${name}: expected texts, not rows of numbers`);

/** The reading options among a command's options; an option that was not given is absent. */
export const readOptionsOf = (options: TextOptions & Partial<CorpusOptions & RowOptions>): OpenOptions => ({
  ...(options.encoding !== "auto" && { encoding: options.encoding }),
  ...(options.noHeader && { header: false }),
  ...(options.inputFormat && { format: options.inputFormat }),
  ...(options.documents && { documents: options.documents }),
  ...(options.textColumn && { textColumn: options.textColumn }),
  ...(options.labelColumn && { labelColumn: options.labelColumn }),
  ...(options.tagColumn && { tagColumn: options.tagColumn }),
  ...(options.valueColumns && { valueColumns: options.valueColumns }),
  ...(options.window && { window: options.window }),
  ...(options.horizon && { horizon: options.horizon }),
  ...(options.delimiter && { delimiter: options.delimiter.replace(/^(\\t|tab)$/, "\t") }),
  ...(options.quote && { quote: options.quote === "none" ? "" : options.quote }),
  ...(options.strict && { strict: true }),
  ...(options.labelsFile && { labels: unpacked(options.labelsFile, fileSource(options.labelsFile)) }),
});

type Opened = { name: string; content: Content; sources: [label: string, source: ByteSource][] };

async function openFile(path: string, options: OpenOptions): Promise<Opened> {
  const stored = await sourceOf(path, options.standardInput);
  const source = unpacked(path, stored);
  const format = options.format ?? (await formatFor(path, source));
  refuseUnused(givenOf(options), formats[format].options, `${stored.name} is read as ${format}`);
  const labels = options.labels ?? (options.textsOnly ? undefined : await labelsBeside(path, format));
  const content = await openFormat(format, source, {
    ...options,
    ...(formats[format].options.includes("encoding") && { encoding: await encodingOf(source, options) }),
    ...(labels && { labels }),
  });
  return {
    name: stored.name,
    content,
    sources: [["", stored], ...(labels ? [["labels", labels] as [string, ByteSource]] : [])],
  };
}

/** The encoding of the options, else that of the bytes. */
const encodingOf = async (source: ByteSource, { encoding = "auto" }: ReadOptions): Promise<Encoding> =>
  encoding === "auto" ? detectEncoding(source) : encoding;

/** Opens a source in a format. @throws UserError with its name */
export const openFormat = (format: FormatName, source: ByteSource, options: ReadOptions): Promise<Content> =>
  inFile(source.name, () => formats[format].open(source, options));

/** The source, decompressed if it is gzip or if the path says so. */
export const unpacked = (path: string, stored: ByteSource): ByteSource =>
  isGzip(path) ? gunzipped(stored) : decompressed(stored);

/** The label file beside a file, if the format has label files and it exists. */
async function labelsBeside(path: string, format: FormatName): Promise<ByteSource | undefined> {
  const beside = formats[format].labelsPath?.(path);
  if (beside === undefined || beside === path) return undefined;
  const exists = await stat(beside).then(
    (found) => found.isFile(),
    () => false,
  );
  return exists ? unpacked(beside, fileSource(beside)) : undefined;
}

async function openFolder(folder: string, options: OpenOptions): Promise<Opened> {
  if ((options.format ?? "text") !== "text") {
    throw new UsageError(
      `${folder} is a folder, whose files are read as plain text; remove --input-format ${options.format}`,
    );
  }
  refuseUnused(givenOf(options), formats.text.options, `${folder} is a folder of plain text`);
  const paths = await textFilesOf(folder);
  const sources = paths.map((path): [string, ByteSource] => [path, fileSource(join(folder, path))]);
  return { name: folder, content: folderContent(folder, paths, options), sources };
}

/** A source that can be read repeatedly: standard input and pipes are kept in memory. */
export async function sourceOf(path: string, standardInput: StandardInput | undefined): Promise<ByteSource> {
  if (path === "-") {
    if (!standardInput) throw new UsageError("no standard input; name a file instead of -");
    return bufferedSource("standard input", standardInput());
  }
  const source = fileSource(path);
  return (await statOf(path)).isFile() ? source : bufferedSource(path, source.bytes());
}

const isFolder = async (path: string): Promise<boolean> => path !== "-" && (await statOf(path)).isDirectory();

const statOf = (path: string): Promise<Stats> =>
  stat(path).catch((error: unknown) => {
    throw readingError(error, path);
  });

/** The options that a person gave for this file. */
const givenOf = (options: OpenOptions): ReadOptions =>
  options.areStored ? { ...(options.labels && { labels: options.labels }) } : options;

/** Checkpoints of earlier versions record them for every format. */
const formerDefaults: Partial<ReadOptions> = { encoding: "utf-8" };

/** @throws UsageError for an option that has no effect on the format */
export function refuseUnused(options: ReadOptions, used: readonly (keyof ReadOptions)[], because: string): void {
  const unused = readOptions.find(
    (option) => options[option] !== undefined && options[option] !== formerDefaults[option] && !used.includes(option),
  );
  if (unused) throw new UsageError(`--${kebabCase(unused)} has no effect here, because ${because}; remove it`);
}

/**
 * The path of the corpus that a checkpoint records: in the working folder, or in the package for the bundled checkpoints.
 * @param name null for an imported checkpoint without a corpus
 * @throws UserError for a null name, for standard input, and for a file that is in neither folder
 */
export function recordedCorpus(name: string | null): string {
  if (name === null) throw new UserError("it was imported without a corpus; name a file");
  if (name === "-") throw new UserError("it was trained on standard input, which cannot be read again; name a file");
  const found = [name, join(packageFolder, name)].find(existsSync);
  if (found !== undefined) return found;
  throw new UserError(`its corpus ${name} is not here; change to the folder where it was trained, or name a file`);
}

async function isEmpty({ read }: Pick<Corpus, "read">): Promise<boolean> {
  for await (const { text, rows } of read()) if (rows || text.trim() !== "") return false;
  return true;
}
