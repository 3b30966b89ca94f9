/** @file The checkpoint remembers how its corpus was read: `classify`, `evaluate` and `score` read a table of the same shape without options. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { documentIn, trainInto } from "../../support/models.js";
import { opinions } from "../../support/texts.js";

const rows = opinions(60);
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
const first = rows.map(({ text, label }) => `${label};${quoted(text)}`);
const named = rows.map(({ text, label }, row) => `${row},${label},${quoted(text)},x`);
const few = 5;
const head = (lines: readonly string[]): string => `${lines.slice(0, few).join("\n")}\n`;
const texts = rows.slice(0, few).map(({ text }) => text);

const cwd = folderWith({
  "first.csv": `${first.join("\n")}\n`,
  "first4.csv": head(first),
  "named.csv": `${["nr,verdict,remark,note", ...named].join("\n")}\n`,
  "few.csv": head(["nr,verdict,remark,note", ...named.slice(0, few)].slice(0, few + 1)),
  "moved.csv": `${["verdict;remark", ...rows.map(({ text, label }) => `${label};${quoted(text)}`)].join("\n")}\n`,
  "objects.jsonl": rows.map(({ text, label }) => `${JSON.stringify({ remark: text, verdict: label })}\n`).join(""),
  "numbers.csv": `${["verdict,remark", ...rows.map(({ text, label }) => `${label === "praise" ? 1 : 0},${quoted(text)}`)].join("\n")}\n`,
  "usual.csv": `${["review,sentiment", ...rows.map(({ text, label }) => `${quoted(text)},${label}`)].join("\n")}\n`,
  "renamed.csv": `${["remark,sentiment", ...rows.map(({ text, label }) => `${quoted(text)},${label}`)].join("\n")}\n`,
  "other.csv": `${["one,two", ...rows.slice(0, 2).map((_, row) => `${row},${row + 1}`)].join("\n")}\n`,
  "lines.txt": `${texts.join("\n")}\n`,
  "plus.csv": `${["a+b,c", ...rows.map(({ text, label }) => `${quoted(text)},${label}`)].join("\n")}\n`,
});
const run = (argv: string[], input = "") => rnn(argv, { cwd, input });

beforeAll(async () => {
  const given = { epochs: 2 };
  const numbered = { noHeader: true, labelColumn: "1", textColumn: ["2"] };
  await trainInto(join(cwd, "first"), join(cwd, "first.csv"), { ...given, ...numbered });
  await trainInto(join(cwd, "named"), join(cwd, "named.csv"), {
    ...given,
    textColumn: ["remark"],
    labelColumn: "verdict",
  });
});

/** What `classify` gives for the texts of the first rows. */
const expected = async (checkpoint: string): Promise<string> =>
  (await run(["classify", "-c", checkpoint, "lines.txt"])).stdout;

test("train: checkpoint.json records how the corpus is read", () => {
  expect(documentIn(join(cwd, "first")).corpus.reading).toEqual({
    format: "csv",
    encoding: "utf-8",
    delimiter: ";",
    quote: '"',
    escape: '"',
    header: false,
    width: 2,
    textColumns: ["2"],
    labelColumn: "1",
  });
  expect(documentIn(join(cwd, "named")).corpus.reading).toMatchObject({
    header: true,
    textColumns: ["remark"],
    labelColumn: "verdict",
  });
});

test("classify: a table without a header is read with the columns of the corpus", async () => {
  const lines = await expected("first");
  expect(new Set(lines.split("\n")).size).toBeGreaterThan(2);
  expect(await run(["classify", "-c", "first", "first4.csv"])).toEqual({ code: 0, stdout: lines, stderr: "" });
  expect(await run(["classify", "-c", "first", "--no-header", "first4.csv"])).toMatchObject({ stdout: lines });
});

test("classify: a table on standard input is recognized by its first line, and lines of text are still lines", async () => {
  const noted = "standard input is read as csv; --input-format text reads its lines\n";
  const headless = await run(["classify", "-c", "first"], head(first));
  expect(headless).toEqual({ code: 0, stdout: await expected("first"), stderr: noted });
  const headed = await run(["classify", "-c", "named"], readFileSync(join(cwd, "few.csv"), "utf8"));
  expect(headed.stderr).toBe(noted);
  expect((await expected("named")).startsWith(headed.stdout)).toBe(true);
  const json = await run(["classify", "-c", "named"], readFileSync(join(cwd, "objects.jsonl"), "utf8"));
  expect(json.stderr).toContain("standard input is read as jsonl");
  expect(json.stdout.startsWith(await expected("named"))).toBe(true);
  expect(await run(["classify", "-c", "first"], "lovely; and warm\nrude; and sour\n")).toMatchObject({ stderr: "" });
});

test("classify: the columns are found in another order, with another delimiter, and in JSON", async () => {
  for (const name of ["moved.csv", "objects.jsonl"]) {
    const { stdout, stderr } = await run(["classify", "-c", "named", name]);
    expect(stderr).toBe("");
    expect(stdout.startsWith(await expected("named"))).toBe(true);
  }
});

test("classify: other columns that the rules know are read, and a line says so", async () => {
  const { stdout, stderr } = await run(["classify", "-c", "named", "usual.csv"]);
  expect(stdout.startsWith(await expected("named"))).toBe(true);
  expect(stderr).toBe(
    "usual.csv: read by its own columns (text review), not as the corpus of the checkpoint (text remark, label verdict); --text-column names others\n",
  );
  expect(await run(["classify", "-c", "named", "usual.csv", "--text-column", "review"])).toEqual({
    code: 0,
    stdout,
    stderr: "",
  });
});

test("evaluate: a table of the same shape needs no option, from standard input neither", async () => {
  const accuracy = async (argv: string[], input?: string): Promise<unknown> => {
    const { code, stdout, stderr } = await run(["evaluate", "--json", ...argv], input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return (JSON.parse(stdout) as { accuracy: number }).accuracy;
  };
  const whole = await accuracy(["-c", "named", "named.csv"]);
  expect(await accuracy(["-c", "named", "moved.csv"])).toBe(whole);
  expect(await accuracy(["-c", "named", "objects.jsonl"])).toBe(whole);
  expect(await accuracy(["-c", "named", "-"], readFileSync(join(cwd, "named.csv"), "utf8"))).toBe(whole);
  expect(await accuracy(["-c", "named", "numbers.csv", "--label-map", "0=blame,1=praise"])).toBe(whole);
  expect(await accuracy(["-c", "named", "plus.csv", "--text-column", "a+b", "--label-column", "c"])).toBe(whole);
  expect(await accuracy(["-c", "first", "first.csv"])).toEqual(expect.any(Number));
});

test("evaluate: another label column that the rules know is read, and a line says so", async () => {
  const { code, stderr } = await run(["evaluate", "-c", "named", "renamed.csv"]);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      "warning: renamed.csv: the label is read from the column sentiment, because there is no verdict; --label-column names another\n",
  });
});

test("evaluate: labels that the checkpoint does not know name --label-map", async () => {
  const { code, stderr } = await run(["evaluate", "-c", "named", "numbers.csv"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^rnn: the label [01] in the test part is not one of blame, praise; --label-map [01]=blame/);
});

test("evaluate: a table without the columns is one line with its columns and the options", async () => {
  const { code, stderr } = await run(["evaluate", "-c", "named", "other.csv"]);
  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/--text-column|--label-column/);
  expect(stderr).toContain("other.csv");
});

test("evaluate: an option for a file has no effect without a file", async () => {
  const { code, stderr } = await run(["evaluate", "-c", "named", "--label-column", "verdict"]);
  expect(code).toBe(2);
  expect(stderr).toContain("have no effect without a file");
});

test("train: --label-map gives the labels their names, and evaluate uses it again", async () => {
  const { code, stderr } = await run([
    "train",
    "numbers.csv",
    "--label-map",
    "0=blame,1=praise",
    "--text-column",
    "remark",
    "--label-column",
    "verdict",
    "--epochs",
    "1",
    "--units",
    "6",
    "--out",
    "mapped",
  ]);
  expect(code, stderr).toBe(0);
  expect(documentIn(join(cwd, "mapped")).labels).toEqual(["blame", "praise"]);
  expect((await run(["evaluate", "-c", "mapped", "numbers.csv", "--json"])).code).toBe(0);
  expect((await run(["evaluate", "-c", "mapped", "--json"])).code).toBe(0);
});

test("classify: --label-map renames the printed labels, and labels of one name are one", async () => {
  const renamed = await run(["classify", "-c", "named", "--label-map", "praise=good,blame=bad", "lines.txt"]);
  const plain = await expected("named");
  expect(renamed).toMatchObject({
    code: 0,
    stdout: plain.replaceAll("praise", "good").replaceAll("blame", "bad"),
  });
  const one = await run(["classify", "-c", "named", "--label-map", "praise=any,blame=any", "--top", "2", "lines.txt"]);
  expect(one.stdout).toBe("any\t1.0000\n".repeat(few));
  expect((await run(["classify", "-c", "named", "--label-map", "1=praise", "lines.txt"])).stdout).toBe(plain);
  expect(await run(["classify", "-c", "named", "--label-map", "1=good", "lines.txt"])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^rnn: --label-map 1=good: .*named has no label 1; its labels are: blame, praise\n/),
  });
});

test("score: the text column of the corpus is read from a table", async () => {
  await trainInto(
    join(cwd, "writer"),
    join(cwd, "named.csv"),
    { epochs: 1, textColumn: ["remark"] },
    { task: "generator" },
  );
  const lines = await run(["score", "-c", "writer", "lines.txt"]);
  writeFileSync(join(cwd, "same.csv"), `remark,nr\n${texts.map((text, row) => `${quoted(text)},${row}\n`).join("")}`);
  expect(await run(["score", "-c", "writer", "same.csv"])).toEqual(lines);
});
