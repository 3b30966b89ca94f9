/** @file The imports between the rooms of src point one way, as in docs/design.md. */
import { basename } from "node:path";
import { expect, test } from "vitest";
import { type Arrow, arrowsBetween, partsOnCycles, readSources, roomOf } from "./sources.js";

/** The rooms from the top down. A room imports from the rows below its own; from its own row too where no cycle results. */
const rows = [
  ["cli", "index.ts"],
  ["library"],
  ["report", "browser", "experiments", "interop", "server"],
  ["inference", "training"],
  ["render"],
  ["evaluation", "baselines", "model"],
  ["checkpoint", "network", "examples", "copying"],
  ["engine"],
  ["corpus", "tokenizers"],
  ["options"],
  ["common"],
];
const rowOf = (room: string): number => rows.findIndex((row) => row.includes(room));

/** `render` formats results of the rooms above it: it may use the types of these, not their code. */
const isResultType = ({ from, typesOnly }: Arrow): boolean => from === "render" && typesOnly;

const engineRows = ["backends", "kernelBackend", "ops"];

const sources = readSources();
const arrows = arrowsBetween(sources, roomOf).filter((arrow) => !isResultType(arrow));
const show = ({ file, target }: Arrow): string => `${file} imports ${target}`;

test("structure: every room has a row in the order", () => {
  expect([...new Set(sources.map(({ path }) => roomOf(path)))].filter((room) => rowOf(room) === -1)).toEqual([]);
});

test("structure: a room imports only from rooms below or beside it", () => {
  expect(arrows.filter(({ from, to }) => rowOf(to) < rowOf(from)).map(show)).toEqual([]);
});

test("structure: nothing imports cli or the library's entry", () => {
  expect(arrows.filter(({ to }) => to === "cli" || to === "index.ts").map(show)).toEqual([]);
});

test("structure: rooms do not import each other in a cycle", () => {
  const rooms = partsOnCycles(arrows);
  expect(arrows.filter(({ from, to }) => rooms.includes(from) && rooms.includes(to)).map(show)).toEqual([]);
});

test("structure: the engine's ops do not import a backend", () => {
  const partOf = (path: string): string | undefined => engineRows.find((part) => path.startsWith(`engine/${part}/`));
  const upwards = arrowsBetween(sources, partOf).filter(
    ({ from, to }) => engineRows.indexOf(to) < engineRows.indexOf(from),
  );
  expect(upwards.map(show)).toEqual([]);
});

test("structure: no two files have the same name", () => {
  const names = sources.map(({ path }) => basename(path)).filter((name) => name !== "index.ts");
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

/** Entries of tables may be short: each is a file of its own, whatever its length. */
const isEntry = (path: string): boolean =>
  /(^|\/)index\.ts$|Command\.ts$|Kind\.ts$|Kernels\.ts$|Exporter\.ts$|^network\/layers\/|^browser\/panels\//.test(path);

/** Short files that one file alone imports, for a reason. */
const apart: Record<string, string> = {
  "browser/browserTfjs.ts": "the bundler of the page puts it in the place of engine/tfjs.ts",
  "engine/allOfTfjs.ts": "loads TF.js, which the program does only when it is needed",
  "engine/backends/tensorflow/tfRegister.ts": "loaded when the backend is selected",
  "training/schedules.ts": "a table",
};

test("structure: a file under 25 lines is the entry of a table or is used by several files", () => {
  const importers = (path: string): number =>
    sources.filter(({ imports }) => imports.some(({ target }) => target === path)).length;
  const alone = sources.filter(
    ({ path, lines }) => lines < 25 && !isEntry(path) && importers(path) < 2 && !(path in apart),
  );
  expect(alone.map(({ path }) => path)).toEqual([]);
});

test("structure: folders are made by makeFolders, since Node's recursive mkdir does not return in /proc", () => {
  const recursive = sources.filter(({ text }) => /mkdir(?:Sync)?\([^)]*recursive/.test(text));
  expect(recursive.map(({ path }) => path)).toEqual([]);
});
