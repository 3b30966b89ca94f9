/** @file The initial weights. */
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import {
  glorot,
  initializations,
  normal,
  orthogonal,
  uniform,
  unitForget,
  zeros,
} from "../../src/network/initializers.js";
import { Network } from "../../src/network/network.js";
import { randomStream } from "../../src/common/random.js";
import { classifierSpec } from "./sampleSpecs.js";

beforeAll(() => selectBackend("auto"));

const random = () => randomStream(1, "initializers");
const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const standardDeviation = (values: Float32Array): number => Math.sqrt(mean(values.map((value) => value * value)));
const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

test("initializers: uniform covers its range", () => {
  const values = uniform(0.05)([100, 50], random());
  expect(largest(values)).toBeLessThanOrEqual(Math.fround(0.05));
  expect(largest(values)).toBeGreaterThan(0.0499);
  expect(mean(values)).toBeCloseTo(0, 2);
});

test("initializers: normal has its standard deviation", () => {
  const values = normal(2)([200, 100], random());
  expect(standardDeviation(values)).toBeCloseTo(2, 1);
  expect(Math.abs(mean(values))).toBeLessThan(0.05);
});

test("initializers: glorot has the range for the sum of both sizes", () => {
  const values = glorot([30, 120], random());
  expect(largest(values)).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 150)));
  expect(standardDeviation(values)).toBeCloseTo(Math.sqrt(2 / 150), 2);
});

test.each([1, 4, 3])("initializers: the rows of an orthogonal matrix of %d gates are orthonormal", (gates) => {
  const [rows, columns] = [17, 17 * gates];
  const values = orthogonal([rows, columns], random());
  for (let left = 0; left < rows; left++) {
    for (let right = 0; right <= left; right++) {
      let product = 0;
      for (let column = 0; column < columns; column++)
        product += values[left * columns + column]! * values[right * columns + column]!;
      expect(product).toBeCloseTo(left === right ? 1 : 0, 5);
    }
  }
});

test("initializers: biases are zero, except the forget gate's", () => {
  expect([...zeros([3], random())]).toEqual([0, 0, 0]);
  expect([...unitForget([8], random())]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
});

test("initializers: --init uniform gives weights within the range and biases of zero", () => {
  const values = Network.create(classifierSpec, initializations.uniform(0.1), 1).values();
  for (const [name, { values: weights }] of values) {
    expect(largest(weights), name).toBeLessThanOrEqual(name.endsWith("bias") ? 0 : Math.fround(0.1));
  }
});
