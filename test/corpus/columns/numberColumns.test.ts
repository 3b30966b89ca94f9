/** @file Numbers beside the texts of a table (--value-columns). */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus, type OpenOptions } from "../../../src/corpus/corpus.js";
import { folderWith } from "../../support/folder.js";

const table = ["text,label,length,hour", "a fine day,good,12,3", "a bad day,bad,,4.5", "so so,good,NaN,-1e2"].join(
  "\n",
);
const objects = [
  { text: "a fine day", label: "good", length: 12, hour: "3" },
  { text: "a bad day", label: "bad", length: null, hour: 4.5 },
  { text: "so so", label: "good", hour: -100 },
];
const folder = folderWith({
  "mail.csv": table,
  "plain.csv": table.split("\n").slice(1).join("\n"),
  "mail.jsonl": objects.map((object) => JSON.stringify(object)).join("\n"),
  "wrong.csv": `${table}\na late day,bad,tall,3`,
  "large.csv": `${table}\na late day,bad,1e39,3`,
  "wrong.jsonl": `{"text": "fine", "label": "good", "hour": [3]}\n{"text": "bad", "label": "bad", "hour": 3}`,
});

async function numbersIn(name: string, options: OpenOptions): Promise<unknown[]> {
  const corpus = await openCorpus(join(folder, name), options);
  const found = [];
  for await (const { text, numbers } of corpus.read()) found.push([text, numbers]);
  return found;
}

const given = { textColumn: ["text"], labelColumn: "label", valueColumns: ["length", "hour"] };

test.each(["mail.csv", "mail.jsonl"])(
  "value columns: %s has numbers beside its texts, NaN for a missing one",
  async (name) => {
    const expected = [
      ["a fine day", [12, 3]],
      ["a bad day", [Number.NaN, 4.5]],
      ["so so", [Number.NaN, -100]],
    ];
    expect(await numbersIn(name, given)).toEqual(expected);
    expect(await numbersIn(name, { valueColumns: ["length", "hour"] })).toEqual(expected);
    const corpus = await openCorpus(join(folder, name), given);
    expect(corpus.numberColumns).toEqual(["length", "hour"]);
    expect(corpus.reading).toMatchObject({
      textColumns: ["text"],
      labelColumn: "label",
      valueColumns: ["length", "hour"],
    });
  },
);

test("value columns: a table without a header has them by their numbers", async () => {
  const columns = { header: false, textColumn: ["1"], labelColumn: "2", valueColumns: ["4"] };
  expect(await numbersIn("plain.csv", columns)).toEqual([
    ["a fine day", [3]],
    ["a bad day", [4.5]],
    ["so so", [-100]],
  ]);
});

test("value columns: a cell that is no number, a missing column and the column of the label are errors", async () => {
  await expect(numbersIn("wrong.csv", { ...given, strict: true })).rejects.toThrow(
    'wrong.csv:5: expected a number in the column length, got "tall"',
  );
  await expect(numbersIn("large.csv", { ...given, strict: true })).rejects.toThrow(
    'expected a number of at most 3.4e38 in the column length, got "1e39"',
  );
  await expect(
    numbersIn("wrong.jsonl", { textColumn: ["text"], valueColumns: ["hour"], strict: true }),
  ).rejects.toThrow('expected a number in the column hour, got "[3]"');
  await expect(numbersIn("mail.csv", { valueColumns: ["width"] })).rejects.toThrow(
    'no such column "width" for --value-columns',
  );
  await expect(numbersIn("mail.csv", { ...given, valueColumns: ["label"] })).rejects.toThrow(
    "the column label has the label; remove it from --value-columns",
  );
});
