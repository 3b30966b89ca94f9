/** @file Patterns of files, and files whose names look like patterns. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { expandedPath, pathText } from "../../../src/corpus/sources/corpusPath.js";
import { folderWith } from "../../support/folder.js";

const folder = folderWith({
  "b.txt": "b",
  "a.txt": "a",
  "Z.txt": "z",
  "a.csv": "a",
  "x[1].txt": "x",
  "deep/c.txt": "c",
  "dir.txt/d.md": "d",
  ".hidden.txt": "h",
});
const at = (...names: string[]): string[] => names.map((name) => join(folder, name));

test("paths: a pattern gives its files sorted, paths keep their order, and a file that is named twice counts once", async () => {
  expect(await expandedPath(join(folder, "*.txt"))).toEqual(at("Z.txt", "a.txt", "b.txt", "x[1].txt"));
  expect(await expandedPath(at("b.txt", "*.txt"))).toEqual(at("b.txt", "Z.txt", "a.txt", "x[1].txt"));
  expect(await expandedPath(at("deep/c.txt", "a.csv"))).toEqual(at("deep/c.txt", "a.csv"));
  expect(await expandedPath(at("**/c.{txt,md}"))).toBe(join(folder, "deep/c.txt"));
  expect(await expandedPath(at("a.txt", "./a.txt"))).toBe(join(folder, "a.txt"));
});

test("paths: a file whose name has the characters of a pattern is that file", async () => {
  expect(await expandedPath(join(folder, "x[1].txt"))).toBe(join(folder, "x[1].txt"));
});

test("paths: a pattern without files, no path, and standard input among files are one line", async () => {
  await expect(expandedPath("nothing-*.txt")).rejects.toThrow(
    "nothing-*.txt: no such file, and no file matches it as a pattern",
  );
  await expect(expandedPath([])).rejects.toThrow("no file is named");
  await expect(expandedPath(["a.txt", "-"])).rejects.toThrow("standard input (-) cannot be one of several files");
  expect(await expandedPath(["-"])).toBe("-");
});

test("paths: several are named by the first one and a count", () => {
  expect(pathText("a.csv")).toBe("a.csv");
  expect(pathText(["a.csv", "b.csv"])).toBe("a.csv and 1 other");
  expect(pathText(["a.csv", "b.csv", "c.csv", "d.csv"])).toBe("a.csv and 3 others");
});
