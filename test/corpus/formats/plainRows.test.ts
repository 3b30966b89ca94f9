/** @file The fast splitter of rows gives what csv-parse gives, whatever the bytes and wherever they are cut. */
import { array, assert, asyncProperty, constantFrom, nat, oneof } from "fast-check";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { type FoundDialect, parserOptions } from "../../../src/corpus/formats/dialect.js";
import { UserError } from "../../../src/common/errors.js";
import { itemsOf } from "../../../src/corpus/blocks.js";
import { PlainRows } from "../../../src/corpus/formats/plainRows.js";
import { storedRowBlocks } from "../../../src/corpus/formats/storedRows.js";
import { casesOf } from "../../support/thorough.js";

const comma: FoundDialect = { dialect: { delimiter: ",", quote: '"', escape: '"' }, lineEnd: "\n", firstLine: 1 };
const tab: FoundDialect = { dialect: { delimiter: "\t", quote: "", escape: "" }, lineEnd: "\n", firstLine: 1 };

/** What csv-parse says of a table; undefined for one that it refuses. */
function rowsOfParser(text: string, found: FoundDialect): string[][] | undefined {
  try {
    const rows = parse(text, { ...parserOptions(found), record_delimiter: ["\r\n", "\n"], relax_quotes: true });
    return rows.map((cells) => cells.map((cell) => cell.replaceAll("\r\n", "\n")));
  } catch {
    return undefined;
  }
}

async function rowsOf(text: string, found: FoundDialect, cut: number) {
  const bytes = Buffer.from(text);
  const source = {
    name: "table",
    bytes: async function* () {
      yield bytes.subarray(0, cut);
      yield bytes.subarray(cut);
    },
  };
  const rows = [];
  for await (const row of itemsOf(storedRowBlocks(source, found, "utf-8"))) rows.push(row);
  return rows;
}

const pieces = constantFrom("a", "é", "😀", '"', '""', ",", "\t", "\n", "\r\n", "\r", " ", "\\", '"b,\n""c"', "x,y\n");
const tables = oneof(
  array(pieces, { maxLength: 14 }).map((parts) => parts.join("")),
  array(
    array(constantFrom("", "word", '"in, quotes"', '"two ""\nlines"', 'an 8" disk'), {
      minLength: 1,
      maxLength: 4,
    }),
  ).map((rows) => rows.map((cells) => cells.join(",")).join("\n")),
);

test.each([
  ["csv", comma],
  ["tsv", tab],
])("%s: rows are those of csv-parse, and their bytes are the table", async (_name, found) => {
  await assert(
    asyncProperty(tables, nat(40), async (text, cut) => {
      const expected = rowsOfParser(text, found);
      const rows = await rowsOf(text, found, cut).catch((error: unknown) => {
        if (error instanceof UserError) return undefined;
        throw error;
      });
      expect(rows?.map(({ cells }) => cells)).toEqual(expected);
      const stored = (rows ?? []).map((row) => row.stored.bytes.toString());
      expect(stored.join("")).toBe(expected === undefined ? "" : text);
      const lines = stored.map((_, index) => stored.slice(0, index).join("").split("\n").length);
      expect((rows ?? []).map(({ line }) => line)).toEqual(lines);
    }),
    { numRuns: casesOf(300) },
  );
});

test("csv: usual rows are split without csv-parse, also after an unusual one is found to be none", () => {
  expect(PlainRows.canSplit(comma)).toBe(true);
  expect(PlainRows.canSplit({ ...comma, lineEnd: "\r" })).toBe(false);
  expect(PlainRows.canSplit({ ...comma, dialect: { ...comma.dialect, escape: "\\" } })).toBe(false);
  const rows = new PlainRows(comma);
  expect(rows.rowAt(Buffer.from('a,"b ""c""",8" d\r\nnext'), 0, false)).toEqual({
    cells: ["a", 'b "c"', '8" d'],
    end: 18,
    lines: 1,
  });
  expect(rows.rowAt(Buffer.from('"a"b,c\n'), 0, false)).toBe("unusual");
  expect(rows.rowAt(Buffer.from('"a'), 0, false)).toBe("incomplete");
});
