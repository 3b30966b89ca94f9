/** @file A row that cannot be read is skipped and counted; the rows around it are read. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus, type OpenOptions } from "../../src/corpus/corpus.js";
import type { Corpus, Document } from "../../src/corpus/document.js";
import { folderWith } from "../support/folder.js";
import { idxOf } from "../support/idx.js";

/** 19 rows, with a damaged one in the middle, at line 11. */
const around = (row: (text: string, index: number) => string, damaged: string, first = ""): Buffer =>
  Buffer.concat([
    Buffer.from(first),
    ...Array.from({ length: 10 - (first === "" ? 0 : 1) }, (_, index) => Buffer.from(row("déjà vu", index))),
    Buffer.from(damaged, "latin1"),
    ...Array.from({ length: 10 }, (_, index) => Buffer.from(row("café", index + 10))),
  ]);
const label = (index: number): string => (index % 2 ? "a" : "b");
const cwd = folderWith({
  "table.csv": around((text, index) => `${text},${label(index)}\n`, "caf\xe9,a\n", "text,label\n"),
  "cut.csv": around((text, index) => `${text},${label(index)}\n`, "caf\xc3\n", "text,label\n"),
  "other.csv": around((text, index) => `${text},${label(index)},x\n`, "caf\xc3\xa9,a,\xe9\n", "text,label,note\n"),
  "rows.jsonl": around((text, index) => `${JSON.stringify({ text, label: label(index) })}\n`, '{"text": "caf\xe9"}\n'),
  "array.json": around(
    (text, index) => `${JSON.stringify({ text, label: label(index) })},\n`,
    '{"text": "caf\xe9", "label": "a"},\n',
    "[\n",
  ),
  "mood.txt": around((text, index) => `__label__${label(index)} ${text}\n`, "__label__a caf\xe9\n"),
  "tale.txt": around((text) => `${text}\n`, "caf\xe9\n"),
  "words.conll": around((text) => `${text}\tX\nto\tY\n\n`, "caf\xe9\tX\nto\tY\n\n"),
  "wide.conll": around((text) => `${text}\tX\nto\tY\n\n`, "one\tX\ntwo\n\n"),
  "western.txt": Buffer.from(`${"na\xefve\n".repeat(20)}a\x81b\n`, "latin1"),
  "halves.jsonl": around(
    (text, index) => `${JSON.stringify({ text, label: label(index) })}\n`,
    '{"text": "a\\ud83d", "label": "a"}\n{"text": "b", "label": "\\udc00"}\n',
  ),
  "halves.csv": Buffer.from(
    `\uFEFFtext,label\n${Array.from({ length: 20 }, (_, index) => `caf\u00e9,${label(index)}\n`).join("")}ab\uD83D,a\n`,
    "utf16le",
  ),
  "nul.csv": around((text, index) => `${text},${label(index)}\n`, "c\0,a\n", "text,label\n"),
});

async function read(name: string, options: OpenOptions = {}): Promise<{ corpus: Corpus; documents: Document[] }> {
  const corpus = await openCorpus(join(cwd, name), options);
  const documents: Document[] = [];
  for await (const document of corpus.read()) documents.push(document);
  return { corpus, documents };
}

test.each([
  ["table.csv", 11, /not UTF-8: byte 0xE9 at byte 4 of the row/],
  ["cut.csv", 11, /1 column/],
  ["nul.csv", 11, /NUL byte at byte 2 of the row/],
  ["rows.jsonl", 11, /undecodable byte 0xE9/],
  ["array.json", 11, /undecodable byte 0xE9/],
  ["mood.txt", 11, /undecodable byte 0xE9/],
  ["words.conll", 31, /undecodable byte 0xE9/],
  ["wide.conll", 32, /expected a word and its tag in 2 columns, got 1: two/],
])("corpus: a damaged row of %s is skipped with its line", async (name, line, reason) => {
  const { corpus, documents } = await read(name);
  expect(corpus.skipped).toMatchObject({ bad: 1, first: [{ line, reason: expect.stringMatching(reason) }] });
  expect(documents).toHaveLength(name.endsWith("conll") || ["rows.jsonl", "mood.txt"].includes(name) ? 20 : 19);
  expect(documents.every(({ text }) => /vu|caf\u00e9/.test(text))).toBe(true);
});

test("corpus: a damaged cell in a column that is not read costs nothing", async () => {
  const { corpus, documents } = await read("other.csv");
  expect(corpus.skipped).toMatchObject({ bad: 0 });
  expect(documents).toHaveLength(20);
});

test.each([undefined, "lines", "paragraphs"] as const)(
  "corpus: a damaged line of a plain text is left out: --documents %s",
  async (unit) => {
    const { corpus, documents } = await read("tale.txt", unit ? { documents: unit } : {});
    expect(corpus.skipped).toMatchObject({ bad: 1, first: [{ line: 11, reason: /0xE9/ }] });
    const text = documents.map((document) => document.text.trimEnd()).join("\n");
    expect(text).toBe(["déjà vu\n".repeat(10), "café\n".repeat(10)].join("").trimEnd());
    await expect(read("tale.txt", { strict: true, ...(unit && { documents: unit }) })).rejects.toThrow(
      /tale\.txt:11: undecodable byte 0xE9 at character 4/,
    );
  },
);

test("corpus: a damaged line far in a stream has its number", async () => {
  const many = Buffer.from("a line of an old tale\n".repeat(100_000));
  const files = folderWith({ "long.txt": Buffer.concat([many, Buffer.from("é\xe9\n", "latin1"), many]) });
  const corpus = await openCorpus(join(files, "long.txt"), { encoding: "utf-8" });
  let length = 0;
  for await (const { text } of corpus.read()) length += text.length;
  expect(length).toBe(2 * many.length);
  expect(corpus.skipped).toMatchObject({ bad: 1, first: [{ line: 100_001 }] });
});

test("corpus: a byte that windows-1252 does not define is a fault too", async () => {
  const { corpus, documents } = await read("western.txt");
  expect(documents[0]!.text).toBe("naïve\n".repeat(20));
  expect(corpus.skipped).toMatchObject({ bad: 1, first: [{ line: 21, reason: /0x81 at character 2/ }] });
});

test("corpus: text in another encoding stops, and names the option", async () => {
  const files = folderWith({ "koi.txt": Buffer.from("\xf0\xd2\xc9\xd7\xc5\xd4\n".repeat(9), "latin1") });
  await expect(openCorpus(join(files, "koi.txt"), { encoding: "utf-8" })).rejects.toThrow(
    /9 of 9 rows are bad.*for another encoding, add --encoding/,
  );
});

test("series: windows do not reach over a bad row; one without a label is left out", async () => {
  const rows = Array.from({ length: 20 }, (_, index) => `${index},${index === 15 ? "" : `l${index}`}\n`);
  rows[5] = "none,l5\n";
  const files = folderWith({ "series.csv": `value,label\n${rows.join("")}` });
  const corpus = await openCorpus(join(files, "series.csv"), { window: 2, valueColumns: ["value"] });
  const found: string[] = [];
  for await (const { rows: window, label: cell } of corpus.read()) found.push(`${[...window!.values].join()} ${cell}`);
  expect(found.slice(3, 6)).toEqual(["3,4 l4", "6,7 l7", "7,8 l8"]);
  expect(found).toHaveLength(16);
  expect(corpus.skipped).toMatchObject({
    bad: 1,
    unlabeled: 1,
    first: [{ line: 7, reason: 'expected a number in the column value, got "none"' }, { line: 17 }],
  });
});

test("idx: a sequence with NaN is skipped together with its label", async () => {
  const values = Array.from({ length: 24 }, (_, index) => (index === 3 ? Number.NaN : index));
  const files = folderWith({
    "a-images-idx2-float": idxOf("float", [12, 2], values),
    "a-labels-idx1-ubyte": idxOf(
      "ubyte",
      [12],
      Array.from({ length: 12 }, (_, index) => index),
    ),
  });
  const corpus = await openCorpus(join(files, "a-images-idx2-float"), {
    format: "idx",
    labels: {
      name: "labels",
      bytes: async function* () {
        yield idxOf(
          "ubyte",
          [12],
          Array.from({ length: 12 }, (_, index) => index),
        );
      },
    },
  });
  const found: string[] = [];
  for await (const { rows, label: name } of corpus.read()) found.push(`${rows!.values[0]} ${name}`);
  expect(found.slice(0, 3)).toEqual(["0 0", "4 2", "6 3"]);
  expect(corpus.skipped).toMatchObject({ bad: 1, first: [{ line: 2 }] });
});

test("conll: --tag-column chooses the column of the tags", async () => {
  const files = folderWith({ "names.conll": "Anna NNP B-NP B-PER\nsleeps VB B-VP O\n" });
  const tagsBy = async (tagColumn: `${number}` | "upos"): Promise<readonly string[] | undefined> => {
    const corpus = await openCorpus(join(files, "names.conll"), { tagColumn });
    for await (const { tags } of corpus.read()) return tags;
    return undefined;
  };
  expect(await tagsBy("2")).toEqual(["NNP", "VB"]);
  expect(await tagsBy("3")).toEqual(["B-NP", "B-VP"]);
  await expect(tagsBy("7")).rejects.toThrow(
    /names\.conll: no column 7 for --tag-column; its first line has the columns 1 to 4$/,
  );
  await expect(tagsBy("upos")).rejects.toThrow(/no column upos for --tag-column/);
});

test("jsonl: an escape of half of a character makes its row a bad one", async () => {
  const { corpus, documents } = await read("halves.jsonl");
  expect(corpus.skipped).toMatchObject({
    bad: 2,
    first: [
      { line: 11, reason: "text has half of a character, \\ud83d, at character 2" },
      { line: 12, reason: "label has half of a character, \\udc00, at character 1" },
    ],
  });
  expect(documents.map(({ text }) => text).filter((text) => text.includes("\uFFFD"))).toEqual([]);
});

test("csv: half of a character in UTF-16 makes its row a bad one", async () => {
  const { corpus, documents } = await read("halves.csv");
  expect(corpus.skipped).toMatchObject({
    bad: 1,
    first: [{ line: 22, reason: "half of a character in UTF-16 at character 3 of the row" }],
  });
  expect(documents).toHaveLength(20);
});
