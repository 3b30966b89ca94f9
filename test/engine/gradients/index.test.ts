/** @file The gradients of plain TF.js ops against finite differences. */
import * as tf from "../../support/tfjs.js";
import { expect, test } from "vitest";
import { gradientError, randomValues } from "../support.js";

type Case = {
  name: string;
  shapes: number[][];
  run: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  positive?: boolean;
};

const cases: Case[] = [
  { name: "a sum of a matrix and a row", shapes: [[3, 4], [4]], run: (a, b) => tf.add(a, b) },
  {
    name: "a difference of a column and a matrix",
    shapes: [
      [3, 1],
      [3, 4],
    ],
    run: (a, b) => tf.sub(a, b),
  },
  { name: "a product of a scalar and a matrix", shapes: [[], [3, 4]], run: (a, b) => tf.mul(a, b) },
  { name: "a quotient", shapes: [[3, 4], [4]], run: (a, b) => tf.div(a, tf.add(tf.square(b), 1)) },
  { name: "a squared difference", shapes: [[3, 4], [4]], run: (a, b) => tf.squaredDifference(a, b) },
  { name: "maximum and minimum", shapes: [[3, 4], [4]], run: (a, b) => [tf.maximum(a, b), tf.minimum(a, b)] },
  { name: "a sum of several", shapes: [[3], [3], [3]], run: (...inputs) => tf.addN(inputs) },
  { name: "negation and absolute value", shapes: [[5]], run: (x) => [tf.neg(x), tf.abs(x)] },
  { name: "exponential and logarithm", shapes: [[5]], run: (x) => [tf.exp(x), tf.log(x)], positive: true },
  { name: "roots and square", shapes: [[5]], run: (x) => [tf.sqrt(x), tf.rsqrt(x), tf.square(x)], positive: true },
  {
    name: "relu, tanh, sigmoid, softplus",
    shapes: [[5]],
    run: (x) => [tf.relu(x), tf.tanh(x), tf.sigmoid(x), tf.softplus(x)],
  },
  { name: "clipping", shapes: [[5]], run: (x) => tf.clipByValue(x, -0.5, 0.5) },
  { name: "softmax and its logarithm", shapes: [[3, 4]], run: (x) => [tf.softmax(x), tf.logSoftmax(x)] },
  { name: "where", shapes: [[4], [4]], run: (a, b) => tf.where(tf.tensor1d([1, 0, 0, 1], "bool"), a, b) },
  {
    name: "sum, mean and maximum along an axis",
    shapes: [[3, 4]],
    run: (x) => [tf.sum(x, 0), tf.mean(x, 1, true), tf.max(x, 1)],
  },
  { name: "sum, mean and maximum of all", shapes: [[3, 4]], run: (x) => [tf.sum(x), tf.mean(x), tf.max(x)] },
  {
    name: "a matrix product",
    shapes: [
      [3, 4],
      [4, 2],
    ],
    run: (a, b) => tf.matMul(a, b),
  },
  {
    name: "a product of transposed matrices",
    shapes: [
      [4, 3],
      [2, 4],
    ],
    run: (a, b) => tf.matMul(a, b, true, true),
  },
  {
    name: "a product with one matrix transposed",
    shapes: [
      [4, 3],
      [4, 2],
    ],
    run: (a, b) => tf.matMul(a, b, true),
  },
  {
    name: "a batch of matrix products",
    shapes: [
      [2, 3, 4],
      [2, 2, 4],
    ],
    run: (a, b) => tf.matMul(a, b, false, true),
  },
  {
    name: "a batch of products with one shared matrix",
    shapes: [
      [2, 3, 4],
      [1, 4, 2],
    ],
    run: (a, b) => tf.matMul(a, b),
  },
  {
    name: "a convolution over time",
    shapes: [
      [2, 6, 3],
      [3, 3, 4],
    ],
    run: (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 1, "same"),
  },
  { name: "reshaping", shapes: [[3, 4]], run: (x) => [tf.reshape(x, [2, 6]), tf.expandDims(x, 1), tf.clone(x)] },
  {
    name: "transposing and reversing",
    shapes: [[2, 3, 4]],
    run: (x) => [tf.transpose(x, [2, 0, 1]), tf.reverse(x, 1)],
  },
  {
    name: "tiling and padding",
    shapes: [[2, 3]],
    run: (x) => [
      tf.tile(x, [2, 3]),
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
    ],
  },
  { name: "slicing", shapes: [[3, 4]], run: (x) => [tf.slice(x, [1, 1], [2, 2]), tf.slice(x, 1, 1)] },
  { name: "gathering a row twice", shapes: [[3, 4]], run: (x) => tf.gather(x, tf.tensor1d([2, 0, 2], "int32")) },
  {
    name: "joining and splitting",
    shapes: [
      [2, 3],
      [2, 1],
    ],
    run: (a, b) => tf.split(tf.concat([a, b], 1), 2, 1),
  },
  {
    name: "joining along the last axis",
    shapes: [
      [2, 3],
      [2, 1],
    ],
    run: (a, b) => tf.concat([a, b], -1),
  },
  { name: "stacking and unstacking", shapes: [[3], [3]], run: (a, b) => tf.unstack(tf.stack([a, b], 1), 0) },
];

for (const { name, shapes, run, positive } of cases) {
  test(`gradients: ${name} matches finite differences`, async () => {
    const inputs = shapes.map((shape, index) => randomValues(shape, name, index));
    if (positive) for (const { values } of inputs) values.set(values.map((value) => Math.abs(value) + 0.5));
    expect(await gradientError(inputs, (tensors) => [run(...tensors)].flat())).toBeLessThan(0.01);
  });
}
