/** @file The examples of docs/export.md print the output that the page shows, and `rnn export` reports wrong options. */
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { documentIn } from "../../support/models.js";
import { python, pythonHas } from "../../support/python.js";

const cwd = folderWith({});

/** A block of code and its output in the page. */
type Example = { code: string; prints: string };

/** The code blocks of a language that are followed by their output. */
const examplesIn = (language: string): Example[] =>
  [
    ...readFileSync("docs/export.md", "utf8").matchAll(
      /^```(\w+)\n((?:(?!```).*\n)*)```\n\n```\n((?:(?!```).*\n)*)```$/gm,
    ),
  ]
    .filter(([, found]) => found === language)
    .map(([, , code, prints]) => ({ code: code!, prints: prints! }));

beforeAll(async () => {
  symlinkSync(resolve("node_modules"), join(cwd, "node_modules"));
  for (const [name, format] of [
    ["critic", "onnx"],
    ["storyteller", "onnx"],
    ["critic", "safetensors"],
  ] as const) {
    const exported = await rnn(["export", name, "--to", format], { cwd });
    expect(exported).toMatchObject({ code: 0, stdout: `${format}-${name}\n` });
  }
});

test("export: --sentences needs --to projector, and a folder that is not empty is left as it is", async () => {
  const texts = await rnn(["export", "critic", "--to", "onnx", "--sentences", "a.csv", "-o", "new"], { cwd });
  expect(texts).toMatchObject({ code: 2, stdout: "" });
  expect(texts.stderr).toMatch(/^rnn: --sentences has no effect with --to onnx; remove it or choose --to projector\n/);
  const again = await rnn(["export", "critic", "--to", "onnx"], { cwd });
  expect(again).toMatchObject({ code: 1, stdout: "" });
  expect(again.stderr).toBe("rnn: onnx-critic exists already and is not empty; name a new folder with --out\n");
});

test("export: safetensors are imported again to the same bits", async () => {
  const back = ["import", "safetensors-critic/model.safetensors", "--like", "critic", "--out", "back"];
  expect(await rnn(back, { cwd })).toMatchObject({ code: 0, stdout: "back\n" });
  const { sha256 } = documentIn(join(cwd, "back")).files.weights;
  expect(sha256).toBe(documentIn(join("checkpoints", "critic")).files.weights.sha256);
});

/** Runs a program in the folder of the exported models. @returns its output */
function printed(program: string, file: string, code: string): string {
  writeFileSync(join(cwd, file), code);
  const { stdout, stderr } = spawnSync(program, [file], { cwd, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

test("docs/export.md: the JavaScript example prints its output", () => {
  const examples = examplesIn("js");
  expect(examples).toHaveLength(1);
  for (const { code, prints } of examples) expect(printed(process.execPath, "example.mjs", code)).toBe(prints);
});

/** Numbers with four decimals: the last digits depend on the processor. */
const rounded = (text: string): string => text.replaceAll(/(\d\.\d{4})\d+/g, "$1");

test.skipIf(!pythonHas("onnxruntime", "torch"))("docs/export.md: the Python examples print their output", () => {
  const examples = examplesIn("py");
  expect(examples).toHaveLength(2);
  for (const { code, prints } of examples) expect(rounded(printed(python, "example.py", code))).toBe(rounded(prints));
});
