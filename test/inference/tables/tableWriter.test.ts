/** @file A table with answers: without the appended columns it has the bytes of the input, and a reader finds the answers below their names. */
import { parse } from "csv-parse/sync";
import { array, assert, asyncProperty, constantFrom, record, string } from "fast-check";
import { expect, test } from "vitest";
import type { ByteSource } from "../../../src/corpus/sources/byteSource.js";
import { isSkipped } from "../../../src/corpus/document.js";
import { csv } from "../../../src/corpus/formats/delimited.js";
import type { Content } from "../../../src/corpus/formats/index.js";
import { jsonl } from "../../../src/corpus/formats/jsonl.js";
import { encoders } from "../../../src/corpus/decoding/utf8Bytes.js";
import type { TableAnswer, TableFormat } from "../../../src/inference/tables/tableAnswer.js";
import { tableWriter } from "../../../src/inference/tables/tableWriter.js";
import { casesOf } from "../../support/thorough.js";

const sourceOf = (bytes: Buffer): ByteSource => ({
  name: "table",
  bytes: async function* () {
    yield bytes;
  },
});

const columns = { names: ["label", "probability"], prefix: "predicted" };
const label = 'so, "so"; \t';
const answer: TableAnswer = { cells: [label, "0.5"], members: { label, probability: 0.5 } };

type Written = { header: Buffer; rows: Buffer[]; notes: string[] };

async function written(
  content: Content,
  stored: "csv" | "jsonl",
  format: TableFormat,
  idColumn?: string,
): Promise<Written> {
  const table = content.table!;
  const notes: string[] = [];
  const writer = tableWriter({ format, columns, idColumn, onNote: (note) => notes.push(note) }, table, "table", stored);
  const rows: Buffer[] = [];
  for await (const document of table.rows()) {
    const { row } = document;
    const isBad = isSkipped(row) && row.skipped === "bad";
    rows.push(Buffer.concat([...writer.row(document, isBad ? { error: row.reason } : answer)]));
  }
  return { header: writer.header, rows, notes };
}

const ofCsv = async (
  bytes: Buffer | string,
  format: TableFormat,
  { idColumn, ...options }: { idColumn?: string; delimiter?: string; escape?: string } = {},
): Promise<Written> =>
  written(
    await csv.open(sourceOf(Buffer.from(bytes)), { textsOnly: true, textColumn: ["text"], ...options }),
    "csv",
    format,
    idColumn,
  );

const lines = ({ header, rows }: Written): string[] => [header, ...rows].map(String);

const cell = string({ unit: constantFrom("a", "b", " ", '"', ",", ";", "\n", "\r\n", "é", "\u{1F98A}") });
const quoted = (text: string): string => (/[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test("table: without the appended columns, rows of any width and quoting have the bytes of the input", async () => {
  await assert(
    asyncProperty(
      array(array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
      record({ delimiter: constantFrom(",", ";"), end: constantFrom("\n", "\r\n"), mark: constantFrom("", "\uFEFF") }),
      constantFrom("", "\n"),
      async (rows, { delimiter, end, mark }, last) => {
        const body = rows.map((cells) => cells.map(quoted).join(delimiter) + end);
        const input = Buffer.from(`${mark}text${delimiter}n${end}${body.join("")}${last}`);
        const { header, rows: out } = await ofCsv(input, "csv", { delimiter, escape: '"' });
        const parsed = parse(Buffer.concat([header, ...out]), {
          delimiter,
          bom: true,
          relax_column_count: true,
          relax_quotes: true,
          record_delimiter: ["\r\n", "\n"],
        });
        for (const [index, row] of out.entries()) {
          const inputRow = body[index] ?? last;
          const bare = inputRow.replace(/\r?\n$/, "");
          expect(row.subarray(0, Buffer.byteLength(bare)).toString()).toBe(bare);
          expect(row.toString().endsWith(inputRow.slice(bare.length))).toBe(true);
        }
        expect(out).toHaveLength(body.length + (last === "" ? 0 : 1));
        for (const cells of parsed.slice(1)) {
          if (cells.length > 5) continue; // wider than the header
          expect(cells).toHaveLength(5);
          expect(cells.slice(2, 4)).toEqual(cells[4] === "" ? [label, "0.5"] : ["", ""]);
        }
      },
    ),
    { numRuns: casesOf(400) },
  );
});

test("table: a row of another width keeps its bytes, and the reason is in the column error", async () => {
  const out = await ofCsv("text,n\r\nfine,1\r\nshort\r\n\r\nfar,too,wide\r\nclosed,2,", "csv");
  expect(lines(out)).toEqual([
    "text,n,label,probability,error\r\n",
    'fine,1,"so, ""so""; \t",0.5,\r\n',
    expect.stringMatching(/^short,,,,"?1 column, not as many .*\r\n$/),
    ',,"so, ""so""; \t",0.5,\r\n',
    expect.stringMatching(/^far,too,wide,,,"?3 columns, not as many .*\r\n$/),
    'closed,2,"so, ""so""; \t",0.5,',
  ]);
});

test("table: names that the table has get a prefix", async () => {
  const [header] = lines(await ofCsv("text,label,predicted_label,error\nfine,a,b,c\n", "csv"));
  expect(header).toBe("text,label,predicted_label,error,predicted_label_2,probability,predicted_error\n");
});

test("table: another encoding keeps its bytes, and the answers are in it too", async () => {
  for (const encoding of ["utf-16le", "utf-16be", "windows-1252"] as const) {
    const text = `${encoding === "windows-1252" ? "" : "\uFEFF"}text,n\r\ncaf\u00e9 \u201C,1\r\n`;
    const { header, rows } = await ofCsv(encoders[encoding](Buffer.from(text)), "csv");
    const out = text.replace("n\r", "n,label,probability,error\r").replace("1\r", '1,"so, ""so""; \t",0.5,\r');
    expect(Buffer.concat([header, ...rows])).toEqual(encoders[encoding](Buffer.from(out)));
  }
});

test("table: a csv becomes a tsv or JSON objects with the same cells", async () => {
  const input = 'text,n\n"two\nlines, ""so""",1\nshort\n';
  expect(lines(await ofCsv(input, "tsv"))).toEqual([
    "text\tn\tlabel\tprobability\terror\n",
    'two\\nlines, "so"\t1\tso, "so"; \\t\t0.5\t\n',
    expect.stringMatching(/^short\t\t\t\t1 column, /),
  ]);
  const objects = lines(await ofCsv(input, "jsonl"))
    .slice(1)
    .map((line) => JSON.parse(line) as object);
  expect(objects).toEqual([
    { text: 'two\nlines, "so"', n: "1", label, probability: 0.5 },
    { row: "short", error: expect.stringContaining("1 column"), line: 4 },
  ]);
});

test("table: JSON objects keep their bytes; members are put before the last brace", async () => {
  const input = '{ "text": "a", "label": 1 }\r\n{"text":"b"}\n\n{"n":[1, 2]}\n[1]\n{"text": "}"}';
  const content = await jsonl.open(sourceOf(Buffer.from(input)), { textsOnly: true });
  const added = `"predicted_label":${JSON.stringify(label)},"probability":0.5`;
  expect(lines(await written(content, "jsonl", "jsonl")).slice(1)).toEqual([
    `{ "text": "a", "label": 1 ,${added}}\r\n`,
    `{"text":"b",${added}}\n`,
    `{"label":${JSON.stringify(label)},"probability":0.5}\n`,
    '{"n":[1, 2],"error":"text is missing"}\n',
    expect.stringMatching(/^\{"row":"\[1\]","error":"expected an object.*","line":5\}\n$/),
    `{"text": "}",${added}}`,
  ]);
});

test("table: JSON objects become a csv with a column for each key of the first objects, in the digits of the file", async () => {
  const input =
    '{"id": 12345678901234567890, "text": "a \\"b\\", {c}", "more": {"n": [1, 2], "x,": "}"}, "ok": 1.0}\n' +
    '\n{"text": null, "id": true}\n{"id":\n{"ok":3 , "text":"\\u0041", "id":[]}\n';
  const content = await jsonl.open(sourceOf(Buffer.from(input)), { textsOnly: true });
  const out = await written(content, "jsonl", "csv");
  const quotedLabel = '"so, ""so""; \t",0.5,';
  expect(lines(out)).toEqual([
    "id,text,more,ok,label,probability,error\n",
    `12345678901234567890,"a ""b"", {c}","{""n"": [1, 2], ""x,"": ""}""}",1.0,${quotedLabel}\n`,
    `,,,,${quotedLabel}\n`,
    "true,,,,,,text is not a string\n",
    expect.stringMatching(/^,,,,,,"not JSON; .*\n$/),
    `[],A,,3,${quotedLabel}\n`,
  ]);
  expect(out.notes).toEqual([]);
  expect(lines(await written(content, "jsonl", "jsonl", "id"))[1]).toMatch(/^\{"id":12345678901234567890,"label":/);
  expect(lines(await written(content, "jsonl", "tsv", "id"))[1]).toMatch(/^12345678901234567890\tso, /);
});

test("table: a key that the first objects do not have is left out of a csv, and a note says so", async () => {
  const input = `${'{"text":"a"}\n'.repeat(1200)}{"text":"b","late":1}\n{"text":"c","later":1}\n`;
  const content = await jsonl.open(sourceOf(Buffer.from(input)), { textsOnly: true });
  const { header, rows, notes } = await written(content, "jsonl", "csv");
  expect([String(header), rows.length]).toEqual(["text,label,probability,error\n", 1202]);
  expect(notes).toEqual([
    "table:1201: the key late is left out, because the first objects do not have it; --format jsonl keeps all keys",
  ]);
});

test("table: an id column is the only one beside the answers", async () => {
  const input = 'key,text\n"a, b",fine\n2,\n';
  expect(lines(await ofCsv(input, "tsv", { idColumn: "key" }))).toEqual([
    "key\tlabel\tprobability\terror\n",
    'a, b\tso, "so"; \\t\t0.5\t\n',
    '2\tso, "so"; \\t\t0.5\t\n',
  ]);
  expect(lines(await ofCsv(input, "jsonl", { idColumn: "1" })).slice(1)).toEqual([
    `{"key":"a, b","label":${JSON.stringify(label)},"probability":0.5}\n`,
    `{"key":"2","label":${JSON.stringify(label)},"probability":0.5}\n`,
  ]);
  await expect(ofCsv(input, "tsv", { idColumn: "id" })).rejects.toThrow(/^table: no such column "id" for --id-column/);
});
