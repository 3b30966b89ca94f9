/** @file The record of how a corpus is read: a corpus is read again in the same way, without detection. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus, type OpenOptions } from "../../../src/corpus/corpus.js";
import type { Document } from "../../../src/corpus/document.js";
import { optionsOf, readingRecordOf, recordedOptions } from "../../../src/corpus/record/readingRecord.js";
import { UserError } from "../../../src/common/errors.js";
import type { JsonObject } from "../../../src/common/json.js";
import { folderWith } from "../../support/folder.js";

const labelFirst = Array.from({ length: 30 }, (_, row) => `${row % 2 ? "ham" : "spam"};"text ${row}; more"\n`).join("");
const folder = folderWith({
  "first.dat": labelFirst,
  "duplicates.csv": "a,a,b\nx,y,z\nu,v,w\n",
  "two.jsonl": '{"title":"t","body":"b","label":1}\n{"title":"u","body":"c","label":2}\n',
  "plus.csv": "a+b,c\n1x,2x\n3x,4x\n",
  "labels.txt": "__label__a good\n__label__b bad\n",
  "verses.txt": "one\ntwo\n",
  "series.csv": "time,temp,label\n1,2,3\n4,5,6\n7,8,9\n",
  "latin.csv": Buffer.from("text,label\ncaf\u00E9,a\nna\u00EFve,b\n", "latin1"),
});

async function opened(name: string, options: OpenOptions): Promise<{ reading: JsonObject; documents: Document[] }> {
  const corpus = await openCorpus(join(folder, name), options);
  const documents: Document[] = [];
  for await (const document of corpus.read()) documents.push(document);
  return { reading: JSON.parse(JSON.stringify(corpus.reading)) as JsonObject, documents };
}

const cases: [name: string, options: OpenOptions, expected: JsonObject][] = [
  [
    "first.dat",
    { format: "csv", header: false, labelColumn: "1", textColumn: ["2"] },
    { format: "csv", delimiter: ";", quote: '"', header: false, width: 2, textColumns: ["2"], labelColumn: "1" },
  ],
  ["duplicates.csv", { textColumn: ["2"], labelColumn: "b" }, { textColumns: ["2"], labelColumn: "b" }],
  ["two.jsonl", { textColumn: ["title", "body"] }, { textColumns: ["title", "body"], textJoin: "\n" }],
  ["plus.csv", { textColumn: ["a+b"], labelColumn: "c" }, { textColumns: ["a+b"], labelColumn: "c" }],
  ["labels.txt", {}, { format: "fasttext" }],
  ["verses.txt", { documents: "lines" }, { format: "text", documents: "lines" }],
  ["series.csv", { window: 2, horizon: 1 }, { valueColumns: ["time", "temp", "label"], labelColumn: "label" }],
  ["latin.csv", {}, { encoding: "windows-1252" }],
];

test.each(cases)("record: %s is read again in the same way", async (name, options, expected) => {
  const first = await opened(name, options);
  expect(first.reading).toMatchObject(expected);
  const record = readingRecordOf({ corpus: { reading: first.reading }, options: {} });
  const { window, horizon } = options;
  const kept = { ...(window && { window }), ...(horizon && { horizon }) };
  const again = await opened(name, { ...kept, ...recordedOptions(record, "training") });
  expect(again).toEqual(first);
});

test("record: the columns are those of the record, and no others", () => {
  expect(optionsOf({ format: "csv", encoding: "utf-8", header: true, textColumns: ["body"] }).columns).toEqual({
    textColumns: ["body"],
  });
});

test("record: a damaged one is one line", () => {
  const read = (): unknown =>
    readingRecordOf({ corpus: { reading: { format: "csv", encoding: "utf-8", header: "yes" } }, options: {} });
  expect(read).toThrow(UserError);
  expect(read).toThrow('damaged or edited: its corpus.reading: training.header: expected boolean, not "yes"');
});
