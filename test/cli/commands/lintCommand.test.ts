/** @file `rnn lint`: its text, its JSON, its exit codes. */
import { expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { csvOf, opinions } from "../../support/texts.js";

const plain = opinions(60).map(({ text, label }, index) => ({ text: `${text} at ${index}`, label }));
const cwd = folderWith({
  "clean.csv": csvOf(plain),
  "faulty.csv": csvOf([...plain, { ...plain[0]!, label: "blame" }, plain[4]!, { text: ":)", label: "Praise" }]),
});

test("lint: a section for each kind of fault, with files and lines; findings are no failure", async () => {
  const { code, stdout, stderr } = await rnn(["lint", "faulty.csv", "--top", "1"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^63 documents of 3 labels\n/);
  const text = stdout.replaceAll(/\s+/g, " ");
  const sections = [
    "1 text with several labels: keep one label of each labels places text praise, blame faulty.csv:2, 62 the ladder was",
    '1 group of labels spelled alike: if they mean the same, write them one way labels "praise", "Praise"',
    "1 text occurs several times with one label: copies count more than other texts; keep one of each labels places text praise faulty.csv:6, 63 the",
    "1 text is nearly empty: ",
    "1 label of fewer than 10 documents: ",
  ];
  const positions = sections.map((section) => text.indexOf(section));
  expect(positions).not.toContain(-1);
  expect(positions).toEqual(positions.toSorted((left, right) => left - right));
});

test("lint: a clean corpus is one line; standard input is read, and --json has every list", async () => {
  expect(await rnn(["lint", "clean.csv"], { cwd })).toEqual({
    code: 0,
    stdout: "60 documents of 2 labels; nothing found\n",
    stderr: "",
  });
  const input = csvOf(plain);
  const { stdout } = await rnn(["lint", "-", "--input-format", "csv", "--json"], { cwd, input });
  expect(JSON.parse(stdout)).toMatchObject({ documents: 60, suspects: [], conflicts: [], nearEmpty: [] });
});

test("lint: a missing corpus, or one without labels, is an error in one line", async () => {
  expect(await rnn(["lint"], { cwd })).toMatchObject({ code: 2, stderr: expect.stringMatching(/corpus is missing/) });
  const without = await rnn(["lint", "-"], { cwd, input: "a text\n" });
  expect(without).toMatchObject({ code: 1, stderr: expect.stringMatching(/no labels in it; .*--label-column/) });
});
