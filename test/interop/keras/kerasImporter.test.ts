/** @file Models that Keras saved and ran (keras_models.py) have the same logits after the import; unsupported layers give an error. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { expect, test } from "vitest";
import { UserError } from "../../../src/common/errors.js";
import { type ImportOptions, importModel } from "../../../src/interop/importModel.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { loadTextModel, documentIn } from "../../support/models.js";
import { type ReferenceLogits, errorAgainst } from "../importSupport.js";
import { casesOf } from "../../support/thorough.js";

type Case = ReferenceLogits & { name: string; options: Omit<ImportOptions, "vocabulary">; file: string };

const { tokens, cases, unsupported } = JSON.parse(readFileSync(new URL("keras.json", import.meta.url), "utf8")) as {
  tokens: string[];
  cases: Case[];
  unsupported: { name: string; file: string; message: string }[];
};
const cwd = folderWith({
  "tokens.json": JSON.stringify(tokens),
  ...Object.fromEntries(
    [...cases, ...unsupported].map(({ name, file }) => [`${name}.keras`, gunzipSync(Buffer.from(file, "base64"))]),
  ),
});
const vocabulary = join(cwd, "tokens.json");

test.each(cases)("import: $name has the logits of Keras", async ({ name, options, texts, logits }) => {
  const out = join(cwd, name);
  await importModel(join(cwd, `${name}.keras`), { ...options, vocabulary, out });
  const model = await loadTextModel(out, { backend: "auto" });
  expect(errorAgainst(model, tokens, { texts, logits })).toBeLessThan(1e-5);
  model.network.dispose();
});

test("import: a Keras classifier is summarized, and classifies", async () => {
  const argv = [
    "import",
    "a classifier of every kind of layer.keras",
    "--vocabulary",
    "tokens.json",
    "--labels",
    "bad,good,odd",
  ];
  const { code, stdout, stderr } = await rnn([...argv, "--out", "critic"], { cwd });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "critic\n" });
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(
    "network embedding 5 → bidirectional lstm 4 → gru 3 → bidirectional rnn 4 → last → dense 7 → output 3; 638 parameters",
  );
  expect(documentIn(join(cwd, "critic"))).toMatchObject({ imported: { format: "keras" }, spec: { classes: 3 } });
  expect((await rnn(["classify", "-c", "./critic"], { cwd, input: "abc\n" })).stdout).toMatch(
    /^(bad|good|odd)\t0\.\d+\n$/,
  );
});

test.each(unsupported)(
  "import: $name in a Keras model is a one-line error, and nothing is written",
  async ({ name, message }) => {
    const out = join(cwd, `unsupported ${name}`);
    const importing = importModel(join(cwd, `${name}.keras`), { vocabulary, labels: ["bad", "good"], out });
    await expect(importing).rejects.toThrow(UserError);
    await expect(importing).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  },
);

test("import: a damaged .keras file is a one-line error, wherever it is damaged", async () => {
  const whole = readFileSync(join(cwd, "an LSTM generator.keras"));
  const file = join(cwd, "damaged.keras");
  let runs = 0;
  const outcomes = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.nat(9), async (offset, byte, cut) => {
      const bytes = Buffer.from(whole);
      bytes[offset] = byte;
      writeFileSync(file, cut === 0 ? bytes.subarray(0, offset) : bytes);
      const out = join(cwd, "damaged", String(runs++));
      const outcome = await importModel(file, { vocabulary, out }).then(
        () => "imported",
        (error: unknown) => (error instanceof UserError ? "error" : error),
      );
      outcomes.add(outcome);
      expect(["imported", "error"]).toContain(outcome);
    }),
    { numRuns: casesOf(100) },
  );
  expect(outcomes).toContain("error");
});

test("import: Keras weights without a model, and options that a model defines, are errors", async () => {
  writeFileSync(join(cwd, "model.weights.h5"), Buffer.from("\u0089HDF\r\n\u001A\n", "latin1"));
  await expect(importModel(join(cwd, "model.weights.h5"), { vocabulary })).rejects.toThrow("save the whole model");
  const generator = join(cwd, "an LSTM generator.keras");
  await expect(importModel(generator, { vocabulary, pooling: ["max"] })).rejects.toThrow(
    "--pooling has no effect here",
  );
});

type StoredLayer = { class_name: string; config: Record<string, { config: object }> };

test("import: a backward layer with another activation is an error", async () => {
  const files = unzipSync(readFileSync(join(cwd, "a classifier of every kind of layer.keras")));
  const model = JSON.parse(strFromU8(files["config.json"]!)) as { config: { layers: StoredLayer[] } };
  const { config } = model.config.layers.find((layer) => layer.class_name === "Bidirectional")!;
  const changed = { ...config["layer"]!.config, go_backwards: true, activation: "relu" };
  config["backward_layer"] = { ...config["layer"]!, config: changed };
  const file = join(cwd, "other direction.keras");
  writeFileSync(file, zipSync({ ...files, "config.json": strToU8(JSON.stringify(model)) }));
  const importing = importModel(file, { vocabulary, labels: ["bad", "good", "odd"], out: join(cwd, "other") });
  await expect(importing).rejects.toThrow('has activation "relu"; only "tanh" is supported');
});
