/** @file The generated parts of the pages are up to date with the commands, options and docstrings. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const pages = ["README.md", "docs/commands.md", "docs/api.md"];

const folder = mkdtempSync(join(tmpdir(), "rnn-docs-"));

beforeAll(() => {
  for (const path of ["README.md", "docs"]) cpSync(path, join(folder, path), { recursive: true });
  execFileSync(process.execPath, [resolve("scripts/update-docs.mjs")], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(pages)("docs: %s is up to date with commands, options and functions; else `npm run update-docs`", (page) => {
  const plain = (path: string): string => readFileSync(path, "utf8").replace(/[ -]{2,}/g, " "); // tables are aligned by the formatter
  expect(plain(join(folder, page))).toBe(plain(page));
});
