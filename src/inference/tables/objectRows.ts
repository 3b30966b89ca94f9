/** @file Rows as JSON objects with the members of their answers. */
import { encoders } from "../../corpus/decoding/utf8Bytes.js";
import type { StoredDocument, StoredTable } from "../../corpus/formats/index.js";
import {
  type AnswerColumns,
  contentEnd,
  JsonPieces,
  namesBeside,
  type TableAnswer,
  type TableLayout,
  type TableWriter,
} from "./tableAnswer.js";

/** A key, and its value as JSON. */
type Member = readonly [key: string, json: string | JsonPieces];

/** Code units that are written at once. */
const blockUnits = 2 ** 16;

/** The members of an object, in blocks. */
function* membersText(before: string, members: readonly Member[], after: string): Generator<Buffer> {
  let block = before;
  let separator = "";
  for (const [key, json] of members) {
    block += `${separator}${JSON.stringify(key)}:`;
    separator = ",";
    for (const piece of typeof json === "string" ? [json] : json.pieces()) {
      block += piece;
      if (block.length < blockUnits) continue;
      yield Buffer.from(block);
      block = "";
    }
  }
  yield Buffer.from(block + after);
}

const jsonOf = (value: unknown): string | JsonPieces => (value instanceof JsonPieces ? value : JSON.stringify(value));

/** The members of an answer, under names that the object does not have. */
function answerMembers(columns: AnswerColumns, answer: TableAnswer, taken: readonly string[]): Member[] {
  const members = Object.entries("error" in answer ? { error: answer.error } : answer.members);
  const names = namesBeside(
    members.map(([key]) => key),
    columns,
    taken,
  );
  return members.map(([, value], index) => [names[index]!, jsonOf(value)]);
}

/** An object with the answer after its own members. */
export const objectRow = (
  own: readonly Member[],
  columns: AnswerColumns,
  answer: TableAnswer,
  taken: readonly string[],
): Iterable<Buffer> => membersText("{", [...own, ...answerMembers(columns, answer, taken)], "}\n");

/** For what is no object. */
function lostRow({ stored: { bytes }, row }: StoredDocument, answer: TableAnswer): Buffer[] {
  const text = bytes.subarray(0, contentEnd(bytes)).toString();
  const { line } = row;
  const error = "error" in answer ? answer.error : undefined;
  return [Buffer.from(`${JSON.stringify({ row: text, error, line })}\n`)];
}

/** The stored objects, with members before their last brace. */
export function objectWriter({ columns }: TableLayout, { columns: keys }: StoredTable): TableWriter {
  const row = function* (document: StoredDocument, answer: TableAnswer): Generator<Buffer> {
    const { values, stored } = document;
    const { bytes, encoding } = stored;
    const found = Object.keys(values ?? {});
    const taken = values === undefined ? [] : [...new Set([...keys, ...found])];
    const brace = values === undefined ? 0 : bytes.lastIndexOf("}");
    const [before, after] = values === undefined ? ["{", "}"] : [found.length > 0 ? "," : "", ""]; // or a blank line
    if (brace > 0) yield encoders[encoding](bytes.subarray(0, brace));
    for (const block of membersText(before, answerMembers(columns, answer, taken), after))
      yield encoders[encoding](block);
    yield encoders[encoding](bytes.subarray(values === undefined ? contentEnd(bytes) : brace));
  };
  return {
    columns: keys,
    header: Buffer.alloc(0),
    row: (document, answer) =>
      document.values === undefined && "skipped" in document.row && document.row.skipped === "bad"
        ? lostRow(document, answer)
        : row(document, answer),
  };
}

/** Cells as members with the names of their columns. */
export function cellsAsObjects({ columns }: TableLayout, { columns: names }: StoredTable): TableWriter {
  const keys = names.map((name, index) => (names.indexOf(name) === index ? name : `${name}_${index + 1}`));
  return {
    columns: names,
    header: Buffer.alloc(0),
    row: (document, answer) => {
      const { cells = [] } = document;
      if (cells.length !== keys.length && "error" in answer) return lostRow(document, answer);
      const own = keys.map((key, index): Member => [key, JSON.stringify(cells[index] ?? "")]);
      return objectRow(own, columns, answer, keys);
    },
  };
}

/** The tokens of JSON: strings, marks, and numbers or names. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** The values of an object by key, as the JSON that stands there: numbers keep all of their digits. */
export function valueTexts({ stored, values }: StoredDocument): Map<string, string> {
  const texts = new Map<string, string>();
  if (values === undefined) return texts;
  const json = stored.bytes.toString();
  let depth = 0;
  let key: string | undefined;
  let begin: number | undefined; // of a value
  for (const { 0: token, index } of json.matchAll(tokens)) {
    if (token === "}" || token === "]") depth--;
    if (depth === (token === "}" ? 0 : 1) && begin !== undefined && (token === "," || token === "}")) {
      texts.set(JSON.parse(key!) as string, json.slice(begin, index).trim());
      [key, begin] = [undefined, undefined];
    } else if (depth === 1 && key === undefined && token.startsWith('"')) key = token;
    else if (depth === 1 && token === ":" && begin === undefined) begin = index + 1;
    if (token === "{" || token === "[") depth++;
  }
  return texts;
}

/** A JSON value as a cell: a string without its quotes, nothing for null. */
export const valueCell = (json: string | undefined): string =>
  json === undefined || json === "null" ? "" : json.startsWith('"') ? (JSON.parse(json) as string) : json;
