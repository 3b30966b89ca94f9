/** @file Networks that PyTorch saved and ran (pytorch.py) have the same logits after the import. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ImportOptions, importModel } from "../../../src/interop/importModel.js";
import { folderWith } from "../../support/folder.js";
import { type ReferenceLogits, errorAgainst } from "../importSupport.js";
import { loadTextModel } from "../../support/models.js";

type Case = ReferenceLogits & { name: string; options: Omit<ImportOptions, "vocabulary">; file: string };

const { tokens, cases } = JSON.parse(readFileSync(new URL("pytorch.json", import.meta.url), "utf8")) as {
  tokens: string[];
  cases: Case[];
};
const cwd = folderWith({
  "tokens.json": JSON.stringify(tokens),
  ...Object.fromEntries(cases.map(({ name, file }) => [`${name}.safetensors`, Buffer.from(file, "base64")])),
});
const vocabulary = join(cwd, "tokens.json");

test.each(cases)("import: $name has the logits of PyTorch", async ({ name, options, texts, logits }) => {
  const out = join(cwd, name);
  await importModel(join(cwd, `${name}.safetensors`), { ...options, vocabulary, out });
  const model = await loadTextModel(out, { backend: "auto" });
  expect(errorAgainst(model, tokens, { texts, logits })).toBeLessThan(1e-5);
  model.network.dispose();
});
