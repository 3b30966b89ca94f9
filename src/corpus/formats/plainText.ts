/** @file Plain text: one stream, or one document for each line or paragraph. */
import type { DocumentUnit } from "../../common/names.js";
import { decodedText, readLines } from "../textDecoding.js";
import type { Document } from "../document.js";
import type { Format, ReadOptions } from "./index.js";
import type { ByteSource } from "../byteSource.js";

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

type TextReader = (source: ByteSource, encoding: ReadOptions["encoding"]) => AsyncGenerator<Document>;

const readers: Record<"stream" | DocumentUnit, TextReader> = {
  /** Pieces end at the end of a line; a line longer than a piece is split between two characters. */
  stream: async function* (source, encoding) {
    let parts: string[] = [];
    let length = 0;
    for await (const chunk of decodedText(source, encoding)) {
      parts.push(chunk);
      length += chunk.length;
      if (length < pieceLength) continue;
      const whole = parts.join("");
      const end = whole.lastIndexOf("\n") + 1 || whole.length; // chunks end between two characters
      yield { text: whole.slice(0, end) };
      parts = [whole.slice(end)];
      length -= end;
    }
    if (length > 0) yield { text: parts.join("") };
  },

  lines: async function* (source, encoding) {
    for await (const line of readLines(source, encoding)) if (line.trim() !== "") yield { text: line };
  },

  paragraphs: async function* (source, encoding) {
    let lines: string[] = [];
    for await (const line of readLines(source, encoding)) {
      if (line.trim() !== "") {
        lines.push(line);
      } else if (lines.length > 0) {
        yield { text: lines.join("\n") };
        lines = [];
      }
    }
    if (lines.length > 0) yield { text: lines.join("\n") };
  },
};
