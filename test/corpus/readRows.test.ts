/** @file Rows of numbers in tables and jsonl: windows of a time series, one matrix a line; errors have the line. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { type OpenOptions, openCorpus } from "../../src/corpus/corpus.js";
import type { Document } from "../../src/corpus/document.js";
import { folderWith } from "../support/folder.js";

const folder = folderWith({
  "weather.csv": "day,temperature,wind,label\nMon,1,10,cold\nTue,2,20,cold\nWed,3,30,warm\nThu,4,40,warm\n",
  "plain.csv": "1,10\n2,20\n3,30\n",
  "gap.csv": "a,b\n1,2\n3,\n5,6\n",
  "word.csv": "a,b\n1,2\n3,warm\n",
  "words.csv": "a,b\nx,y\n",
  "matrices.jsonl": '{"rows":[[1,2],[3,4]],"label":"up"}\n{"rows":[[5,6]],"label":"down"}\n',
  "series.jsonl": '{"id":1,"series":[1,2,3],"target":0.5}\n',
  "ragged.jsonl": '{"rows":[[1,2],[3]]}\n',
  "wide.jsonl": '{"rows":[[1,2]]}\n{"rows":[[1,2,3]]}\n',
  "large.csv": "a,b\n1,2\n3,1e39\n",
  "large.jsonl": '{"rows":[[1,1e39]]}\n',
  "null.jsonl": '{"rows":[[1,null]]}\n',
  "empty.jsonl": '{"rows":[[1]]}\n{"rows":[]}\n',
});

async function documentsOf(name: string, options: OpenOptions = {}): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const document of (await openCorpus(join(folder, name), options)).read()) documents.push(document);
  return documents;
}

const plain = ({ rows, label }: Document) => ({ values: [...rows!.values], label });

test("series: a window has some rows and the label of its last row", async () => {
  const corpus = await openCorpus(join(folder, "weather.csv"), { window: 2 });
  expect(corpus).toMatchObject({ labeled: true, overlap: 1, rows: { width: 2, columns: ["temperature", "wind"] } });
  expect((await documentsOf("weather.csv", { window: 2 })).map(plain)).toEqual([
    { values: [1, 10, 2, 20], label: "cold" },
    { values: [2, 20, 3, 30], label: "warm" },
    { values: [3, 30, 4, 40], label: "warm" },
  ]);
});

test("series: with a horizon the label is from a later row, and its column is an input", async () => {
  const options = { window: 2, horizon: 1, labelColumn: "temperature" };
  expect((await documentsOf("weather.csv", options)).map(plain)).toEqual([
    { values: [1, 10, 2, 20], label: "3" },
    { values: [2, 20, 3, 30], label: "4" },
  ]);
  const now = await documentsOf("weather.csv", { ...options, horizon: 0 });
  expect(now.map(plain)[0]).toEqual({ values: [10, 20], label: "2" }); // the target is not an input
});

test("series: a window larger than the table is an error that has both sizes", async () => {
  await expect(documentsOf("weather.csv", { window: 9 })).rejects.toThrow(
    "--window 9 needs 9 rows, and the table has 4 rows; use a smaller --window",
  );
  await expect(documentsOf("weather.csv", { window: 4, horizon: 1 })).rejects.toThrow(
    "--window 4 and --horizon 1 need 5 rows, and the table has 4 rows",
  );
});

test("series: without labels there are windows to the last row", async () => {
  const windows = await documentsOf("weather.csv", { window: 2, horizon: 1, labelColumn: "wind", textsOnly: true });
  expect(windows.map(({ rows, label }) => [rows!.begin, label])).toEqual([
    [0, undefined],
    [1, undefined],
    [2, undefined],
  ]);
});

test("series: columns are given by name or number, with or without a header", async () => {
  const chosen = await documentsOf("weather.csv", { window: 1, valueColumns: ["wind"] });
  expect(chosen.map(({ rows }) => [...rows!.values])).toEqual([[10], [20], [30], [40]]);
  const numbered = await documentsOf("plain.csv", { window: 3, labelColumn: "2" });
  expect(numbered.map(plain)).toEqual([{ values: [1, 2, 3], label: "30" }]);
});

test("jsonl: one matrix a line with any number of rows; a list of numbers is rows of one number", async () => {
  expect((await documentsOf("matrices.jsonl")).map(plain)).toEqual([
    { values: [1, 2, 3, 4], label: "up" },
    { values: [5, 6], label: "down" },
  ]);
  const [series] = await documentsOf("series.jsonl");
  expect(series).toMatchObject({ rows: { width: 1, values: Float32Array.of(1, 2, 3) }, label: "0.5" });
});

test.each([
  ["gap.csv", { window: 1 }, /gap\.csv:3: expected a number in the column b, got an empty cell/],
  ["word.csv", { window: 1 }, /word\.csv:3: expected a number in the column b, got "warm"/],
  ["words.csv", { window: 1 }, /words\.csv: no column of numbers/],
  [
    "plain.csv",
    { window: 1, valueColumns: ["3"] },
    /plain\.csv: no such column "3" for --value-columns; columns are: 1, 2/,
  ],
  ["ragged.jsonl", {}, /ragged\.jsonl:1: rows: row 2 has 1 numbers; expected 2/],
  ["wide.jsonl", {}, /wide\.jsonl:2: rows: row 1 has 3 numbers; expected 2/],
  ["large.csv", { window: 1 }, /large\.csv:3: expected a number of at most 3\.4e38 in the column b, got "1e39"/],
  ["large.jsonl", {}, /large\.jsonl:1: rows: row 1 has 1e\+39; expected a number of at most 3\.4e38/],
  ["null.jsonl", {}, /null\.jsonl:1: rows: row 1 has null/],
  ["empty.jsonl", {}, /empty\.jsonl:2: rows: not a list of rows/],
  ["matrices.jsonl", { window: 2 }, /--window has no effect here/],
] as [string, OpenOptions, RegExp][])("corpus: %s is an error with its line: %o", async (name, options, message) => {
  await expect(documentsOf(name, options)).rejects.toThrow(message);
});
