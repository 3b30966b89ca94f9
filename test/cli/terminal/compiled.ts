/** @file Compiles sources to JavaScript that a child process can import, independent of `dist`. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { version } from "../../../src/common/version.js";

export type Compiled = { folder: string; remove: () => Promise<void> };

/**
 * Compiles files of `src` and everything that they import.
 * @param files paths under src
 * @param scripts sources of modules in the same folder, by name
 */
export async function compiled(files: string[], scripts: Record<string, string>): Promise<Compiled> {
  const folder = await mkdtemp(join(tmpdir(), "rnn-test-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", version }));
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    types: ["node"],
    typeRoots: [resolve("node_modules/@types")],
    rootDir: resolve("src"),
    outDir: folder,
    noCheck: true,
  };
  const project = { compilerOptions, files: files.map((file) => resolve("src", file)) };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(project));
  await promisify(execFile)(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "-p", folder]);
  for (const [name, source] of Object.entries(scripts)) await writeFile(join(folder, name), source);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
