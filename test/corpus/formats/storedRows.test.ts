/** @file The stored bytes of the rows of a table: together they are the table, and a row that is not text does not end it. */
import { array, assert, asyncProperty, constantFrom, integer, record, string } from "fast-check";
import { expect, test } from "vitest";
import type { ByteSource } from "../../../src/corpus/sources/byteSource.js";
import { isSkipped } from "../../../src/corpus/document.js";
import { csv } from "../../../src/corpus/formats/delimited.js";
import { openTable } from "../../../src/corpus/formats/table.js";
import { encoders } from "../../../src/corpus/decoding/utf8Bytes.js";
import { casesOf } from "../../support/thorough.js";

const inPieces = (bytes: Buffer, size: number): ByteSource => ({
  name: "table.csv",
  bytes: async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  },
});

/** The bytes of a table again, from its header and its rows. */
async function stored(bytes: Buffer, size: number, delimiter = ","): Promise<Buffer> {
  const table = await openTable(inPieces(bytes, size), "csv", { delimiter }, () => true);
  const parts = [table.header.bytes];
  for await (const row of table.rows()) parts.push(row.stored.bytes);
  return Buffer.concat(parts);
}

const cell = string({ unit: constantFrom("a", " ", '"', ",", ";", "\t", "\n", "\r\n", "é", "\u{1F98A}", "x") });
const quoted = (text: string): string => (/[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test("tables: the stored bytes of header and rows are the table, in any dialect and any pieces", async () => {
  await assert(
    asyncProperty(
      array(array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }).filter(
        (rows) => rows.flat().some((text) => text.trim() !== ""), // a table without text is refused
      ),
      record({
        delimiter: constantFrom(",", ";", "\t"),
        end: constantFrom("\n", "\r\n"),
        mark: constantFrom("", "\uFEFF", "sep=;\n"),
        last: constantFrom("", "\n", "\r\n"),
      }),
      integer({ min: 4, max: 50 }),
      async (rows, { delimiter, end, mark, last }, size) => {
        const text = mark + rows.map((cells) => cells.map(quoted).join(delimiter)).join(end) + last;
        const bytes = Buffer.from(text);
        expect((await stored(bytes, size, delimiter)).toString()).toBe(text);
      },
    ),
    { numRuns: casesOf(400) },
  );
});

test("tables: another encoding is stored as UTF-8 with the same line ends, and is written again to the same bytes", async () => {
  const text = '\uFEFFtext,label\r\n"caf\u00e9, \u201Cgood\u201D",yes\nplain \u20AC,no\r\n';
  for (const encoding of ["utf-16le", "utf-16be", "windows-1252"] as const) {
    const given = encoding === "windows-1252" ? text.slice(1) : text;
    const bytes = encoders[encoding](Buffer.from(given));
    const again = await stored(bytes, 7);
    expect(again.toString()).toBe(given);
    expect(encoders[encoding](again)).toEqual(bytes);
  }
});

test("csv: a row with bytes that are not text is a bad row; the others are read", async () => {
  const bytes = Buffer.concat([
    Buffer.from("text,label\n\u{1F98A} caf\u00e9 th\u00e9,a\nth"),
    Buffer.from([0xe9]),
    Buffer.from(',b\n"nul\0",c\nlast,d\n'),
  ]);
  const { read } = await csv.open(inPieces(bytes, 1000), {});
  const rows: string[] = [];
  for await (const row of read()) rows.push(isSkipped(row) ? `${row.line}: ${row.reason}` : row.text);
  expect(rows).toEqual([
    "\u{1F98A} caf\u00e9 th\u00e9",
    "3: not UTF-8: byte 0xE9 at byte 3 of the row",
    "4: not text: NUL byte at byte 5 of the row",
    "last",
  ]);
});
