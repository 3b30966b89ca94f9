/** @file `rnn import`: the use of imported checkpoints, and the errors, after which nothing is written. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { NamedArrays } from "../../src/checkpoint/checkpoint.js";
import { UsageError, UserError } from "../../src/common/errors.js";
import { vocabularyOf, vocabularyText } from "../../src/interop/tokenizerJson/exportedVocabulary.js";
import { type ImportOptions, importModel } from "../../src/interop/importModel.js";
import { loadModel } from "../../src/model/model.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";
import { checkpointOf, safetensorsFile } from "./importSupport.js";
import { casesOf } from "../support/thorough.js";

const tokens = ["<pad>", "<unk>", "fox", "hare", "runs", "home"];
const cwd = folderWith({
  "tokens.json": JSON.stringify(tokens),
  "tale.txt": tale(60),
  "opinions.csv": csvOf(opinions(20)),
  "foxes.txt": "fox runs home\nhare runs home\n",
});
const run = (...argv: string[]) => rnn(argv, { cwd });

/** Arrays of the given shapes, filled with 0.1. */
const arraysOf = (shapes: Record<string, number[]>): NamedArrays =>
  new Map(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      { shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.1) },
    ]),
  );
const recurrent = (units: number, width: number, suffix = "_l0") => ({
  [`rnn.weight_ih${suffix}`]: [4 * units, width],
  [`rnn.weight_hh${suffix}`]: [4 * units, units],
  [`rnn.bias_ih${suffix}`]: [4 * units],
  [`rnn.bias_hh${suffix}`]: [4 * units],
});
const embedding = { "emb.weight": [6, 3] };
const generator = { ...embedding, ...recurrent(4, 3), "fc.weight": [6, 4], "fc.bias": [6] };
const critic = {
  ...embedding,
  ...recurrent(4, 3),
  ...recurrent(4, 3, "_l0_reverse"),
  "fc.weight": [2, 8],
  "fc.bias": [2],
};
const tagger = { ...critic, "fc.weight": [3, 8], "fc.bias": [3] };

beforeAll(async () => {
  for (const [name, shapes] of Object.entries({ generator, critic, tagger }))
    safetensorsFile(cwd, `${name}.safetensors`, arraysOf(shapes));
  await trainInto(join(cwd, "like"), join(cwd, "tale.txt"), {});
});

test("import: a generator with a list of its tokens generates", async () => {
  const { code, stdout, stderr } = await run("import", "generator.safetensors", "--vocabulary", "tokens.json");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "checkpoints/generator\n" });
  expect(stderr).toMatchInlineSnapshot(`
    "imported   generator.safetensors, a PyTorch state dict as safetensors
    tokenizer  whitespace, vocabulary size 6
    network    embedding 3 → lstm 4 → output 6; 176 parameters
    corpus     unknown; \`rnn evaluate\` needs a file
    "
  `);
  expect((await run("generate", "-c", "generator", "--max-tokens", "3", "--seed", "1")).stdout).toMatch(
    /^((fox|hare|runs|home) ){2}(fox|hare|runs|home)\n$/,
  );
  expect((await run("score", "-c", "generator", "foxes.txt")).stdout.split("\n")).toHaveLength(3);
  expect((await run("inspect", "generator")).stdout).toMatch(/corpus +unknown\nimported +generator\.safetensors/);
});

test("evaluate: an imported network without a corpus needs a file", async () => {
  await importModel(join(cwd, "generator.safetensors"), {
    vocabulary: join(cwd, "tokens.json"),
    out: join(cwd, "unknown"),
  });
  const without = await run("evaluate", "-c", "./unknown");
  expect(without).toMatchObject({ code: 1, stdout: "" });
  expect(without.stderr).toBe("rnn: ./unknown was imported without a corpus; give `rnn evaluate` a file\n");
  const evaluated = await run("evaluate", "-c", "./unknown", "foxes.txt", "--json");
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ source: "foxes.txt", baselines: [] });
  expect((await run("train", "--resume", "./unknown")).stderr).toContain("without its training state");
  expect(await run("report", "./unknown")).toMatchObject({ code: 0 });
});

test("import: a classifier and a tagger classify and tag", async () => {
  const labels = ["--labels", "bad,good"];
  await run("import", "critic.safetensors", "--vocabulary", "tokens.json", ...labels);
  expect((await rnn(["classify", "-c", "critic"], { cwd, input: "fox runs\n\n" })).stdout).toMatch(
    /^(good|bad)\t0\.\d+\n(good|bad)\t/,
  );
  writeFileSync(join(cwd, "labels.json"), '["A", "B", "C"]');
  await run(
    "import",
    "tagger.safetensors",
    "--vocabulary",
    "tokens.json",
    "--task",
    "tagger",
    "--labels",
    "labels.json",
  );
  expect((await rnn(["tag", "-c", "tagger"], { cwd, input: "fox runs\n" })).stdout).toMatch(
    /^fox\t[ABC]\nruns\t[ABC]\n\n$/,
  );
});

test("import: with --like, the network is evaluated on the test part of that corpus, and training continues", async () => {
  const { tokenizer, corpus } = documentIn(join(cwd, "like"));
  const size = (tokenizer!["vocabulary"] as string[]).length;
  const bigger = { "emb.weight": [size, 3], ...recurrent(20, 3), "fc.weight": [size, 20], "fc.bias": [size] };
  safetensorsFile(cwd, "bigger.safetensors", arraysOf(bigger));
  const { stderr } = await run("import", "bigger.safetensors", "--like", "./like", "--out", "bigger");
  expect(stderr).toContain("network    embedding 3 → lstm 20 →");
  expect(documentIn(join(cwd, "bigger"))).toMatchObject({ corpus, history: [], options: { units: "20" } });
  const before = JSON.parse((await run("evaluate", "-c", "./bigger", "--json")).stdout) as { loss: number };
  expect(await run("train", "--resume", "bigger", "--epochs", "2")).toMatchObject({ code: 0 });
  const after = documentIn(join(cwd, "bigger"));
  expect((after.metrics["test"] as { loss: number }).loss).toBeLessThan(before.loss);
  expect(after.imported).toMatchObject({ file: "bigger.safetensors", format: "pytorch" });
});

test("import: weights with rnn's names and an adaptive softmax are a one-line error", async () => {
  await trainInto(join(cwd, "adaptive"), join(cwd, "tale.txt"), {
    tokenizer: "words",
    softmax: "adaptive",
    cutoffs: [5],
  });
  await run("export", "./adaptive", "--to", "safetensors", "--out", "adaptive-export");
  const { code, stderr } = await run("import", "adaptive-export/model.safetensors", "--like", "./adaptive");
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      "rnn: adaptive-export/model.safetensors cannot be imported: the checkpoint of --like has an adaptive softmax; name one that was trained with --softmax full\n",
  });
});

test("import: vocabulary.json of an export needs no further option", async () => {
  const spec = { task: "classifier", vocabulary: 9, layers: [{ type: "embedding", units: 3 }], classes: 3 } as const;
  const layers = [...spec.layers, { type: "recurrent", cell: "lstm", units: 4, bidirectional: false } as const];
  await checkpointOf(join(cwd, "exported"), { ...spec, layers: [...layers, { type: "pooling", over: ["last"] }] });
  const model = await loadModel(join(cwd, "exported"), { backend: "cpu" });
  writeFileSync(join(cwd, "vocabulary.json"), vocabularyText(vocabularyOf(model)));
  const shapes = { "emb.weight": [9, 3], ...recurrent(4, 3), "fc.weight": [3, 4], "fc.bias": [3] };
  const file = safetensorsFile(cwd, "exported.safetensors", arraysOf(shapes));
  const vocabulary = join(cwd, "vocabulary.json");
  await importModel(file, { vocabulary, out: join(cwd, "again") });
  const again = documentIn(join(cwd, "again"));
  expect(again).toMatchObject({ task: "classifier", labels: ["label 0", "label 1", "label 2"] });
  expect(again.tokenizer).toEqual(documentIn(join(cwd, "exported")).tokenizer);
  await expect(importModel(file, { vocabulary, labels: ["a"] })).rejects.toThrow("--labels has no effect here");
});

const changed = (shapes: Record<string, number[]>, { without = "", ...more }: Record<string, number[] | string>) =>
  arraysOf(
    Object.fromEntries(
      Object.entries({ ...shapes, ...more } as Record<string, number[]>).filter(([name]) => name !== without),
    ),
  );

test.each([
  ["an empty file", new Map(), "contains no recurrent layer"],
  [
    "an embedding of other tokens",
    changed(generator, { "emb.weight": [7, 3] }),
    "emb.weight has 7 rows, but the vocabulary has 6 tokens",
  ],
  ["an embedding of another width", changed(generator, { "emb.weight": [6, 5] }), "contains no embedding"],
  ["two embeddings", changed(generator, { "emb2.weight": [6, 3] }), "both emb.weight and emb2.weight"],
  [
    "another number of outputs",
    changed(generator, { "fc.weight": [7, 4], "fc.bias": [7] }),
    "fc.weight has 7 outputs; expected 6",
  ],
  [
    "a layer with other inputs",
    changed(generator, { "fc.weight": [6, 9] }),
    "fc.weight has 9 inputs, but the layer before it has 4 outputs",
  ],
  ["a missing layer", changed(generator, { "rnn.weight_ih_l2": [16, 4] }), "has no tensor rnn.weight_hh_l1"],
  [
    "a missing gate",
    changed(generator, { "rnn.weight_hh_l0": [12, 4] }),
    "rnn.weight_ih_l0 is [16, 3]; expected [12, 3]",
  ],
  ["a cell with two gates", changed(generator, { "rnn.weight_hh_l0": [8, 4] }), "for n units expected [4n, n] (LSTM)"],
  [
    "a projection",
    changed(generator, { "rnn.weight_hr_l0": [2, 4] }),
    "the tensor rnn.weight_hr_l0 [2, 4] cannot be imported",
  ],
  [
    "attention",
    changed(generator, { "attn.in_proj_weight": [12, 4] }),
    "attn.in_proj_weight [12, 4] cannot be imported; supported are an embedding",
  ],
  ["a convolution", changed(generator, { "conv.weight": [4, 3, 5] }), "conv.weight [4, 3, 5] cannot be imported"],
  ["a bias without a weight", changed(generator, { "odd.bias": [6] }), "odd.bias has no weight"],
  ["no linear layer at the end", changed({ ...embedding, ...recurrent(4, 3) }, {}), "contains no nn.Linear"],
  [
    "no recurrent layer",
    changed({ ...embedding, "fc.weight": [6, 3], "fc.bias": [6] }, {}),
    "contains no recurrent layer",
  ],
  ["a bidirectional generator", changed({ ...critic, "fc.weight": [6, 8], "fc.bias": [6] }, {}), "is bidirectional"],
  [
    "the weight names of rnn",
    new Map([["head/bias", { shape: [6], values: new Float32Array(6) }]]),
    "name the exported checkpoint with --like",
  ],
] as [string, NamedArrays, string][])(
  "import: %s is a one-line error, and nothing is written",
  async (name, arrays, message) => {
    const out = join(cwd, `invalid ${name}`);
    const file = safetensorsFile(cwd, `invalid ${name}.safetensors`, arrays);
    const importing = importModel(file, { vocabulary: join(cwd, "tokens.json"), out });
    await expect(importing).rejects.toThrow(UserError);
    await expect(importing).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  },
);

test("import: a damaged file is a one-line error, wherever it is damaged", async () => {
  const whole = readFileSync(join(cwd, "generator.safetensors"));
  const file = join(cwd, "damaged.safetensors");
  let runs = 0;
  const header = 8 + Number(whole.readBigUInt64LE());
  await fc.assert(
    fc.asyncProperty(fc.nat(header - 1), fc.nat(255), fc.boolean(), async (offset, byte, cut) => {
      const bytes = Buffer.from(whole);
      bytes[offset] = byte;
      writeFileSync(file, cut ? bytes.subarray(0, offset) : bytes);
      const out = join(cwd, "damaged", String(runs++));
      const outcome = await importModel(file, { vocabulary: join(cwd, "tokens.json"), out }).then(
        () => "imported",
        (error: unknown) => (error instanceof UserError ? "error" : error),
      );
      expect(["imported", "error"]).toContain(outcome);
    }),
    { numRuns: casesOf(200) },
  );
});

test("import: a pickle is not loaded; the error has the command that converts it", async () => {
  for (const [name, bytes] of Object.entries({
    "new.pt": "PK\u0003\u0004…model/data.pkl…",
    "old.pt": "\u0080\u0002}q.",
  })) {
    writeFileSync(join(cwd, name), bytes, "latin1");
    const { code, stdout, stderr } = await run("import", name, "--vocabulary", "tokens.json");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^rnn: \S+\.pt is a Python pickle.*save_file.*\n$/);
  }
});

test.each([
  ["nothing.keras", "", "is empty"],
  ["text.keras", "Once upon a time", "is neither safetensors nor a .keras file"],
  ["other.zip", "PK\u0003\u0004…letter.txt…", "is neither safetensors nor a .keras file, but another zip"],
])("import: a file without weights is an error that names its format: %s", async (name, bytes, what) => {
  writeFileSync(join(cwd, name), bytes, "latin1");
  const importing = importModel(join(cwd, name), { vocabulary: join(cwd, "tokens.json"), out: join(cwd, "none") });
  await expect(importing).rejects.toThrow(`${name} ${what}; save the weights of a PyTorch network`);
  expect(existsSync(join(cwd, "none"))).toBe(false);
});

test("import: options that contradict each other are usage errors", async () => {
  for (const [argv, message] of [
    [[], "file of weights"],
    [["generator.safetensors", "--like", "./like", "--labels", "a,b"], "--vocabulary"],
  ] as const) {
    const { code, stderr } = await run("import", ...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  }
  const vocabulary = join(cwd, "tokens.json");
  for (const [options, message] of [
    [{}, "name a checkpoint with the same tokens with --like"],
    [{ like: join(cwd, "like"), vocabulary }, "give one of them"],
    [{ vocabulary, task: "tagger" }, "--task tagger needs --labels"],
    [{ vocabulary, task: "generator", labels: ["a"] }, "--labels has no effect with --task generator"],
    [{ vocabulary, task: "regressor" }, "--task regressor needs --like"],
    [{ vocabulary, task: "tagger", tokenizer: "characters", labels: ["a"] }, "because a tagger reads words"],
  ] as [ImportOptions, string][]) {
    const importing = importModel(join(cwd, "generator.safetensors"), options);
    await expect(importing).rejects.toThrow(UsageError);
    await expect(importing).rejects.toThrow(message);
  }
});
