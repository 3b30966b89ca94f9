/** @file Separate files for validation and test are read as the training corpus. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSources } from "../../src/examples/partSources.js";
import { settleRecipe } from "../../src/options/recipe.js";
import { folderWith } from "../support/folder.js";

const many = (row: (index: number) => string): string => Array.from({ length: 30 }, (_, index) => row(index)).join("");
const mood = (index: number): string => (index % 2 ? "good" : "bad");
const cwd = folderWith({
  "train.csv": `title,body,mood\n${many((row) => `a title ${row},a longer body of text number ${row},${mood(row)}\n`)}`,
  "order.csv": "mood;body;title\ngood;the body; of another\n",
  "lines.jsonl": '{"mood":"bad","title":"a title","body":"in an object"}\n',
  "short.csv": "title,mood\na title,good\n",
  "unlabeled.csv": "title,body\na title,the body of it\n",
  "bare.csv": "a title,the body of it,good\n",
  "first.csv": many((row) => `${mood(row)},"some text, number ${row}"\n`),
  "one.csv": "good,one row of text\n",
  "named.csv": "text,label\nwith a header,good\n",
  "wide.csv": "good,one row of text,and more\n",
  "tale.txt": "the fox saw a cheese\n".repeat(30),
  "table.txt": "a fox, a cheese\n".repeat(20),
});

async function textsOf(
  training: string,
  part: string,
  options: Parameters<typeof settleRecipe>[0] = {},
  task: Parameters<typeof settleRecipe>[1] = "classifier",
): Promise<string[]> {
  const recipe = settleRecipe({ ...options, test: join(cwd, part) }, task);
  const { test: opened } = await openSources(join(cwd, training), recipe, { task });
  const found: string[] = [];
  for await (const { text, label } of opened!.read()) found.push(label === undefined ? text : `${label}: ${text}`);
  return found;
}

test.each([
  ["train.csv", "order.csv", ["good: the body"]],
  ["train.csv", "lines.jsonl", ["bad: in an object"]],
  ["first.csv", "one.csv", ["good: one row of text"]],
  ["first.csv", "named.csv", ["good: with a header"]],
])("train: with %s, the --test file %s is read by the same columns", async (training, part, texts) => {
  expect(await textsOf(training, part)).toEqual(texts);
});

test("train: --text-column holds for the separate files too", async () => {
  expect(await textsOf("train.csv", "order.csv", { textColumn: ["title"] })).toEqual(["good:  of another"]);
});

test.each([
  ["train.csv", "short.csv", /short\.csv: no column "body", which has the text in .*train\.csv; .*: title, mood$/],
  ["train.csv", "unlabeled.csv", /unlabeled\.csv: no column "mood", which has the labels in .*train\.csv; /],
  ["train.csv", "bare.csv", /bare\.csv: no column "body", .*the first row is: a title, the body of it, good$/],
  ["first.csv", "wide.csv", /wide\.csv: 3 columns, not 2 as in .*first\.csv; the first row is: good, one row/],
])("train: with %s, the --test file %s is one line with its column", async (training, part, message) => {
  await expect(textsOf(training, part)).rejects.toThrow(message);
});

test("train: a generator needs no labels in the separate files", async () => {
  expect(await textsOf("train.csv", "unlabeled.csv", {}, "generator")).toEqual(["the body of it"]);
});

test("train: lines that look like a table are text beside a training text", async () => {
  expect(await textsOf("tale.txt", "table.txt", {}, "generator")).toEqual(["a fox, a cheese\n".repeat(20)]);
});
