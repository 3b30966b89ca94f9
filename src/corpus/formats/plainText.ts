/** @file Plain text: one stream, or one document for each line or paragraph. */
import type { DocumentUnit } from "../../common/names.js";
import { decodingFault } from "../decoding/encodings.js";
import { decodedText, readLines } from "../decoding/textDecoding.js";
import type { Document, SkippedRow } from "../document.js";
import type { Format, ReadOptions } from "./index.js";
import type { ByteSource } from "../sources/byteSource.js";

/** The approximate length of a piece of a stream, in UTF-16 code units. */
const pieceLength = 1 << 20;

export const text: Format = {
  describe: "plain text: one stream, or documents by line or paragraph",
  extensions: ["txt", "text", "md"],
  options: ["documents", "encoding"],
  open: async (source, { documents, encoding }) => ({
    reading: { format: "text", encoding: encoding ?? "auto", ...(documents && { documents }) },
    shape: documents ? "documents" : "stream",
    labeled: false,
    read: () => readers[documents ?? "stream"](source, encoding),
  }),
};

type TextReader = (source: ByteSource, encoding: ReadOptions["encoding"]) => AsyncGenerator<Document | SkippedRow>;

const readers: Record<"stream" | DocumentUnit, TextReader> = {
  /** Pieces end at the end of a line; a line longer than a piece is split between two characters. */
  stream: async function* (source, encoding) {
    let length = 0;
    let line: number | undefined; // of the end of the last piece; counted from the first fault on
    for await (const piece of pieces(source, encoding)) {
      if (line === undefined && decodingFault(piece) !== undefined) line = await lineAt(length, source, encoding);
      if (line === undefined) yield { text: piece };
      else {
        yield* goodPieces(piece, line);
        line += lineEnds(piece);
      }
      length += piece.length;
    }
  },

  lines: async function* (source, encoding) {
    for await (const line of readLines(source, encoding)) {
      if (typeof line !== "string") yield line;
      else if (line.trim() !== "") yield { text: line };
    }
  },

  /** A bad line is left out of its paragraph. */
  paragraphs: async function* (source, encoding) {
    let lines: string[] = [];
    for await (const line of readLines(source, encoding)) {
      if (typeof line !== "string") yield line;
      else if (line.trim() !== "") lines.push(line);
      else if (lines.length > 0) {
        yield { text: lines.join("\n") };
        lines = [];
      }
    }
    if (lines.length > 0) yield { text: lines.join("\n") };
  },
};

async function* pieces(source: ByteSource, encoding: ReadOptions["encoding"]): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of decodedText(source, encoding)) {
    parts.push(chunk);
    length += chunk.length;
    if (length < pieceLength) continue;
    const whole = parts.join("");
    const end = whole.lastIndexOf("\n") + 1 || whole.length; // chunks end between two characters
    yield whole.slice(0, end);
    parts = [whole.slice(end)];
    length -= end;
  }
  if (length > 0) yield parts.join("");
}

/** A piece without its bad lines. @param before the number of the line before it */
function* goodPieces(piece: string, before: number): Generator<Document | SkippedRow> {
  if (decodingFault(piece) === undefined) {
    yield { text: piece };
    return;
  }
  const good: string[] = [];
  for (const [index, line] of piece.split(/(?<=\n)/).entries()) {
    const reason = decodingFault(line);
    if (reason === undefined) good.push(line);
    else {
      if (good.length > 0) yield { text: good.splice(0).join("") };
      yield { skipped: "bad", line: before + index + 1, reason };
    }
  }
  if (good.length > 0) yield { text: good.join("") };
}

/** The lines that end in as many code units of a source. */
async function lineAt(length: number, source: ByteSource, encoding: ReadOptions["encoding"]): Promise<number> {
  let lines = 0;
  let read = 0;
  if (length === 0) return 0;
  for await (const chunk of decodedText(source, encoding)) {
    lines += lineEnds(chunk.slice(0, length - read));
    read += chunk.length;
    if (read >= length) break;
  }
  return lines;
}

function lineEnds(piece: string): number {
  let found = 0;
  for (let at = piece.indexOf("\n"); at !== -1; at = piece.indexOf("\n", at + 1)) found++;
  return found;
}
