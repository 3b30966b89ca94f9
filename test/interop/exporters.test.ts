/** @file Formats, cells and tokenizers of the caller: exportModel writes them or throws an error of one line. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UserError } from "../../src/common/errors.js";
import { exporters, defineExporter } from "../../src/interop/exporters.js";
import { exportModel } from "../../src/interop/exportModel.js";
import type { Model, TextModel } from "../../src/model/model.js";
import { cells, defineCell, removeCell } from "../../src/network/cells.js";
import { defineTokenizer, removeTokenizer, tokenizerDefinition } from "../../src/tokenizers/index.js";
import { folderWith } from "../support/folder.js";
import { trainedModel } from "../support/models.js";
import { tale } from "../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(40) });
const built: Record<string, Model> = {};

beforeAll(async () => {
  const { name: _, ...definition } = cells.rnn;
  defineCell("leaky", definition);
  built["plain"] = await trainedModel(join(cwd, "plain"), join(cwd, "tale.txt"), {
    cell: "rnn",
    units: [4],
    epochs: 1,
  });
  built["adaptive"] = await trainedModel(join(cwd, "adaptive"), join(cwd, "tale.txt"), {
    tokenizer: "words",
    softmax: "adaptive",
    cutoffs: [5],
    units: [4],
    epochs: 1,
  });
  built["blocks"] = await trainedModel(join(cwd, "blocks"), join(cwd, "tale.txt"), {
    block: true,
    causalConv: 3,
    cell: "mingru",
    units: [4],
    epochs: 1,
  });
  built["leaky"] = await trainedModel(join(cwd, "leaky"), join(cwd, "tale.txt"), {
    cell: "leaky",
    units: [4],
    epochs: 1,
  });
});

afterAll(() => {
  removeCell("leaky");
  removeTokenizer("reversed");
});

test("defineExporter: exportModel writes the files of a new format", async () => {
  defineExporter("sizes", {
    describe: "the number of parameters",
    files: ({ network }) => ({ "size.txt": `${network.parameters}\n` }),
  });
  const out = join(cwd, "sizes");
  expect(await exportModel(built["plain"]!, { to: "sizes", out })).toEqual(["size.txt"]);
  expect(readFileSync(join(out, "size.txt"), "utf8")).toBe(`${built["plain"]!.network.parameters}\n`);
  exporters.remove("sizes");
  expect(() => defineExporter("onnx", { describe: "", files: () => ({}) })).toThrow("onnx");
});

test("exportModel: an unknown format names the nearest one", async () => {
  const exporting = exportModel(built["plain"]!, { to: "onxx", out: join(cwd, "unknown") });
  await expect(exporting).rejects.toThrow(UserError);
  await expect(exporting).rejects.toThrow("unknown export format onxx; did you mean onnx?");
});

test.each(["onnx", "keras", "tfjs", "web"])(
  "exportModel: a cell without a form in %s is a one-line error",
  async (to) => {
    const out = join(cwd, `leaky-${to}`);
    const exporting = exportModel(built["leaky"]!, { to, out });
    await expect(exporting).rejects.toThrow(UserError);
    await expect(exporting).rejects.toThrow(`${to} has no form of the cell leaky; safetensors has`);
    expect(existsSync(out)).toBe(false);
  },
);

test.each(["keras", "tfjs"])("export: %s of blocks is an error that names the formats that have them", async (to) => {
  const exporting = exportModel(built["blocks"]!, { to, out: join(cwd, `blocks ${to}`) });
  await expect(exporting).rejects.toThrow(`${to} has no form of the layer rms-norm; onnx, safetensors and web have`);
});

test.each(["onnx", "keras", "tfjs"])(
  "exportModel: an adaptive softmax without a form in %s is a one-line error",
  async (to) => {
    const exporting = exportModel(built["adaptive"]!, { to, out: join(cwd, `adaptive-${to}`) });
    await expect(exporting).rejects.toThrow(`${to} has no form of the softmax adaptive; safetensors and web have`);
  },
);

test("exportModel: safetensors and projector have a form of every cell", async () => {
  for (const to of ["safetensors", "projector"]) {
    await exportModel(built["leaky"]!, { to, out: join(cwd, to) });
    expect(readdirSync(join(cwd, to))).not.toEqual([]);
  }
});

test("exportModel: a tokenizer that vocabulary.json cannot describe is exported as safetensors only", async () => {
  const { piecePattern: _, ...definition } = tokenizerDefinition("characters");
  defineTokenizer("reversed", definition);
  const plain = built["plain"] as TextModel;
  const { vocabulary } = plain.tokenizer;
  const toJSON = () => ({ kind: "reversed", lowercase: false });
  const model: Model = { ...plain, tokenizer: { ...plain.tokenizer, kind: "reversed", vocabulary, toJSON } };
  for (const to of ["onnx", "keras", "tfjs", "web"]) {
    const exporting = exportModel(model, { to, out: join(cwd, `reversed-${to}`) });
    await expect(exporting).rejects.toThrow(
      new RegExp(`^${to} has no form of the tokenizer reversed; safetensors has$`),
    );
  }
  await exportModel(model, { to: "safetensors", out: join(cwd, "reversed") });
  const { text } = JSON.parse(readFileSync(join(cwd, "reversed/vocabulary.json"), "utf8")) as { text: object };
  expect(text).toEqual({ kind: "reversed", lowercase: false, tokens: [...vocabulary] });
});

test("exportModel: sentences are an error in a format that cannot store them", async () => {
  const exporting = exportModel(built["plain"]!, { to: "onnx", out: join(cwd, "texts"), sentences: [{ text: "a" }] });
  await expect(exporting).rejects.toThrow("sentences have no effect in the format onnx");
});
