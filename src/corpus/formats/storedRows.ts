/** @file The rows of a table with the bytes that they are stored in, read as a stream: usual rows by PlainRows, all from the first other one on by csv-parse. */
import { isAscii } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { UserError } from "../../common/errors.js";
import type { Encoding, EncodingOption } from "../../common/names.js";
import type { ByteSource } from "../sources/byteSource.js";
import { Utf8Bytes } from "../decoding/utf8Bytes.js";
import { type FoundDialect, parserOptions } from "./dialect.js";
import { PlainRows, type Unsplit } from "./plainRows.js";
import { type Stored, stored, undefined1252 } from "./storedLines.js";

/** A row of a table, and the line where it begins, from 1. */
export type TableRow = {
  cells: string[];
  line: number;
  /** Whether a delimiter follows the last cell. */
  isClosed?: boolean;
  /** Before the first row also what is in front of it; all of them together are the table. */
  stored: Stored;
};

/** In characters; as for a line of text. */
const maxRowLength = 2 ** 26;

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed; close it, or add --quote none",
  CSV_MAX_RECORD_SIZE:
    "the row is longer than 64 MiB; if a quote in it is never closed, close it or add --quote none, else split the row",
};

const byteOrderMark = Buffer.from("\uFEFF");

/** Bytes of an unfinished row that are split again with the next chunk; a longer one goes to csv-parse. */
const maxUnfinished = 2 ** 20;

/** Rows of any width, those of a block of bytes together. @throws UserError for a quote that is never closed */
export async function* storedRowBlocks(
  source: ByteSource,
  dialect: FoundDialect,
  encoding: EncodingOption = "auto",
): AsyncGenerator<TableRow[]> {
  const bytes = new Utf8Bytes(source, encoding);
  if (!PlainRows.canSplit(dialect)) {
    yield* parsedRows(source.name, bytes.chunks(), dialect, bytes, dialect.firstLine, true);
    return;
  }
  const splitter = new PlainRows(dialect);
  const chunks = bytes.chunks();
  let line = 1;
  let mark: Buffer = Buffer.alloc(0);
  let rest: Buffer = mark;
  let isFirst = true;
  for (let next = await chunks.next(), isLast = false; !isLast;) {
    const chunk = next.done ? Buffer.alloc(0) : next.value;
    isLast = next.done ?? false;
    let block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (isFirst && block.length < byteOrderMark.length && !isLast) {
      rest = block;
      next = await chunks.next();
      continue;
    }
    if (isFirst && block.subarray(0, byteOrderMark.length).equals(byteOrderMark)) {
      mark = byteOrderMark;
      block = block.subarray(byteOrderMark.length);
    }
    isFirst = false;
    const isClean = isAscii(block) && !block.includes(0);
    const rows: TableRow[] = [];
    let at = 0;
    let unsplit: Unsplit = "incomplete";
    while (at < block.length) {
      const row = splitter.rowAt(block, at, isLast);
      if (typeof row === "string") {
        unsplit = row;
        break;
      }
      const marked = mark;
      mark = noMark;
      rows.push({
        cells: row.cells.map((cell) => textOf(cell, bytes.encoding)),
        line,
        stored:
          isClean && marked.length === 0
            ? new CleanBytes(block, at, row.end, bytes.encoding)
            : stored(Buffer.concat([marked, block.subarray(at, row.end)]), bytes.encoding, "row"),
      });
      line += row.lines;
      at = row.end;
    }
    if (rows.length > 0) yield rows;
    rest = block.subarray(at);
    if (at < block.length && (unsplit === "unusual" || rest.length > maxUnfinished)) {
      yield* parsedRows(
        source.name,
        joined(Buffer.concat([mark, rest]), chunks),
        dialect,
        bytes,
        line,
        mark.length > 0,
      );
      return;
    }
    if (!isLast) next = await chunks.next();
  }
}

const noMark = Buffer.alloc(0);

/** Bytes that are text. A buffer of them is made only where it is needed, because millions of buffers take more time than all else. */
class CleanBytes implements Stored {
  constructor(
    private readonly block: Buffer,
    private readonly start: number,
    private readonly end: number,
    readonly encoding: Encoding,
  ) {}

  get bytes(): Buffer {
    return this.block.subarray(this.start, this.end);
  }
}

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** The text of a cell; a byte that windows-1252 does not define is shown as U+FFFD. */
function textOf(cell: string, encoding: Encoding): string {
  const text = cell.includes("\r\n") ? cell.replaceAll("\r\n", "\n") : cell;
  return encoding === "windows-1252" ? text.replaceAll(new RegExp(undefined1252, "g"), "\uFFFD") : text;
}

/**
 * Rows as csv-parse reads them, each in a block of its own, because an error may follow it.
 * @param firstLine the line where the bytes begin
 * @param isMarked whether a byte-order mark may come first
 */
async function* parsedRows(
  name: string,
  chunks: AsyncIterable<Buffer>,
  dialect: FoundDialect,
  bytes: Utf8Bytes,
  firstLine: number,
  isMarked: boolean,
): AsyncGenerator<TableRow[]> {
  const { CsvError, parse } = await import("csv-parse");
  let parsedBytes = 0; // up to the end of the last good row; rows are parsed ahead of the loop below
  const parser = parse({
    ...parserOptions(dialect),
    ...(dialect.lineEnd === "\n" && { record_delimiter: ["\r\n", "\n"] }),
    relax_quotes: true,
    max_record_size: maxRowLength,
    info: true,
    on_record: (record: string[], { bytes: parsed }) => {
      parsedBytes = parsed;
      return record;
    },
  });
  const kept = new KeptBytes(dialect.lineEnd === "\n" ? 0x0a : 0x0d);
  const linesBefore = dialect.firstLine === 1 ? firstLine - 1 : 0;
  pipeline(Readable.from(kept.passing(chunks, isMarked)), parser, () => {}); // an error reaches the loop below too
  let isFirst = true;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { bytes: number } }>) {
      const line = isFirst ? firstLine : linesBefore + kept.lines + 1;
      isFirst = false;
      yield [
        {
          cells: record.map((cell) => textOf(cell, bytes.encoding)),
          line,
          stored: stored(kept.take(info.bytes), bytes.encoding, "row"),
        },
      ];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const reason = reasons[error.code] ?? error.message;
    kept.take(parsedBytes);
    throw new UserError(`${name}:${linesBefore + kept.lines + 1}: ${reason}`);
  }
}

/** The bytes that a parser has received and that are not taken yet. */
class KeptBytes {
  /** The line ends in the bytes that are taken. */
  lines = 0;
  private parts: Buffer[] = [];
  private taken = 0; // bytes that the parser counts
  private mark: Buffer = Buffer.alloc(0);

  constructor(private readonly lineEnd: number) {}

  /** The chunks, without a byte-order mark, which no quote may follow in a parser. */
  async *passing(chunks: AsyncIterable<Buffer>, mayBeMarked: boolean): AsyncGenerator<Buffer> {
    let isFirst = mayBeMarked;
    for await (const chunk of chunks) {
      const isMarked = isFirst && chunk.subarray(0, byteOrderMark.length).equals(byteOrderMark);
      isFirst = false;
      if (isMarked) this.mark = byteOrderMark;
      const passed = isMarked ? chunk.subarray(byteOrderMark.length) : chunk;
      this.parts.push(passed);
      if (passed.length > 0) yield passed;
    }
  }

  /** The bytes up to an offset from the start. */
  take(end: number): Buffer {
    let missing = end - this.taken;
    const parts = [this.mark];
    this.mark = Buffer.alloc(0);
    let index = 0;
    for (; missing > 0 && index < this.parts.length; index++) {
      const part = this.parts[index]!;
      parts.push(part.subarray(0, missing));
      if (part.length > missing) {
        this.parts[index] = part.subarray(missing);
        missing = 0;
        break;
      }
      missing -= part.length;
    }
    this.parts.splice(0, index);
    this.taken = end;
    const bytes = parts.length === 2 && parts[0]!.length === 0 ? parts[1]! : Buffer.concat(parts);
    for (let at = bytes.indexOf(this.lineEnd); at !== -1; at = bytes.indexOf(this.lineEnd, at + 1)) this.lines++;
    return bytes;
  }
}
