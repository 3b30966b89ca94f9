/** @file Table in, table out: `rnn classify`, `rnn score` and `rnn tag` put their answers into further columns, or below a header of their own. */
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { conlluText, simpleSentences } from "../../support/conllu.js";
import { folderWith } from "../../support/folder.js";
import { trainInto } from "../../support/models.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const sentences = simpleSentences(80);
const columns = `${sentences.join("\n\n").replaceAll(/\/(\w+) ?/g, " $1\n")}\n`;
const table = '\uFEFFid,text,tokens\r\n1,"the fox walked\r\nhome .",a\r\n2,wide,b,c\r\n3,"the ""crow"" jumped .",d';
const cwd = folderWith({
  "opinions.csv": csvOf(opinions(40)),
  "tale.txt": tale(60),
  "simple.conllu": conlluText(sentences),
  "words.conll": columns,
  "table.csv": table,
  "objects.jsonl": '{"id": 9007199254740993, "text":"the fox walked home ."}\n\n{"text":"the crow", "id":null}\n',
  "lines.txt": "the fox walked home .\n\nthe\0 crow\n",
  "other.csv": "key,text\n1,the fox\n",
  "empty.txt": "",
});
beforeAll(async () => {
  const into = (name: string): string => join(cwd, "checkpoints", name);
  await trainInto(into("critic"), join(cwd, "opinions.csv"), { epochs: 1 });
  await trainInto(into("teller"), join(cwd, "tale.txt"), {});
  const tagger = { charUnits: 8, epochs: 10, learningRate: 0.02, sequenceLength: undefined, mix: undefined };
  await trainInto(into("tagger"), join(cwd, "simple.conllu"), tagger);
  await trainInto(into("columns"), join(cwd, "words.conll"), tagger);
});

/** What each command adds to a table, in a row with an answer and without one. */
const commands = {
  classify: { argv: ["classify", "-c", "critic"], names: ["label", "probability"] },
  score: { argv: ["score", "-c", "teller"], names: ["perplexity", "nats", "score_tokens"] },
  suspects: { argv: ["score", "-c", "teller", "--suspects"], names: ["suspects", "spellings"] },
  tag: { argv: ["tag", "-c", "tagger"], names: ["words", "tags"] },
} as const;
const run = (command: keyof typeof commands, argv: string[], input = "") =>
  rnn([...commands[command].argv, ...argv], { cwd, input });
const each = Object.keys(commands) as (keyof typeof commands)[];
const linesOf = (stdout: string): string[] => stdout.split("\n").slice(0, -1);

test.each(each)("%s: a csv keeps its bytes, and the answers are in further columns", async (command) => {
  const { names } = commands[command];
  const { code, stdout, stderr } = await run(command, ["table.csv", "--format", "csv"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^rnn: 1 line or row has no answer, the first at table\.csv:4: 4 columns/m);
  const rows = parse(stdout.slice(1), { relax_column_count: true, record_delimiter: "\r\n" });
  expect(rows[0]).toEqual(["id", "text", "tokens", ...names, "error"]);
  expect(rows).toHaveLength(4);
  expect(rows[1]!.slice(0, 3)).toEqual(["1", "the fox walked\r\nhome .", "a"]);
  expect(rows[2]!.slice(0, 4)).toEqual(["2", "wide", "b", "c"]);
  for (const row of [rows[1]!, rows[3]!]) expect(row).toHaveLength(4 + names.length);
  let end = 0;
  for (const part of table.split(/\r\n(?=\d|$)/)) {
    const at = stdout.indexOf(part, end); // every row of the input, in order
    expect(at).toBeGreaterThanOrEqual(end);
    end = at + part.length;
  }
  expect((await run(command, ["-", "--format", "csv"], table)).stdout).toBe(stdout);
});

test.each(each)("%s: a csv becomes a tsv or JSON objects; --id-column keeps one column", async (command) => {
  const { names } = commands[command];
  const tsv = linesOf((await run(command, ["table.csv", "--format", "tsv"])).stdout);
  expect(tsv.map((line) => line.split("\t").length)).toEqual([4, 4, 5, 4].map((width) => width + names.length));
  const objects = linesOf((await run(command, ["table.csv", "--json"])).stdout).map((line) => JSON.parse(line));
  expect(objects[0]).toMatchObject({ id: "1", text: "the fox walked\nhome .", tokens: "a" });
  expect(objects[1]).toEqual({ row: "2,wide,b,c", error: expect.stringMatching(/^4 columns/), line: 4 });
  const ids = linesOf((await run(command, ["table.csv", "--id-column", "id"])).stdout);
  expect(ids.map((line) => line.split("\t")[0])).toEqual(["id", "1", "2", "3"]);
});

test.each(each)("%s: JSON objects become a csv with their keys as columns", async (command) => {
  const { code, stdout } = await run(command, ["objects.jsonl", "--format", "csv"]);
  const rows = linesOf(stdout);
  const names = commands[command].names.map((name) => name.replace("score_", ""));
  expect([code, rows.length, rows[0]]).toEqual([0, 4, `id,text,${names.join(",")},error`]);
  expect(rows[1]).toMatch(/^9007199254740993,the fox walked home \.,/);
  expect(rows.slice(2).join("\n")).toMatch(/^,,.*\n,the crow,/);
});

test.each([
  ["classify", "label,probability,error", /^\w+,0\.\d{4},$/],
  ["score", "perplexity,nats,tokens,text,error", /^[\d.]+,[\d.]+,\d+,the fox walked home \.,$/],
  ["suspects", "suspects,spellings,error", /^[\w ]*,[\w ]*,$/],
  ["tag", "words,tags,error", /^the fox walked home \.,DET NOUN VERB ADV PUNCT,$/],
] as const)("%s: lines of text are a csv or tsv with a header and a row for each line", async (command, names, row) => {
  const { code, stdout } = await run(command, ["lines.txt", "--format", "csv"]);
  const lines = linesOf(stdout);
  expect([code, lines.length, lines[0]]).toEqual([1, 4, names]);
  expect(lines[1]).toMatch(row);
  expect(lines[3]).toMatch(/^,{2,4}not text: NUL byte at byte 4 of the line$/);
  const tsv = linesOf((await run(command, ["lines.txt", "--format", "tsv"])).stdout);
  expect([tsv.length, tsv[0]]).toEqual([4, names.replaceAll(",", "\t")]);
  expect((await run(command, ["empty.txt", "--format", "csv"])).stdout).toBe(`${names}\n`);
  expect((await run(command, ["empty.txt"])).stdout).toBe("");
});

test.each(each)("%s: what cannot be one table is one line", async (command) => {
  const other = await run(command, ["other.csv", "table.csv", "--format", "csv"]);
  expect(other).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/table\.csv has other columns than other\.csv/),
  });
  const mixed = await run(command, ["other.csv", "lines.txt", "--format", "csv"]);
  expect(mixed).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/lines\.txt has other columns than other\.csv/),
  });
  const ids = await run(command, ["lines.txt", "--id-column", "id"]);
  expect(ids).toMatchObject({ code: 2, stderr: expect.stringMatching(/--id-column has no effect here/) });
});

test.each(each)("%s: the table has the same bytes with several workers", async (command) => {
  const alone = await run(command, ["table.csv", "objects.jsonl", "--json"]);
  expect(await run(command, ["table.csv", "objects.jsonl", "--json", "--workers", "2"])).toEqual(alone);
});

test("tag: --id-column has no effect on the formats of words", async () => {
  const { code, stderr } = await run("tag", ["table.csv", "--format", "conllu", "--id-column", "id"]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/--id-column has no effect on --format conllu/),
  });
});

test("tag: the text column of a table is tagged, and --text-column names another", async () => {
  const { stdout, code } = await run("tag", ["other.csv"]);
  expect([code, stdout]).toEqual([0, "the\tDET\nfox\tNOUN\n\n"]);
  expect((await run("tag", ["other.csv", "--text-column", "key", "--format", "csv"])).stdout).toMatch(
    /\n1,the fox,1,\w+,\n$/,
  );
});

test("tag: columns of words and tags like those of the training corpus are recognized, on standard input too", async () => {
  const given = "the ADV\nfox _\n\nthe DET\ncrow NOUN\n";
  const expected = "the\tDET\nfox\tNOUN\n\nthe\tDET\ncrow\tNOUN\n\n";
  const tag = (input: string, ...argv: string[]) => rnn(["tag", "-c", "columns", ...argv], { cwd, input });
  expect(await tag(given)).toMatchObject({
    code: 0,
    stdout: expected,
    stderr: "standard input is read as conll; --input-format text reads its lines\n",
  });
  expect((await tag("the fox\nthe crow\n")).stdout).toBe(expected); // lines of text
  expect((await tag("the\nfox\n\nthe\ncrow\n", "--input-format", "conll")).stdout).toBe(expected); // without tags
  const comments = await run("tag", ["--format", "conllu"], `# sent_id = 1\n${conlluText(sentences.slice(0, 1))}`);
  expect(comments.stdout).toBe(`# sent_id = 1\n${conlluText(sentences.slice(0, 1))}`);
});
