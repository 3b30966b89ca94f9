/** @file The objects of a JSON file, one for each line, or the elements of one array. */
import type { EncodingOption } from "../common/names.js";
import type { ByteSource } from "./sources/byteSource.js";
import { UserError } from "../common/errors.js";
import type { SkippedRow } from "./document.js";
import { decodedText, readLines } from "./decoding/textDecoding.js";

/**
 * The lines of a source. If it begins with "[", the elements of the array, each as one line in place of its first line;
 * an empty line stands for each other line of the source, so that the numbers of the lines stay true.
 */
export async function* readJsonLines(
  source: ByteSource,
  encoding?: EncodingOption,
): AsyncGenerator<string | SkippedRow> {
  yield* (await beginsWithArray(source, encoding)) ? arrayElements(source, encoding) : readLines(source, encoding);
}

export async function beginsWithArray(source: ByteSource, encoding?: EncodingOption): Promise<boolean> {
  for await (const text of decodedText(source, encoding)) {
    const start = text.trimStart();
    if (start !== "") return start.startsWith("[");
  }
  return false;
}

/** In UTF-16 code units; the same as for a line. */
const maxElementLength = 1 << 26;

const opening = "[{";
const closing = "]}";

/** The elements are not checked here: what is between the commas of the array is parsed as JSON later. */
export async function* arrayElements(source: ByteSource, encoding?: EncodingOption): AsyncGenerator<string> {
  let depth = 0;
  let inText = false;
  let escaped = false;
  let element = "";
  let linesIn = 0; // ends of lines in the element
  let hasElement = false; // whether an element ended on this line
  for await (const text of decodedText(source, encoding)) {
    let begin = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      if (character === "\n") {
        element += `${text.slice(begin, at)} `;
        begin = at + 1;
        if (element.trim() !== "") linesIn++;
        else {
          if (!hasElement) yield "";
          [element, hasElement] = ["", false];
        }
      }
      if (inText) {
        if (escaped) escaped = false;
        else if (character === "\\") escaped = true;
        else if (character === '"') inText = false;
        continue;
      }
      if (character === '"') inText = true;
      else if (opening.includes(character)) {
        if (++depth === 1) begin = at + 1;
      } else if (closing.includes(character) && --depth > 0) continue;
      else if (depth === 0 || (depth === 1 && character === ",")) {
        element += text.slice(begin, at);
        begin = at + 1;
        if (element.trim() !== "") {
          yield* lineOf(element, linesIn);
          hasElement = true;
        }
        [element, linesIn] = ["", 0];
      }
    }
    element += text.slice(begin);
    if (element.length > maxElementLength)
      throw new UserError(`${source.name}: an object or value of its array is longer than 64 MiB; split it`);
  }
  if (element.trim() !== "") yield* lineOf(element, linesIn);
}

/** An element as one line, and an empty line for each of its other lines. */
function* lineOf(element: string, linesIn: number): Generator<string> {
  yield element;
  for (let line = 0; line < linesIn; line++) yield "";
}
