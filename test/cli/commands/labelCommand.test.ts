/** @file `rnn label`: which rows of a file have a label, and the layouts of the list. */
import { expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";

const texts = ["it was fine at first", "a lovely evening", 'cold soup, and a "rude" waiter', "not what I hoped for"];
const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const cwd = folderWith({
  "reviews.csv": `id,text,label\n${texts.map((text, index) => `${index},${cell(text)},${["", "positive", "NaN", ""][index]}\n`).join("")}`,
  "rated.csv": `text,score\n${texts.map((text, index) => `${cell(text)},${index}\n`).join("")}`,
  "reviews.jsonl": texts
    .map((text, index) => `${JSON.stringify({ text, label: [null, "positive", "", undefined][index] })}\n`)
    .join(""),
  "lines.txt": `${texts.join("\n\n")}\n`,
  "fasttext.txt": `__label__positive ${texts[1]}\n${texts[0]}\n`,
  "full.csv": `text,label\n${cell(texts[1]!)},positive\n`,
});
const label = (...words: string[]) => rnn(["label", "-c", "critic", ...words], { cwd });

const linesOf = (stdout: string): string[] =>
  stdout
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t")[0]!)
    .toSorted();

test("label: rows with an empty or missing label, with line, text and the two labels", async () => {
  const { code, stdout, stderr } = await label("reviews.csv");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "3 of 3 texts without a label; 1 text has one\n" });
  const [header, ...rows] = stdout.trimEnd().split("\n");
  expect(header).toBe(
    ["line", "text", "predicted_label", "probability", "second_label", "second_probability", "uncertainty"].join("\t"),
  );
  for (const row of rows) {
    const [line, text, first, probability, second, other, uncertainty] = row.split("\t");
    expect(text).toBe(texts[Number(line) - 2]);
    expect(new Set([first, second])).toEqual(new Set(["negative", "positive"]));
    expect(Number(probability) + Number(other)).toBeCloseTo(1, 3);
    expect(Number(uncertainty)).toBeCloseTo(1 - (Number(probability) - Number(other)), 3);
  }
  expect(linesOf(stdout)).toEqual(["2", "4", "5"]);
});

test("label: JSON objects, lines of text, and lines of fastText", async () => {
  expect(linesOf((await label("reviews.jsonl")).stdout)).toEqual(["1", "3", "4"]);
  expect(linesOf((await label("lines.txt")).stdout)).toEqual(["1", "3", "5", "7"]);
  const fasttext = await label("fasttext.txt", "--input-format", "fasttext");
  expect(linesOf(fasttext.stdout)).toEqual(["2"]);
  const piped = await rnn(["label", "-c", "critic", "--next", "1", "--json"], { cwd, input: `${texts[0]}\n` });
  expect(JSON.parse(piped.stdout)).toMatchObject({ line: 1, text: texts[0] });
});

test("label: --label-column chooses the column; a column of other values than labels has none", async () => {
  expect(linesOf((await label("rated.csv")).stdout)).toHaveLength(4);
  expect(await label("rated.csv", "--label-column", "score")).toMatchObject({
    code: 0,
    stderr: "no text without a label; 4 texts have one, and --label-column none lists these too\n",
  });
  expect(linesOf((await label("reviews.csv", "--label-column", "none")).stdout)).toHaveLength(4);
  expect(await label("reviews.csv", "--label-column", "lable")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^rnn: reviews\.csv: no such column "lable" for --label-column; did you mean label\?\n$/,
    ),
  });
});

test("label: csv quotes what needs it, and several files have a column for the file", async () => {
  const { stdout } = await label("reviews.csv", "full.csv", "--format", "csv", "--next", "3");
  expect(stdout).toMatch(/^file,line,text,predicted_label,/);
  expect(stdout).toContain('reviews.csv,4,"cold soup, and a ""rude"" waiter",');
});
