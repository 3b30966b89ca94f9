/** @file Networks that were made and run in PyTorch (pytorch.py) give the same logits once imported. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ImportOptions, importModel } from "../../src/import/import.js";
import { loadTextModel } from "../../src/model.js";
import { folderWith } from "../support/folder.js";
import { logitsOf } from "../network/samples.js";

type Case = {
  name: string;
  options: Omit<ImportOptions, "vocabulary">;
  file: string;
  texts: string[];
  logits: number[][];
};

const { tokens, cases } = JSON.parse(readFileSync(new URL("pytorch.json", import.meta.url), "utf8")) as {
  tokens: string[];
  cases: Case[];
};
const cwd = folderWith({
  "tokens.json": JSON.stringify(tokens),
  ...Object.fromEntries(cases.map(({ name, file }) => [`${name}.safetensors`, Buffer.from(file, "base64")])),
});
const vocabulary = join(cwd, "tokens.json");

test.each(cases)("$name: the logits are PyTorch's", async ({ name, options, texts, logits }) => {
  const out = join(cwd, name);
  await importModel(join(cwd, `${name}.safetensors`), { ...options, vocabulary, out });
  const model = await loadTextModel(out, { backend: "auto" });
  const ids = texts.map((text) => model.tokenizer.encode(text));
  const [time, rows] = [ids[0]!.length, ids.length];
  const found = logitsOf(model.network, {
    time,
    rows,
    tokens: Int32Array.from({ length: time * rows }, (_, at) => ids[at % rows]![Math.floor(at / rows)]!),
    lengths: null,
  });
  // A generator's outputs are its tokens, which have our numbers now, and no text has the first two; the others' are the labels.
  const writes = model.task === "generator";
  const outputs = [...logits[0]!.keys()].slice(writes ? 2 : 0);
  const ours = outputs.map((output) => (writes ? model.tokenizer.encode(tokens[output]!)[0]! : output));
  const errors = logits.flatMap((expected, row) => {
    const [first, second] = found[row] as [number, number];
    if (expected.length === 1) return [second - first - expected[0]!];
    return outputs.map((output, index) => found[row]![ours[index]!]! - expected[output]!);
  });
  expect(Math.max(...errors.map(Math.abs))).toBeLessThan(1e-5);
  expect(found).toHaveLength(logits.length);
  model.network.dispose();
});
