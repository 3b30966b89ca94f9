/** @file Dialects of tables: any table that a common program writes is read with the same cells. */
import { array, assert, asyncProperty, constantFrom, integer, string } from "fast-check";
import { expect, test } from "vitest";
import type { ByteSource } from "../../../src/corpus/sources/byteSource.js";
import type { ReadOptions } from "../../../src/corpus/formats/index.js";
import { openTable } from "../../../src/corpus/formats/table.js";

const sourceOf = (content: string): ByteSource => ({
  name: "table",
  bytes: async function* () {
    yield Buffer.from(content);
  },
});

async function cellsOf(content: string, format: "csv" | "tsv" = "csv", options: ReadOptions = {}): Promise<string[][]> {
  const table = await openTable(sourceOf(content), format, { header: false, ...options }, () => false);
  const rows: string[][] = [];
  for await (const { cells } of table.rows()) rows.push(cells);
  return rows;
}

const rows = [
  ["text", "label"],
  ["good; cheap", "x"],
  ["bad, dear", "y"],
];

test.each([
  ["semicolons of Excel", 'text;label\r\n"good; cheap";x\r\nbad, dear;y\r\n'],
  ["tabs in a csv", "text\tlabel\ngood; cheap\tx\nbad, dear\ty\n"],
  ["bars", "text|label\ngood; cheap|x\nbad, dear|y\n"],
  ["a sep= line", "sep=|\r\ntext|label\r\ngood; cheap|x\r\nbad, dear|y\r\n"],
  ["carriage returns", 'text,label\rgood; cheap,x\r"bad, dear",y\r'],
  ["spaces before quotes", 'text, label\n"good; cheap", x\n "bad, dear", y\n'],
  ["a trailing delimiter", 'text,label\ngood; cheap,x,\n"bad, dear",y,\n'],
])("csv: %s are found", async (_name, content) => {
  expect(await cellsOf(content)).toEqual(rows);
});

test("csv: in a table of a few rows, one of another width does not hide the delimiter", async () => {
  expect(await cellsOf("id;text;label\n1;good;x\n2;bad\n3;fine;x\n")).toEqual([
    ["id", "text", "label"],
    ["1", "good", "x"],
    ["2", "bad"],
    ["3", "fine", "x"],
  ]);
});

test("csv: a quote is escaped by a backslash, or stands within a cell", async () => {
  expect(await cellsOf('text,label\n"a \\"b\\", c",x\n"d",y\n')).toEqual([
    ["text", "label"],
    ['a "b", c', "x"],
    ["d", "y"],
  ]);
  expect(await cellsOf('text,label\na 5" screen,x\n"d, e",y\n')).toEqual([
    ["text", "label"],
    ['a 5" screen', "x"],
    ["d, e", "y"],
  ]);
});

test("tsv: quotes are read if they are needed, else they are characters", async () => {
  expect(await cellsOf('text\tlabel\n"He said ""so"""\tx\n"two\nlines"\ty\n', "tsv")).toEqual([
    ["text", "label"],
    ['He said "so"', "x"],
    ["two\nlines", "y"],
  ]);
  expect(await cellsOf('"open\tx\n"a" b\ty\n', "tsv")).toEqual([
    ['"open', "x"],
    ['"a" b', "y"],
  ]);
});

test("csv: of two delimiters that are in every row, the one that gives labels is taken", async () => {
  const written = Array.from({ length: 12 }, (_, row) => [String(row % 2), `one part ${row}, and another`]);
  expect(await cellsOf(written.map((row) => `${row.join(";")}\n`).join(""), "csv")).toEqual(written);
});

test("csv: a given delimiter and quote are taken", async () => {
  expect(await cellsOf("'a:b':c\nd:'e'\n", "csv", { delimiter: ":", quote: "'" })).toEqual([
    ["a:b", "c"],
    ["d", "e"],
  ]);
  expect(await cellsOf('"a,b\nc,"d\n', "csv", { quote: "" })).toEqual([
    ['"a', "b"],
    ["c", '"d'],
  ]);
});

test("csv: any table reads back the same cells in any dialect", async () => {
  const cell = string({
    unit: constantFrom("a", "é", " ", ",", ";", "\t", "|", '"', "\n", "\\", "'"),
    maxLength: 8,
  });
  const table = integer({ min: 2, max: 4 }).chain((width) =>
    array(array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
  );
  const delimiter = constantFrom(",", ";", "\t", "|");
  await assert(
    asyncProperty(table, delimiter, constantFrom("\n", "\r\n"), async (written, between, end) => {
      const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const content = written.map((cells) => cells.map(quoted).join(between) + end).join("");
      expect(await cellsOf(content, "csv", { delimiter: between, quote: '"' })).toEqual(written);
    }),
    { numRuns: 100 },
  );
});
