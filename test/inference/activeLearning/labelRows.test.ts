/** @file Which rows of a file count as labeled. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { labelRows } from "../../../src/inference/activeLearning/labelRows.js";
import type { Model } from "../../../src/model/model.js";
import { folderWith } from "../../support/folder.js";

const folder = folderWith({
  "sets.csv": "text,labels\none,rain|sun\ntwo,\nthree,NULL\nfour,NaN\n",
  "sets.jsonl": [["rain"], [], null, undefined, ""]
    .map((labels, index) => JSON.stringify({ text: `text ${index + 1}`, labels }))
    .join("\n"),
  "others.csv": "text,labels\none,x|y\ntwo,x|sun\n",
  "bare.csv": "one word,3,good\ntwo words,4,\n",
});

/** What the reading of labels needs of a model. @param reading of its corpus */
const modelOf = (labels: string[], recipe: object, reading?: object): Model =>
  ({
    document: { options: { encoding: "auto" }, corpus: { name: "corpus", ...(reading && { reading }) } },
    folder: "model",
    task: "classifier",
    inputs: "tokens",
    labels,
    recipe,
  }) as unknown as Model;

async function labeledLines(model: Model, file: string): Promise<[number, boolean][]> {
  const found: [number, boolean][] = [];
  const reading = {
    encoding: "auto",
    noHeader: false,
    standardInput: async function* () {},
    onUnreadable: () => undefined,
  } as const;
  for await (const { line, isLabeled } of labelRows(model, [join(folder, file)], reading as never))
    found.push([line, isLabeled]);
  return found;
}

test("label: of label sets an empty cell or array is a set, and null or NaN is none", async () => {
  const model = modelOf(["rain", "sun"], { multilabel: true });
  expect(await labeledLines(model, "sets.csv")).toEqual([
    [2, true],
    [3, true],
    [4, false],
    [5, false],
  ]);
  expect(await labeledLines(model, "sets.jsonl")).toEqual([
    [1, true],
    [2, true],
    [3, false],
    [4, false],
    [5, true],
  ]);
});

test("label: in a column that only has the name of one, a set counts if the model knows one of its labels", async () => {
  const model = modelOf(["rain", "sun"], { multilabel: true });
  expect(await labeledLines(model, "others.csv")).toEqual([
    [2, false],
    [3, true],
  ]);
});

test("label: a table without a header has its labels where the training corpus had them", async () => {
  const reading = {
    format: "csv",
    encoding: "utf-8",
    delimiter: ",",
    quote: '"',
    escape: '"',
    header: false,
    width: 3,
  };
  const model = modelOf(["good", "bad"], {}, { ...reading, textColumns: ["1"], labelColumn: "3" });
  expect(await labeledLines(model, "bare.csv")).toEqual([
    [1, true],
    [2, false],
  ]);
});
