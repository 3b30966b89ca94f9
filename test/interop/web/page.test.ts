/** @file docs/export.md: its examples print what the page says that they print, and the command refuses what it should. */
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { documentIn } from "../../support/models.js";
import { python, pythonHas } from "../../support/python.js";

const cwd = folderWith({});

/** A block of code, and what the page says that it prints. */
type Example = { code: string; prints: string };

/** The page's blocks of a language that are followed by what they print. */
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

test("vectors of texts are the projector's alone, and a folder that holds something is left as it is", async () => {
  const texts = await rnn(["export", "critic", "--to", "onnx", "--sentences", "a.csv", "-o", "new"], { cwd });
  expect(texts).toMatchObject({ code: 2, stdout: "" });
  expect(texts.stderr).toMatch(/^rnn: --sentences is of no use here: it needs --to projector\n/);
  const again = await rnn(["export", "critic", "--to", "onnx"], { cwd });
  expect(again).toMatchObject({ code: 1, stdout: "" });
  expect(again.stderr).toBe("rnn: onnx-critic exists already and is not empty; name a new folder with --out\n");
});

test("weights that leave as safetensors come back to the bit", async () => {
  const back = ["import", "safetensors-critic/model.safetensors", "--like", "critic", "--out", "back"];
  expect(await rnn(back, { cwd })).toMatchObject({ code: 0, stdout: "back\n" });
  const { sha256 } = documentIn(join(cwd, "back")).files.weights;
  expect(sha256).toBe(documentIn(join("checkpoints", "critic")).files.weights.sha256);
});

/** What a program prints that stands in a file beside the exported models. */
function printed(program: string, file: string, code: string): string {
  writeFileSync(join(cwd, file), code);
  const { stdout, stderr } = spawnSync(program, [file], { cwd, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

test("the examples in JavaScript print what the page says", () => {
  const examples = examplesIn("js");
  expect(examples).toHaveLength(1);
  for (const { code, prints } of examples) expect(printed(process.execPath, "example.mjs", code)).toBe(prints);
});

/** The first digits of numbers: other processors round otherwise. */
const rounded = (text: string): string => text.replaceAll(/(\d\.\d{4})\d+/g, "$1");

test.skipIf(!pythonHas("onnxruntime", "torch"))(
  "the examples in Python print what the page says",
  { timeout: 180_000 },
  () => {
    const examples = examplesIn("py");
    expect(examples).toHaveLength(2);
    for (const { code, prints } of examples) expect(rounded(printed(python, "example.py", code))).toBe(rounded(prints));
  },
);
