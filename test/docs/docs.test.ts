/** @file The pages that derive from the declared commands, options and docstrings say what these say now. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const pages = ["README.md", "docs/commands.md", "docs/api.md"];

test.each(pages)("%s describes the commands, options and functions as they are: else `npm run update-docs`", (page) => {
  const folder = mkdtempSync(join(tmpdir(), "rnn-docs-"));
  try {
    for (const path of ["README.md", "docs"]) cpSync(path, join(folder, path), { recursive: true });
    execFileSync(process.execPath, [resolve("scripts/update-docs.mjs")], { cwd: folder });
    const plain = (path: string): string => readFileSync(path, "utf8").replace(/[ -]{2,}/g, " "); // tables are aligned by the formatter
    expect(plain(join(folder, page))).toBe(plain(page));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
