/** @file Convolutions and dense layers on every backend against their references, and the gradient of the reference against finite differences. */
import {
  add,
  matMul,
  relu,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  convolution,
  type ConvolutionOptions,
  convolutionReference,
  type ConvolutionWeights,
  dense,
} from "../../../src/engine/ops/convolution.js";
import { zeros } from "../../../src/engine/tfjs.js";
import { backendsHere, evaluate, randomValues, gradientError, type Values } from "../support.js";
import { expectReference, type Operation, running, someLengths } from "./steps.js";
import { casesOf } from "../../support/thorough.js";

type Shape = { time: number; batch: number; inputs: number; widths: { size: number; filters: number }[] };

const inputsOf = ({ time, batch, inputs, widths }: Shape): Values[] => [
  randomValues([time, batch, inputs], "sequence", inputs),
  ...widths.flatMap(({ size, filters }, index) => [
    randomValues([size, inputs, filters], "kernel", index),
    randomValues([filters], "bias", index),
  ]),
];

const pairs = (weights: Tensor[]): ConvolutionWeights[] =>
  Array.from({ length: weights.length / 2 }, (_, index) => ({
    kernel: weights[2 * index] as Tensor3D,
    bias: weights[2 * index + 1] as Tensor1D,
  }));
const fused =
  (options: ConvolutionOptions): Operation =>
  (sequence, lengths, weights) =>
    convolution(sequence, lengths, pairs(weights), options).outputs;
const reference =
  (options: ConvolutionOptions): Operation =>
  (sequence, lengths, weights) =>
    convolutionReference(sequence, lengths, pairs(weights), options);

const ofSizes = (...sizes: number[]): Tensor[] => sizes.flatMap((steps) => [zeros([steps, 1, 1]), zeros([1])]);

const size = fc.integer({ min: 1, max: 70 });
const width = fc.record({ size: fc.integer({ min: 1, max: 9 }), filters: size });
const options = fc.record({
  padding: fc.constantFrom("same" as const, "valid" as const),
  activation: fc.constantFrom("linear" as const, "relu" as const),
});

test("convolution: outputs and gradients match the reference within each row's length", async () => {
  const small = fc.integer({ min: 1, max: 30 });
  await fc.assert(
    fc.asyncProperty(small, small, size, width, options, fc.boolean(), async (time, batch, inputs, one, how, whole) => {
      const shape = { time, batch, inputs, widths: [one] };
      await expectReference(fused(how), reference(how), inputsOf(shape), someLengths(time, batch, whole));
    }),
    { numRuns: casesOf(15) },
  );
});

test("convolution: a sequence shorter than the window gives no step and gradients of zero", async () => {
  const shape = { time: 2, batch: 3, inputs: 4, widths: [{ size: 5, filters: 6 }] };
  const how = { padding: "valid", activation: "relu" } as const;
  await expectReference(fused(how), reference(how), inputsOf(shape), null);
});

test("convolution: filters of several widths are concatenated", async () => {
  const how = { padding: "same", activation: "relu" } as const;
  const widths = [
    { size: 3, filters: 5 },
    { size: 4, filters: 17 },
    { size: 1, filters: 2 },
  ];
  await expectReference(fused(how), reference(how), inputsOf({ time: 9, batch: 4, inputs: 6, widths }), [9, 0, 1, 5]);
  expect(() =>
    convolution(zeros([1, 1, 1]), null, pairs(ofSizes(2, 1)), {
      ...how,
      padding: "valid",
    }),
  ).toThrow("windows of 2, 1 steps");
});

test.each(["same", "valid"] as const)(
  "convolution: the gradient with %s padding matches finite differences",
  async (padding) => {
    const shape = { time: 4, batch: 3, inputs: 2, widths: [{ size: 3, filters: 2 }] };
    const how = { padding, activation: "linear" } as const;
    expect(await gradientError(inputsOf(shape), running(reference(how), [4, 1, 3]))).toBeLessThan(0.01);
  },
);

test.each(backendsHere)(
  "convolution: on %s, padding is at each row's own ends, with the extra step of an even window at the end",
  async (backend) => {
    const sequence = { shape: [4, 2, 1], values: Float32Array.of(1, 10, 2, 20, 3, NaN, 4, NaN) };
    const kernel = { shape: [2, 1, 1], values: Float32Array.of(1, 100) };
    const bias = { shape: [1], values: Float32Array.of(0) };
    const of = async (padding: "same" | "valid") => {
      const how = { padding, activation: "linear" } as const;
      const { outputs } = await evaluate(backend, [sequence, kernel, bias], running(fused(how), [4, 2]));
      return [...outputs[0]!];
    };
    expect(await of("same")).toEqual([201, 2010, 302, 20, 403, 0, 4, 0]);
    expect(await of("valid")).toEqual([201, 2010, 302, 0, 403, 0]);
  },
);

test("dense: the layer is a matrix product, a bias and an activation", async () => {
  await fc.assert(
    fc.asyncProperty(size, size, size, fc.boolean(), async (rows, inputs, units, linear) => {
      const values = [
        randomValues([rows, 1, inputs], "rows"),
        randomValues([inputs, units], "kernel"),
        randomValues([units], "bias"),
      ];
      const flat = (sequence: Tensor3D) => reshape(sequence, [rows, inputs]) as Tensor2D;
      const layer: Operation = (sequence, _, [kernel, bias]) =>
        dense(flat(sequence), kernel as Tensor2D, bias as Tensor1D, linear ? "linear" : "relu");
      const plain: Operation = (sequence, _, [kernel, bias]) => {
        const sums = add(matMul(flat(sequence), kernel as Tensor2D), bias!);
        return linear ? sums : relu(sums);
      };
      await expectReference(layer, plain, values, null);
    }),
    { numRuns: casesOf(10) },
  );
});
