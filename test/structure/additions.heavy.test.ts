/** @file CONTRIBUTING's table "to add a …": the compiler accepts an addition to the files that it names, and to no fewer. */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../support/folder.js";

/** The list of names, if any, and the table with an entry for each name: the line that opens it. */
type Addition = { kind: string; list?: string; file: string; table: string };

const additions: Addition[] = [
  { kind: "cell", list: "cellNames", file: "network/cells.ts", table: "export const cells: {" },
  { kind: "pooling", list: "poolingNames", file: "network/poolings.ts", table: "const poolings: {" },
  { kind: "optimizer", list: "optimizerNames", file: "engine/ops/optimizers.ts", table: "export const optimizers = {" },
  { kind: "tokenizer", list: "tokenizerNames", file: "tokenizers/index.ts", table: "const builtIn: {" },
  { kind: "reader", list: "formatNames", file: "corpus/formats/index.ts", table: "export const formats: {" },
  { kind: "export format", list: "exporterNames", file: "interop/exporters.ts", table: "const builtIn: {" },
  { kind: "sampler", file: "inference/generation/samplers.ts", table: "export const samplers = {" },
];

/** A copy of the sources, for the compiler alone. */
function copyOfSources(): string {
  const folder = folderWith({});
  for (const path of ["src", "types", "wasm", "tsconfig.json", "package.json"])
    cpSync(path, join(folder, path), { recursive: true });
  writeFileSync(
    join(folder, "tsconfig.json"),
    readFileSync("tsconfig.json", "utf8").replace(/"include": \[.*\]/, `"include": ["src", "types"]`),
  );
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return folder;
}

function edit(path: string, change: (text: string) => string): void {
  const text = readFileSync(path, "utf8");
  const changed = change(text);
  expect(changed, path).not.toBe(text);
  writeFileSync(path, changed);
}

/** Adds the name "added" to a list of names. */
const named = (folder: string, list: string): void =>
  edit(join(folder, "src/common/names.ts"), (text) =>
    text.replace(new RegExp(`(export const ${list} = \\[[^\\]]*?),?\\s*\\] as const`), `$1, "added"] as const`),
  );

/** Adds an entry "added" that fits any type to a table. */
const defined = (folder: string, { file, table }: Addition): void =>
  edit(join(folder, "src", file), (text) => {
    const start = text.indexOf(table);
    const brace = table.endsWith("= {") ? start + table.length : text.indexOf("} = {", start) + "} = {".length;
    return start === -1 ? text : `${text.slice(0, brace)}\n  added: undefined as never,${text.slice(brace)}`;
  });

/** The files with type errors. */
function errors(folder: string): string[] {
  const { stdout } = spawnSync(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "-p", folder], {
    encoding: "utf8",
  });
  return [...new Set(Array.from(stdout.matchAll(/(?:^|\n)\S*src\/(\S+?)\(\d+,\d+\): error/g), ([, file]) => file!))];
}

test("structure: names without an entry do not compile, and name their tables", () => {
  const folder = copyOfSources();
  for (const { list } of additions) if (list) named(folder, list);
  expect(errors(folder)).toEqual(expect.arrayContaining(additions.filter(({ list }) => list).map(({ file }) => file)));
});

test("structure: a name and its entry are all that an addition takes", () => {
  const folder = copyOfSources();
  for (const addition of additions) {
    if (addition.list) named(folder, addition.list);
    defined(folder, addition);
  }
  expect(errors(folder)).toEqual([]);
});

test("structure: CONTRIBUTING names the files of each addition", () => {
  const contributing = readFileSync("CONTRIBUTING.md", "utf8");
  for (const { kind, list, file } of additions) {
    const row = contributing.split("\n").find((line) => line.startsWith(`| ${kind} `)) ?? "";
    const files = Array.from(row.matchAll(/`src\/([^`<]+)`/g), ([, path]) => path);
    expect(files, kind).toEqual([...(list ? ["common/names.ts"] : []), file]);
  }
});
