/** @file `rnn train` with columns that split a table. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { documentIn } from "../../support/models.js";
import { opinions } from "../../support/texts.js";

const rows = opinions(80).map(({ text, label }, index) => ({
  text: `${text.replaceAll(",", "")} ${index}`,
  label,
  author: `author ${index % 9}`,
  day: `${1 + (index % 28)}/${1 + (index % 12)}/${2015 + (index % 7)}`,
  seconds: 1_600_000_000 - 1000 * index,
}));
type Row = (typeof rows)[number];
const names = ["text", "label", "author", "day", "seconds"] as const;
const table = (delimiter: string, values: readonly Row[] = rows): string =>
  [names, ...values.map((row) => names.map((name) => row[name]))].map((cells) => `${cells.join(delimiter)}\n`).join("");
const cwd = folderWith({
  "rows.csv": table(","),
  "rows.tsv": table("\t"),
  "rows.jsonl": rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  "new.csv": table(",", rows.slice(0, 9)),
  "undated.csv": table(",").replace("/2016", "/someday"),
  "either.csv": "text,label,day\n" + "one,a,1/2/2020\ntwo,b,3/4/2020\n".repeat(20),
  "tale.txt": "the fox took the cheese\n".repeat(40),
});
const quick = ["--units", "6", "--embedding", "4", "--epochs", "1", "--batch-size", "8"];
const run = (...argv: string[]) => rnn(["train", ...argv, ...quick], { cwd });

/** The lines that describe the run, without what follows. */
const linesOf = (stderr: string): string[] => stderr.split("\n\n")[0]!.split("\n");

test.each(["rows.csv", "rows.tsv", "rows.jsonl"])(
  "train: %s is split by groups with --group-column",
  async (corpus) => {
    const { code, stderr } = await run(corpus, "--group-column", "author", "--out", `groups of ${corpus}`);
    expect(code).toBe(0);
    expect(linesOf(stderr)).toContain("split      9 groups of author, each in one part");
    const { counts, options } = documentIn(join(cwd, `groups of ${corpus}`));
    expect(counts).toMatchObject({ training: { documents: 62 }, validation: { documents: 9 }, test: { documents: 9 } });
    expect(options).toMatchObject({ "group-column": "author" });
  },
);

test("train: --time-column reads dates and numbers, and evaluate and resume split in the same way", async () => {
  const byDay = await run("rows.csv", "--time-column", "day", "--out", "by day");
  expect(byDay.stderr).toMatch(/^split +in time by day, validation from 2020-\d\d-\d\d, test from 2021-\d\d-\d\d$/m);
  const bySeconds = await run("rows.jsonl", "--time-column", "seconds", "--out", "by seconds");
  expect(linesOf(bySeconds.stderr)).toContain(
    "split      in time by seconds, validation from 1599985000, test from 1599993000",
  );
  const { metrics, corpus } = documentIn(join(cwd, "by seconds"));
  const evaluated = await rnn(["evaluate", "-c", "./by seconds", "--json"], { cwd });
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ loss: (metrics["test"] as { loss: number }).loss });
  expect(corpus.name).toBe("rows.jsonl");
  const resumed = await rnn(["train", "--resume", "./by seconds", "--epochs", "2"], { cwd });
  expect(resumed.code).toBe(0);
  expect(documentIn(join(cwd, "by seconds")).counts).toMatchObject({ test: { documents: 8 } });
});

test("train: a table of texts without labels is split by groups and in time too", async () => {
  const { stderr } = await run(
    "rows.csv",
    "--task",
    "generator",
    "--time-column",
    "seconds",
    "--group-column",
    "author",
  );
  expect(stderr).toMatch(/split +in time by seconds, .*;\s+9 groups of author, each in one part/);
});

test("train: a group that is in the training corpus and in the --test file is a warning", async () => {
  const { stderr } = await run("rows.csv", "--test", "new.csv", "--group-column", "author");
  expect(stderr).toContain(
    "9 of 9 documents of the --test file are of a group (author) that is in the training corpus too",
  );
  const { code, stderr: without } = await run(
    "rows.csv",
    "--test",
    "either.csv",
    "--task",
    "generator",
    "--group-column",
    "author",
  );
  expect({ code, without }).toEqual({ code: 0, without: expect.not.stringContaining("of a group") as string });
});

test("train: a row without a date is a bad row", async () => {
  const { code, stderr } = await run("undated.csv", "--time-column", "day");
  expect(code).toBe(0);
  expect(stderr).toMatch(/skipped +1 bad row, line 3/);
  const strict = await run("undated.csv", "--time-column", "day", "--strict");
  expect(strict).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("undated.csv:3: day is not a date") as string,
  });
});

test.each([
  [["either.csv", "--time-column", "day"], "can be read in two ways; write them as in 2020-01-31"],
  [["rows.csv", "--time-column", "author"], "column author has no times"],
  [["rows.csv", "--group-column", "autor"], 'no such column "autor" for --group-column; did you mean author'],
  [["tale.txt", "--group-column", "author"], "--group-column has no effect here, because tale.txt is read as text"],
  [
    ["rows.csv", "--window", "3", "--label-column", "seconds", "--time-column", "day"],
    "--time-column has no effect with --window",
  ],
])("train: %j is refused in a line", async (argv, message) => {
  const { code, stderr } = await run(...argv);
  expect(code).not.toBe(0);
  expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2); // the second names --help
  expect(stderr).toContain(message);
});
