/** @file The corpora of checkpoints that do not record how they are read: their documents are those of the version that trained on them. */
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAs } from "../../../src/corpus/corpus.js";
import type { Document } from "../../../src/corpus/document.js";
import { formerOptionsOf } from "../../../src/corpus/record/formerRules.js";
import { readRecipe } from "../../../src/options/recipe.js";
import { folderWith, writeInto } from "../../support/folder.js";

const folder = folderWith({});
const file = (name: string, content: string | Uint8Array): string => writeInto(folder, name, content);

/** The documents for a checkpoint's stored options, without their lines. */
async function formerDocuments(path: string, given: Record<string, string> = {}): Promise<Document[]> {
  const stored = { encoding: "utf-8", "no-header": "false", ...given };
  const corpus = await openAs(path, readRecipe(stored), undefined, { former: formerOptionsOf(stored)! });
  const documents: Document[] = [];
  for await (const { line: _, ...document } of corpus.read()) documents.push(document);
  return documents;
}

const text = (value: string): Document => ({ text: value });

test("former rules: quotes of a tsv are text", async () => {
  const path = file("quoted.tsv", 'text\tlabel\n"a ""good"" day"\tpos\n"bad, very bad"\tneg\n');
  expect(await formerDocuments(path)).toEqual([
    { text: '"a ""good"" day"', label: "pos" },
    { text: '"bad, very bad"', label: "neg" },
  ]);
});

test("former rules: rows with an empty text are documents", async () => {
  expect(await formerDocuments(file("empty.csv", 'text,label\n"",pos\n  ,neg\n\nfine,pos\n'))).toEqual([
    { text: "", label: "pos" },
    { text: "  ", label: "neg" },
    { text: "fine", label: "pos" },
  ]);
  expect(await formerDocuments(file("empty.jsonl", '{"text":"","label":1}\n{"text":"b","label":2}\n'))).toEqual([
    { text: "", label: "1" },
    { text: "b", label: "2" },
  ]);
});

test("former rules: half of a character in JSON is U+FFFD", async () => {
  const path = file("halves.jsonl", String.raw`{"text":"a\ud83d b","label":1}`);
  expect(await formerDocuments(path)).toEqual([{ text: "a\uFFFD b", label: "1" }]);
});

test("former rules: cells of a csv are between commas, whatever its rows show", async () => {
  const path = file("semicolons.csv", "text;label\ngood;pos\nbad;neg\n");
  expect(await formerDocuments(path, { "text-column": "text;label" })).toEqual([text("good;pos"), text("bad;neg")]);
});

test("former rules: only whole names of columns are known", async () => {
  const path = file("airline.csv", "tweet,airline_sentiment\nhello,neg\nbye,pos\n");
  expect(await formerDocuments(path)).toEqual([text("hello"), text("bye")]);
});

test("former rules: without a header the first column is the text and the last one the label", async () => {
  const rows = Array.from({ length: 30 }, (_, row) => `ham,row ${row},${row}\n`).join("");
  const documents = await formerDocuments(file("rows.csv", rows), { "no-header": "true" });
  expect(documents[7]).toEqual({ text: "ham", label: "7" });
  const first = file("first.csv", "pos,good day\nneg,bad day\n");
  expect(await formerDocuments(first, { "label-column": "1", "no-header": "true" })).toEqual([
    { text: "good day", label: "pos" },
    { text: "bad day", label: "neg" },
  ]);
});

test("former rules: columns with + between their names are joined by a space, empty cells too", async () => {
  const path = file("joined.csv", "title,body,a+b,label\na,b,1,x\n,d,2,y\n");
  expect(await formerDocuments(path, { "text-column": "title+body" })).toEqual([
    { text: "a b", label: "x" },
    { text: " d", label: "y" },
  ]);
  expect(await formerDocuments(path, { "text-column": "a+b" })).toEqual([
    { text: "1", label: "x" },
    { text: "2", label: "y" },
  ]);
});

test.each([
  ["labels.txt", "__label__a good\n__label__b bad\n"],
  ["questions.txt", "DESC:manner How?\nNUM:count How many?\nDESC:def What?\nDESC:def Who?\n"],
  ["objects.json", '{"text":"a","label":"b"}\n{"text":"c","label":"d"}\n'],
  ["words.bio", "The\tO\nParis\tB-LOC\n\nHe\tO\n"],
])("former rules: %s is plain text", async (name, content) => {
  expect(await formerDocuments(file(name, content))).toEqual([text(content)]);
});

test("former rules: latin1 is ISO 8859-1", async () => {
  const bytes = Buffer.from("caf\u00E9 \u0093so\u0094\n", "latin1");
  expect(await formerDocuments(file("old.txt", bytes), { encoding: "latin1" })).toEqual([
    text("caf\u00E9 \u0093so\u0094\n"),
  ]);
});

test("former rules: the first folders are labels; links and names without an extension are left out", async () => {
  file("mail/train/pos/1.txt", "one");
  file("mail/train/pos/2", "bare");
  file("mail/test/license.txt", "two");
  await symlink("license.txt", join(folder, "mail/test/link.txt"));
  expect(await formerDocuments(join(folder, "mail"))).toEqual([
    { text: "two", label: "test" },
    { text: "one", label: "train" },
  ]);
});

test("former rules: the numeric columns of the first row are read from a time series", async () => {
  const path = file("series.csv", "time,temp,label,name\n1,2,3,a\n4,5,6,b\n7,8,9,c\n");
  const documents = await formerDocuments(path, { window: "2", horizon: "1" });
  expect(documents).toMatchObject([{ label: "9", rows: { width: 3 } }]);
  expect([...documents[0]!.rows!.values]).toEqual([1, 2, 3, 4, 5, 6]);
});

test("former rules: a checkpoint whose encoding was detected has none", () => {
  expect(formerOptionsOf({ encoding: "auto" })).toBeUndefined();
});
