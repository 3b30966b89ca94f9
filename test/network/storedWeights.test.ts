/** @file Weights as a checkpoint stores them. */
import { expect, test } from "vitest";
import { weightsFrom } from "../../src/network/storedWeights.js";

test.each([Number.NaN, Infinity, -Infinity])("stored weights: the value %d is refused, with what to do", (value) => {
  const values = Float32Array.of(1, -2, value, 0);
  expect(() => weightsFrom(new Map([["head/kernel", { shape: [2, 2], values }]]))).toThrow(
    `the weights head/kernel have a value that is not finite (${value}): training diverged, or the file is damaged; train again with a lower --learning-rate`,
  );
});

test("stored weights: finite values of any size are kept", () => {
  const values = Float32Array.of(3.4e38, -3.4e38, 1e-45, 0);
  expect(weightsFrom(new Map([["head/bias", { shape: [4], values }]])).get("head/bias")!.values).toBe(values);
});
