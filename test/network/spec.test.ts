/** @file The spec of a network from options and from a checkpoint. */
import { expect, test } from "vitest";
import { specFrom } from "../../src/network/build.js";
import { readSpec } from "../../src/network/spec.js";
import { type Recipe, settleRecipe } from "../../src/options/recipe.js";
import { classifierSpec, convolutionSpec, generatorSpec, labelBlocksSpec } from "./sampleSpecs.js";

const purpose = { reads: { vocabulary: 50 }, labels: 2, longest: 9 };

test("specFrom: options become layers, with dropout after the embedding and each recurrent layer", () => {
  const options = settleRecipe({ units: [8, 4], embedding: 3, dropout: 0.1 }, "generator");
  const dropout = { type: "dropout", rate: 0.1 };
  expect(specFrom(options, { ...purpose, task: "generator", examples: "streams" })).toEqual({
    task: "generator",
    vocabulary: 50,
    layers: [
      { type: "embedding", units: 3 },
      dropout,
      { type: "recurrent", cell: "lstm", units: 8, bidirectional: false },
      dropout,
      { type: "recurrent", cell: "lstm", units: 4, bidirectional: false },
      dropout,
    ],
    classes: 50,
  });
});

test("specFrom: blocks are as wide as the embedding, with dropout in each branch and a last normalization", () => {
  const given = { block: true, cell: "hgrn", units: [8, 4], dropout: 0.1, causalConv: 4, mlp: 7 };
  const spec = specFrom(settleRecipe({ ...given, embedding: 6 }, "generator"), {
    ...purpose,
    task: "generator",
    examples: "streams",
  });
  const dropout = { type: "dropout", rate: 0.1 };
  const block = (recurrent: object) => [
    { type: "rms-norm" },
    { type: "causal-convolution", size: 4, units: 6 },
    { type: "recurrent", cell: "hgrn", bidirectional: false, ...recurrent },
    { type: "projection", units: 6 },
    dropout,
    { type: "residual", over: 5 },
    { type: "rms-norm" },
    { type: "gated-mlp", units: 7 },
    dropout,
    { type: "residual", over: 3 },
  ];
  expect(spec.layers).toEqual([
    { type: "embedding", units: 6 },
    dropout,
    ...block({ units: 8 }),
    ...block({ units: 4, lowerBound: 0.5 }),
    { type: "rms-norm" },
  ]);
  expect(readSpec(spec)).toEqual(spec);
});

test("specFrom: without --embedding and --mlp, both have the width of the first cell; --mlp 0 is no MLP", () => {
  const layersOf = (given: Partial<Recipe>) =>
    specFrom(settleRecipe({ block: true, cell: "sru", units: [8, 4], dropout: 0, ...given }, "generator"), {
      ...purpose,
      task: "generator",
      examples: "streams",
    }).layers;
  expect(layersOf({})[0]).toEqual({ type: "embedding", units: 8 });
  const mlp = { type: "gated-mlp", units: 8 };
  expect(layersOf({}).filter(({ type }) => type === "gated-mlp")).toEqual([mlp, mlp]);
  expect(layersOf({ mlp: 0 }).some(({ type }) => type === "gated-mlp")).toBe(false);
});

test("specFrom: blocks of rows of numbers begin with a projection, and dropout follows the last normalization", () => {
  const options = settleRecipe({ block: true, cell: "mingru", units: [8], pooling: ["mean"] }, "classifier", "numbers");
  const { layers } = specFrom(options, { ...purpose, reads: { width: 3 }, task: "classifier", examples: "streams" });
  expect(layers[0]).toEqual({ type: "projection", units: 8 });
  expect(layers.slice(-3).map(({ type }) => type)).toEqual(["rms-norm", "dropout", "pooling"]);
});

test("specFrom: blocks of a tagger are as wide as its words with their characters", () => {
  const options = settleRecipe({ block: true, units: [8], embedding: 5, charUnits: 3, dropout: 0 }, "tagger");
  const { layers } = specFrom(options, { ...purpose, characters: 30, task: "tagger", examples: "streams" });
  expect(layers.find(({ type }) => type === "projection")).toEqual({ type: "projection", units: 11 });
});

test("specFrom: blocks refuse a second residual connection or normalization, and last outputs of two directions", () => {
  const build = (given: Partial<Recipe>, task: "classifier" | "generator" = "classifier") =>
    specFrom(settleRecipe({ block: true, units: [8, 8], ...given }, task), { ...purpose, task, examples: "streams" });
  expect(() => build({ residual: true })).toThrow(
    "--block has residual connections and normalization of its own; remove --residual",
  );
  expect(() => build({ layerNorm: true }, "generator")).toThrow("remove --layer-norm");
  expect(() => build({ pooling: ["mean", "last"] })).toThrow("use --pooling max,mean, or --bidirectional no");
  expect(build({ pooling: ["last"], bidirectional: "no" }).layers.at(-2)).toEqual({ type: "pooling", over: ["last"] });
});

test("readSpec: blocks in both directions have no last output", () => {
  const layers = [...labelBlocksSpec.layers.slice(0, -1), { type: "pooling", over: ["last"] }];
  expect(() => readSpec({ ...labelBlocksSpec, layers })).toThrow(
    "expected another pooling than last after blocks in both directions",
  );
  expect(readSpec(labelBlocksSpec)).toEqual(labelBlocksSpec);
});

test("specFrom: a classifier is bidirectional with pooling, and --dropout 0 adds no layer", () => {
  const options = settleRecipe({ units: [8], dropout: 0 }, "classifier");
  expect(specFrom(options, { ...purpose, task: "classifier", examples: "streams" })).toMatchObject({
    layers: [
      { type: "embedding" },
      { type: "recurrent", bidirectional: true },
      { type: "pooling", over: ["max", "mean"] },
    ],
    classes: 2,
  });
});

test("specFrom: a generator from windows may be bidirectional; one from streams may not", () => {
  const options = settleRecipe({ bidirectional: "yes" }, "generator");
  expect(specFrom(options, { ...purpose, task: "generator", examples: "windows" }).layers.slice(-2)).toEqual([
    { type: "pooling", over: ["last"] },
    { type: "dropout", rate: 0.2 }, // before the pooling, dropout would not affect the last outputs
  ]);
  expect(() => specFrom(options, { ...purpose, task: "generator", examples: "streams" })).toThrow(
    /would read the token that is to be predicted; add --examples windows/,
  );
});

test("specFrom: a convolution follows the embedding, and dense layers precede the softmax", () => {
  const given = { convolution: ["16x3", "8x4"], units: [], pooling: ["flatten" as const], dense: [7], dropout: 0 };
  const spec = specFrom(settleRecipe(given, "classifier"), { ...purpose, task: "classifier", examples: "streams" });
  const widths = [
    { filters: 16, size: 3 },
    { filters: 8, size: 4 },
  ];
  expect(spec.layers.slice(1)).toEqual([
    { type: "convolution", widths, padding: "same" },
    { type: "pooling", over: ["flatten"], steps: 9 },
    { type: "dense", units: 7 },
  ]);
  expect(readSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
});

test("specFrom: options without effect are an error with a remedy", () => {
  const build = (given: Partial<Recipe>) => () =>
    specFrom(settleRecipe(given, "classifier"), { ...purpose, task: "classifier", examples: "streams" });
  expect(build({ units: [], pooling: ["last"] })).toThrow(
    "--pooling last needs a recurrent layer, but --units none has none; use another --pooling",
  );
  expect(build({ convolution: ["4x3", "4x5"], padding: "valid" })).toThrow(
    "for --convolution 4x3,4x5; use windows of one size, or --padding same",
  );
});

test("readSpec: a spec is restored from its JSON", () => {
  for (const spec of [classifierSpec, generatorSpec, convolutionSpec, { ...generatorSpec, tied: true as const }]) {
    expect(readSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  }
});

const [embedding, ...others] = generatorSpec.layers;
test.each([
  ["a value that is not an object", 7],
  ["an unknown task", { ...generatorSpec, task: "poet" }],
  ["an unknown cell", { ...generatorSpec, layers: [embedding, { ...others[0], cell: "toString" }] }],
  ["an unknown layer", { ...generatorSpec, layers: [embedding, { type: "attention" }] }],
  ["an unknown key", { ...generatorSpec, color: "red" }],
  ["a layer of 0 units", { ...generatorSpec, layers: [{ type: "embedding", units: 0 }] }],
  ["an empty pooling", { ...classifierSpec, layers: [embedding, { type: "pooling", over: [] }] }],
  ["a vocabulary beyond the largest size", { ...generatorSpec, vocabulary: 1e300 }],
  ["layers without an embedding first", { ...generatorSpec, layers: others }],
  ["no layers", { ...generatorSpec, layers: [] }],
  ["two embeddings", { ...generatorSpec, layers: [embedding, embedding] }],
  [
    "the last output without a recurrent layer",
    { ...classifierSpec, layers: [embedding, { type: "pooling", over: ["last"] }] },
  ],
  ["a layer after the pooling", { ...classifierSpec, layers: [...classifierSpec.layers, others[0]] }],
  [
    "flatten without a number of steps",
    { ...classifierSpec, layers: [embedding, { type: "pooling", over: ["flatten"] }] },
  ],
  [
    "a convolution after a recurrent layer",
    {
      ...classifierSpec,
      layers: [...classifierSpec.layers.slice(0, 4), convolutionSpec.layers[1], classifierSpec.layers[4]],
    },
  ],
  ["a convolution in a generator", { ...generatorSpec, layers: [embedding, convolutionSpec.layers[1]] }],
  ["a classifier with tied weights", { ...classifierSpec, tied: true }],
  ["a classifier without pooling", { ...classifierSpec, layers: generatorSpec.layers }],
  ["a generator with other output than input tokens", { ...generatorSpec, classes: 3 }],
])("readSpec: %s is an error of one line", (_, spec) => {
  expect(() => readSpec(spec)).toThrow(/^(?:describes no network: |uses the cell )[^\n]+$/);
});
