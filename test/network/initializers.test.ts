/** @file How weights begin. */
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
const deviation = (values: Float32Array): number => Math.sqrt(mean(values.map((value) => value * value)));
const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

test("uniform fills its range and no more", () => {
  const values = uniform(0.05)([100, 50], random());
  expect(largest(values)).toBeLessThanOrEqual(Math.fround(0.05));
  expect(largest(values)).toBeGreaterThan(0.0499);
  expect(mean(values)).toBeCloseTo(0, 2);
});

test("normal has its deviation", () => {
  const values = normal(2)([200, 100], random());
  expect(deviation(values)).toBeCloseTo(2, 1);
  expect(Math.abs(mean(values))).toBeLessThan(0.05);
});

test("glorot is as wide as both sides of the matrix ask", () => {
  const values = glorot([30, 120], random());
  expect(largest(values)).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 150)));
  expect(deviation(values)).toBeCloseTo(Math.sqrt(2 / 150), 2);
});

test.each([1, 4, 3])("the rows of an orthogonal matrix of %d gates are orthogonal and of length one", (gates) => {
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

test("biases begin at zero, but for the forget gate's", () => {
  expect([...zeros([3], random())]).toEqual([0, 0, 0]);
  expect([...unitForget([8], random())]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
});

test("the way called uniform begins with small matrices and no biases, as Zaremba's networks do", () => {
  const values = Network.create(classifierSpec, initializations.uniform(0.1), 1).values();
  for (const [name, { values: weights }] of values) {
    expect(largest(weights), name).toBeLessThanOrEqual(name.endsWith("bias") ? 0 : Math.fround(0.1));
  }
});
