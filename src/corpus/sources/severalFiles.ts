/** @file Several files as one corpus: their documents one after the other, all read in the same way. */
import { UsageError, UserError } from "../../common/errors.js";
import { itemsOf } from "../blocks.js";
import type { ByteSource } from "./byteSource.js";
import { normalName } from "../columns/columnNames.js";
import { pathText } from "./corpusPath.js";
import { blocksIn, type Document, isSkipped, type OtherReading, type Reading, type SkippedRow } from "../document.js";
import type { Content } from "../formats/index.js";
import { isFile } from "./namedSource.js";
import type { OpenOptions } from "../openOptions.js";
import { partFolders } from "./partFolders.js";

/** The content of a path, and the sources of its bytes; labels tell apart the sources of one path. */
export type Opened = { name: string; content: Content; sources: [label: string, source: ByteSource][] };

type Open = (path: string, options: OpenOptions) => Promise<Opened>;

/**
 * Opens several files as one corpus. A file that is read in another way by itself is read as the first one, if it has its columns.
 * @param open opens one of them
 * @throws UserError with both names for a file that is not read as the first one
 */
export async function openSeveral(paths: readonly string[], options: OpenOptions, open: Open): Promise<Opened> {
  if (options.labels)
    throw new UsageError("--labels-file has the labels of one file; name one file of samples, or remove the option");
  for (const path of paths)
    if (await partFolders(path))
      throw new UsageError(
        `${path} is a folder of training and test texts, which is a corpus of its own; name it alone, or name its folders`,
      );
  const { reading } = options;
  const opened: Opened[] = [];
  for (const [file, path] of paths.entries()) {
    const [first] = opened;
    if (reading) opened.push(await open(path, { ...options, reading: readingOfFile(reading, file) }));
    else opened.push(first ? await openLikeFirst(path, first, options, open) : await open(path, options));
  }
  const series = opened.find(({ content }) => content.overlap !== undefined);
  if (series)
    throw new UsageError(
      `${series.name}: --window cuts one time series, not several files; name one file, or join them`,
    );
  const name = pathText(paths);
  const sources = opened.flatMap(({ sources: own }, file) =>
    own.map(([label, source]): [string, ByteSource] => [label === "" ? `${file}` : `${file}/${label}`, source]),
  );
  return { name, content: chained(opened), sources };
}

/** How a file is read. @param file its index */
function readingOfFile({ otherFiles = [], ...first }: Reading, file: number): Reading {
  const { file: _file, ...reading } = otherFiles.find((other) => other.file === file) ?? { file, ...first };
  return reading;
}

async function openLikeFirst(path: string, first: Opened, options: OpenOptions, open: Open): Promise<Opened> {
  let own: Opened | undefined;
  let failure: unknown;
  try {
    own = await open(path, options);
    if (differenceOf(first, own) === undefined) return own;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    failure = error;
  }
  const { reading } = first.content;
  const isOtherTable = own !== undefined && own.content.reading.format !== reading.format;
  if (!isOtherTable && hasColumns(reading) && hasColumns(own?.content.reading) && (await isFile(path))) {
    const encoding = own?.content.reading.encoding ?? reading.encoding;
    const found = await open(path, { ...options, reading: { ...reading, encoding } }).catch(() => undefined);
    if (found && differenceOf(first, found) === undefined) return found;
  }
  if (!own) throw failure;
  for (const { name, content } of [first, own])
    if (await isEmpty(content)) throw new UserError(`${name}: no text in it; leave it out`);
  throw new UserError(
    `several files of one corpus must be read in the same way: ${differenceOf(first, own)}; leave one of them out, or make them alike`,
  );
}

async function isEmpty({ read }: Content): Promise<boolean> {
  for await (const _ of read()) return false;
  return true;
}

/** Whether a table has a header, by which its columns are known; true if nothing is known of it. */
const hasColumns = (reading: Reading | undefined): boolean =>
  reading === undefined ||
  (reading.header === true && (reading.textColumns ?? reading.valueColumns) !== undefined) ||
  reading.format === "jsonl";

const names = (columns: readonly string[] | undefined): string => (columns ?? []).map(normalName).join(", ");

/** What must be the same in all files, with the words for it. */
const properties: readonly [text: (content: Content) => string, what: string][] = [
  [({ reading }) => reading.format, "format"],
  [
    ({ reading }) => (reading.header === undefined ? "" : reading.header ? "the names of columns" : "data"),
    "first row",
  ],
  [({ reading }) => (reading.header === false ? String(reading.width) : ""), "number of columns"],
  [({ reading }) => names(reading.textColumns), "text column"],
  [({ reading }) => names(reading.valueColumns), "columns of numbers"],
  [({ reading }) => (reading.labelColumn === undefined ? "" : normalName(reading.labelColumn)), "label column"],
  [({ rows }) => String(rows?.width ?? ""), "count of numbers in a row"],
  [({ shape }) => (shape === "stream" ? "one text" : "documents"), "content"],
  [({ labeled }) => (labeled ? "labels" : ""), "kind of documents"],
  [({ tagged }) => (tagged ? "tagged words" : ""), "kind of words"],
  [({ reading }) => reading.tagColumn ?? "", "tag column"],
  [({ grouped }) => (grouped ? "in the table" : ""), "group column"],
  [({ times }) => times ?? "", "kind of times"],
];

/** As in "the text column of a.csv is text, that of b.csv is body"; undefined for files that are read in the same way. */
function differenceOf(first: Opened, other: Opened): string | undefined {
  for (const [text, what] of properties) {
    const [one, two] = [text(first.content), text(other.content)];
    if (one !== two)
      return `the ${what} of ${first.name} is ${one || "missing"}, that of ${other.name} is ${two || "missing"}`;
  }
  return undefined;
}

/** The documents of all files. A text that goes on in the next file begins a line there. */
function chained(opened: readonly Opened[]): Content {
  const { reading, table: _table, read: _read, readBlocks: _readBlocks, ...kind } = opened[0]!.content;
  const otherFiles = opened.flatMap(({ content }, file): OtherReading[] =>
    JSON.stringify(content.reading) === JSON.stringify(reading) ? [] : [{ file, ...content.reading }],
  );
  const readBlocks = async function* (): AsyncGenerator<(Document | SkippedRow)[]> {
    let isInLine = false;
    for (const { name, content } of opened) {
      if (isInLine) yield [{ text: "\n" }];
      isInLine = false;
      for await (const block of blocksIn(content)) {
        const last = block.findLast((row): row is Document => !isSkipped(row));
        if (last) isInLine = kind.shape === "stream" && !last.text.endsWith("\n");
        yield block.map((row) => inFile(row, name));
      }
    }
  };
  return {
    ...kind,
    reading: otherFiles.length === 0 ? reading : { ...reading, otherFiles },
    hasFiles: true,
    read: () => itemsOf(readBlocks()),
    readBlocks,
  };
}

const inFile = (row: Document | SkippedRow, source: string): Document | SkippedRow =>
  isSkipped(row) ? { source, ...row } : row;
