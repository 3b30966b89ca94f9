/** @file `rnn list` and `rnn remove`. */
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { listCheckpoints } from "../../src/checkpoint/checkpoint.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { trainInto } from "../support/models.js";
import { tale } from "../support/texts.js";

const cwd = folderWith({
  "tale.txt": tale(40),
  "checkpoints/notes/todo.txt": "x",
  "checkpoints/torn/checkpoint.json": "{",
});
const run = (...argv: string[]) => rnn(argv, { cwd });
const at = (name: string): string => join(cwd, name);

beforeAll(async () => {
  for (const name of ["checkpoints/first", "checkpoints/second", "elsewhere"])
    await trainInto(at(name), at("tale.txt"), { epochs: 1 });
});

test("list: the checkpoints in ./checkpoints and the bundled ones, with task, corpus, score, size and date", async () => {
  const { stdout, code } = await run("list");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^name +task +corpus +score +size +date$/m);
  expect(stdout).toMatch(/^first +generator +tale\.txt +perplexity [\d.]+ +[\d.]+ kB +\d{4}-\d\d-\d\d$/m);
  expect(stdout).toMatch(/^critic +classifier +reviews\.csv +accuracy 80\.5% .* bundled$/m);
  expect(stdout).toMatch(/^torn +damaged/m);
  expect(stdout).not.toContain("notes");
  const listed = JSON.parse((await run("list", "--json")).stdout) as { name: string; bundled: boolean }[];
  expect(listed.map(({ name }) => name).slice(0, 2)).toEqual(["second", "first"]); // newest first
  expect(listed.find(({ name }) => name === "critic")).toMatchObject({ task: "classifier", bundled: true });
});

test("list: a clone lists its checkpoints once", async () => {
  const roots = { local: at("checkpoints"), bundled: at("checkpoints") };
  expect((await listCheckpoints(roots)).map(({ name }) => name)).toEqual(["second", "first", "torn"]);
});

test("remove: a checkpoint is deleted, and files that rnn did not write stay", async () => {
  expect(await run("remove", "first")).toEqual({ code: 0, stdout: "removed checkpoints/first\n", stderr: "" });
  expect(existsSync(at("checkpoints/first"))).toBe(false);
  writeFileSync(at("checkpoints/second/notes.txt"), "x");
  const { stdout, stderr } = await run("remove", "checkpoints/second", "--json");
  expect(JSON.parse(stdout)).toEqual({ folder: "checkpoints/second", kept: ["notes.txt"] });
  expect(stderr).toContain("checkpoints/second stays, with files that rnn did not write: notes.txt");
  expect(existsSync(at("checkpoints/second/notes.txt"))).toBe(true);
});

test("remove: other folders, bundled checkpoints and paths outside are errors", async () => {
  symlinkSync(cwd, at("checkpoints/link"));
  const refused: [name: string, message: RegExp][] = [
    ["notes", /no checkpoint named "notes" in checkpoints/],
    ["critic", /critic comes with rnn and cannot be removed/],
    ["elsewhere", /no checkpoint named "elsewhere" in checkpoints/],
    ["./elsewhere", /outside checkpoints/],
    ["checkpoints/link/elsewhere", /outside checkpoints/],
    [at("elsewhere"), /outside checkpoints/],
    ["..", /outside checkpoints/],
  ];
  for (const [name, message] of refused) {
    const { code, stderr } = await run("remove", name);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  }
  expect(existsSync(at("elsewhere/checkpoint.json"))).toBe(true);
  expect(existsSync(at("checkpoints/notes/todo.txt"))).toBe(true);
});
