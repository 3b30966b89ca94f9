/** @file The rows of a table with the bytes that they are stored in, parsed by csv-parse as a stream. */
import { pipeline, Readable } from "node:stream";
import { UserError } from "../../common/errors.js";
import type { EncodingOption } from "../../common/names.js";
import type { ByteSource } from "../sources/byteSource.js";
import { Utf8Bytes } from "../decoding/utf8Bytes.js";
import { type FoundDialect, parserOptions } from "./dialect.js";
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

/** Rows of any width. @throws UserError for a quote that is never closed */
export async function* storedRows(
  source: ByteSource,
  dialect: FoundDialect,
  encoding: EncodingOption = "auto",
): AsyncGenerator<TableRow> {
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
  const bytes = new Utf8Bytes(source, encoding);
  const textOf = (cell: string): string => {
    const text = cell.replaceAll("\r\n", "\n");
    return bytes.encoding === "windows-1252" ? text.replaceAll(new RegExp(undefined1252, "g"), "\uFFFD") : text;
  };
  pipeline(Readable.from(kept.passing(bytes.chunks())), parser, () => {}); // an error reaches the loop below too
  let isFirst = true;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { bytes: number } }>) {
      const line = isFirst ? dialect.firstLine : kept.lines + 1;
      isFirst = false;
      yield { cells: record.map(textOf), line, stored: stored(kept.take(info.bytes), bytes.encoding, "row") };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const reason = reasons[error.code] ?? error.message;
    kept.take(parsedBytes);
    throw new UserError(`${source.name}:${kept.lines + 1}: ${reason}`);
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
  async *passing(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let isFirst = true;
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
