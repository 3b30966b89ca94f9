/** @file The adaptive softmax of a network: its cutoffs, probabilities, gradients and spec. */
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import {
  type Rank,
  tensor1d,
  tensor2d,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from "../../src/engine/tfjs.js";
import { documentBatch } from "../../src/examples/documentExamples.js";
import { adaptiveCrossEntropy, tailsOf, usualCutoffs } from "../../src/network/adaptiveSoftmax.js";
import { specFrom } from "../../src/network/build.js";
import { decoderWeights } from "../../src/network/decoderWeights.js";
import { readSpec, type Spec } from "../../src/network/spec.js";
import { type Recipe, settleRecipe } from "../../src/options/recipe.js";
import { gradientError, randomValues } from "../engine/support.js";
import { generatorSpec, logitsOf, networkOf } from "./sampleSpecs.js";

const adaptive = { cutoffs: [5, 11], divValue: 2 };
const spec: Spec = { ...generatorSpec, adaptive };

beforeAll(() => selectBackend("auto"));

test("adaptive softmax: the probabilities of all tokens add up to 1, and the loss is that of the target", () => {
  const network = networkOf(spec);
  const batch = documentBatch([[3, 7, 19, 0]], []);
  const rows = logitsOf(network, batch);
  const targets = [0, 5, 19, 11];
  for (const row of rows) expect(row.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
  const { loss } = tidy(() => {
    const inputs = { values: tensor2d([3, 7, 19, 0], [4, 1], "int32"), lengths: null };
    const found = network.loss(inputs, tensor1d(targets, "int32"), null, { training: false, seed: 0 });
    return { loss: found.loss.dataSync()[0]! };
  });
  expect(loss).toBeCloseTo(-targets.reduce((sum, target, row) => sum + rows[row]![target]!, 0) / 4, 5);
  network.dispose();
});

test("adaptive softmax: rows without a target are ignored, even if all are", () => {
  const network = networkOf(spec);
  const lossOf = (targets: number[]): number =>
    tidy(() => {
      const inputs = { values: tensor2d([3, 7, 19], [3, 1], "int32"), lengths: null };
      return network.loss(inputs, tensor1d(targets, "int32"), null, { training: false, seed: 0 }).loss.dataSync()[0]!;
    });
  const each = [lossOf([1, -1, -1]), lossOf([-1, -1, 15])];
  expect(lossOf([1, -1, 15])).toBeCloseTo((each[0]! + each[1]!) / 2, 5);
  expect(lossOf([-1, -1, -1])).toBe(0);
  network.dispose();
});

test("adaptive softmax: the gradients match finite differences", async () => {
  const [width, classes] = [5, 20];
  const weights = {
    features: randomValues([7, width], "features"),
    "head/kernel": randomValues([width, 7], "kernel"),
    "head/bias": randomValues([7], "bias"),
    "head/tail/0/projection": randomValues([width, 2], "projection 0"),
    "head/tail/0/kernel": randomValues([2, 6], "kernel 0"),
    "head/tail/1/projection": randomValues([width, 1], "projection 1"),
    "head/tail/1/kernel": randomValues([1, 9], "kernel 1"),
  };
  const names = Object.keys(weights);
  const run = (tensors: Tensor[]): Tensor[] => {
    const weight = (name: string): Tensor2D => tensors[names.indexOf(name)]! as Tensor<Rank.R2>;
    const head = {
      kernel: weight("head/kernel"),
      bias: tensors[2] as Tensor1D,
      tails: tailsOf(adaptive, classes, weight),
    };
    const targets = tensor1d([0, 4, 5, 10, 11, 19, -1], "int32");
    return [adaptiveCrossEntropy(weight("features"), head, targets, { training: true })];
  };
  expect(await gradientError(Object.values(weights), run)).toBeLessThan(0.01);
});

test("adaptive softmax: the usual cutoffs are where the tokens before make up 80 and 95 % of the text", () => {
  expect(usualCutoffs([50, 30, 10, 5, 3, 2])).toEqual([2, 4]);
  expect(() => usualCutoffs([99, 1])).toThrow("needs a larger vocabulary than 2 tokens");
});

const purpose = { task: "generator", reads: { vocabulary: 50 }, labels: 0, longest: 9, examples: "streams" } as const;
const build = (given: Partial<Recipe>, counts?: () => number[]): Spec =>
  specFrom(settleRecipe({ softmax: "adaptive", tokenizer: "words", ...given }, "generator"), { ...purpose, counts });

test("adaptive softmax: the spec has the given cutoffs, or those of the text", () => {
  expect(build({ cutoffs: [10, 20], divValue: 3 }).adaptive).toEqual({ cutoffs: [10, 20], divValue: 3 });
  expect(build({}, () => Array.from({ length: 50 }, (_, id) => 1000 / (id + 1))).adaptive).toEqual({
    cutoffs: [21, 40],
    divValue: 4,
  });
});

test("adaptive softmax: cutoffs outside the vocabulary or not ascending, and tied weights, are errors that say so", () => {
  expect(() => build({ cutoffs: [20, 10] })).toThrow(
    "--cutoffs 20,10: expected ascending numbers below the vocabulary's 50",
  );
  expect(() => build({ cutoffs: [50] })).toThrow("--cutoffs 50: expected ascending numbers");
  expect(() => build({ cutoffs: [10], tieWeights: true })).toThrow("cannot be combined with --tie-weights");
  expect(() => build({})).toThrow("add --cutoffs");
});

test("adaptive softmax: a stored spec with impossible cutoffs describes no network", () => {
  expect(readSpec(spec)).toEqual(spec);
  const other = (cutoffs: number[]): Spec => ({ ...spec, adaptive: { cutoffs, divValue: 4 } });
  expect(() => readSpec(other([20]))).toThrow("ascending cutoffs");
  expect(() => readSpec(other([9, 9]))).toThrow("ascending cutoffs");
  expect(() => readSpec({ ...spec, tied: true })).toThrow("without tied weights");
});

test("adaptive softmax: the decoder leaves the network to the reference", () => {
  const network = networkOf(spec);
  expect(decoderWeights(network)).toBeNull();
  network.dispose();
});
