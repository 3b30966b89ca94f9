/** @file A temporary folder of a test file, with files in it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

/** Makes a folder that is removed after the tests; call it outside of a test. @param files contents by path */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "rnn-test-"));
  for (const [name, content] of Object.entries(files)) writeInto(folder, name, content);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file, and the folders on its way. @param name relative to the folder @returns its path */
export function writeInto(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}
