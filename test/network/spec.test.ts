/** @file The spec of a network from options and from a checkpoint. */
import { expect, test } from "vitest";
import { specFrom } from "../../src/network/build.js";
import { readSpec } from "../../src/network/spec.js";
import { type Recipe, settleRecipe } from "../../src/options/recipe.js";
import { classifierSpec, convolutionSpec, generatorSpec } from "./sampleSpecs.js";

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
