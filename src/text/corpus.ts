/** @file A corpus from a path: a file, a folder, or "-" for standard input. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError, UserError } from "../errors.js";
import type { Corpus } from "./document.js";
import { folderContent, textFilesOf } from "./folder.js";
import type { FormatName } from "../names.js";
import { type Content, formatOf, formats, isGzip, type ReadOptions } from "./formats.js";
import { digestOf, fileSource, gunzipped, readingError, type Source, spooled } from "./source.js";

export type CorpusOptions = ReadOptions & {
  /** Absent, the file name's extension says; for standard input, plain text. */
  format?: FormatName;
  /** What "-" reads. */
  standardInput?: AsyncIterable<Uint8Array>;
};

const readOptions = [
  "documents",
  "encoding",
  "textColumn",
  "labelColumn",
  "header",
] as const satisfies (keyof ReadOptions)[];

/**
 * Reads a corpus once for its digest, and as much of its text as it takes to know that there is some.
 * @throws UserError for what cannot be read, is empty, or is not of its format
 * @throws UsageError for an option that the format has no use for
 */
export async function openCorpus(path: string, options: CorpusOptions = {}): Promise<Corpus> {
  const { name, content, sources } = (await isFolder(path))
    ? await openFolder(path, options)
    : await openFile(path, options);
  const { digest, bytes } = await digestOf(sources);
  if (await isEmpty(content)) throw new UserError(`${name} holds no text`);
  return { name, digest, bytes, ...content };
}

type Opened = { name: string; content: Content; sources: [label: string, source: Source][] };

async function openFile(path: string, options: CorpusOptions): Promise<Opened> {
  const format = options.format ?? (path === "-" ? "text" : formatOf(path));
  const stored = await sourceOf(path, options);
  refuseUseless(options, formats[format].takes, `${stored.name} is read as ${format}`);
  const content = await formats[format].open(isGzip(path) ? gunzipped(stored) : stored, options);
  return { name: stored.name, content, sources: [["", stored]] };
}

async function openFolder(folder: string, options: CorpusOptions): Promise<Opened> {
  if ((options.format ?? "text") !== "text") {
    throw new UsageError(`${folder} is a folder: its files are read as plain text, not as ${options.format}`);
  }
  refuseUseless(options, formats.text.takes, `${folder} is a folder of plain text`);
  const paths = await textFilesOf(folder);
  const sources = paths.map((path): [string, Source] => [path, fileSource(join(folder, path))]);
  return { name: folder, content: folderContent(folder, paths, options), sources };
}

async function sourceOf(path: string, { standardInput }: CorpusOptions): Promise<Source> {
  if (path === "-") {
    if (!standardInput) throw new UsageError("there is no standard input to read");
    return spooled("standard input", standardInput);
  }
  const source = fileSource(path);
  return (await stat(path)).isFile() ? source : spooled(path, source.bytes()); // a pipe can be read but once
}

async function isFolder(path: string): Promise<boolean> {
  if (path === "-") return false;
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw readingError(error, path);
  }
}

function refuseUseless(options: ReadOptions, takes: readonly (keyof ReadOptions)[], because: string): void {
  const useless = readOptions.find((option) => options[option] !== undefined && !takes.includes(option));
  if (useless) throw new UsageError(`${flagOf(useless)} is of no use here: ${because}`);
}

const flagOf = (option: string): string => `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

async function isEmpty({ read }: Content): Promise<boolean> {
  for await (const { text } of read()) if (text.trim() !== "") return false;
  return true;
}
