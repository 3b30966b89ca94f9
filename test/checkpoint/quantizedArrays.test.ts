/** @file Weights as 8-bit integers: at most half a step of error, and a damaged file is one line. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  dequantizedArrays,
  quantizedArrays,
  quantizedRecordOf,
  quantizeMatrix,
} from "../../src/checkpoint/quantizedArrays.js";
import { decodeSafetensors, encodeSafetensors, type NamedArrays } from "../../src/checkpoint/safetensors.js";
import { randomStream } from "../../src/common/random.js";

const random = randomStream(1, "weights");
const matrix = (...shape: number[]): { shape: number[]; values: Float32Array } => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, () => random() - 0.5),
});

const weights = new Map([
  ["0-embedding/table", matrix(20, 9)],
  ["1-recurrent/forward/kernel", matrix(9, 16)],
  ["2-convolution/0/kernel", matrix(3, 4, 5)],
  ["head/kernel", matrix(8, 2)],
  ["head/bias", matrix(2)],
]);
const record = quantizedRecordOf(weights);

/** As a file has them. */
const stored = (): NamedArrays =>
  decodeSafetensors(Uint8Array.from(Buffer.concat(encodeSafetensors(quantizedArrays(weights, record)))));

test("quantize: matrices have a scale for each output channel, an embedding one for each token, and biases stay", () => {
  expect(record.axes).toEqual({
    "0-embedding/table": 0,
    "1-recurrent/forward/kernel": 1,
    "2-convolution/0/kernel": 2,
    "head/kernel": 1,
  });
  expect(stored().get("0-embedding/table.scale")!.shape).toEqual([20]);
  expect(stored().get("2-convolution/0/kernel.scale")!.shape).toEqual([5]);
  expect(stored().get("head/bias")).toEqual(weights.get("head/bias"));
});

test("quantize: the error of each weight is at most half a step of its channel", () => {
  const value = fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 12, maxLength: 12 }), fc.constantFrom(0, 1), (values, axis) => {
      const given = { shape: [4, 3], values: Float32Array.from(values) };
      const { integers, scales } = quantizeMatrix(given, axis);
      for (const [index, weight] of given.values.entries()) {
        const scale = scales[axis === 0 ? Math.floor(index / 3) : index % 3]!;
        expect(Math.abs(weight - integers[index]! * scale)).toBeLessThanOrEqual(scale * (0.5 + 1e-5));
      }
    }),
  );
});

test("quantize: what was loaded from a file quantizes to the same file again", () => {
  const loaded = dequantizedArrays(stored(), record);
  expect([...loaded.keys()]).toEqual([...weights.keys()]);
  const again = quantizedArrays(loaded, record);
  for (const [name, { values }] of stored()) {
    const own = Float32Array.from(again.get(name)!.values);
    for (const [index, one] of values.entries()) expect(own[index]).toBeCloseTo(one, 6);
  }
});

test.each<[string, (arrays: NamedArrays) => void]>([
  ["without its scales", (arrays) => arrays.delete("head/kernel.scale")],
  ["with too few scales", (arrays) => arrays.set("head/kernel.scale", { shape: [1], values: Float32Array.of(1) })],
  ["with a scale of 0", (arrays) => arrays.set("head/kernel.scale", { shape: [2], values: Float32Array.of(0, 1) })],
  ["with a NaN", (arrays) => arrays.set("head/kernel.scale", { shape: [2], values: Float32Array.of(NaN, 1) })],
  ["without its integers", (arrays) => arrays.delete("head/kernel")],
  ["of floats", (arrays) => arrays.set("head/kernel", weights.get("head/kernel")!)],
])("quantize: a file %s is one line", (_, damage) => {
  const arrays = stored();
  damage(arrays);
  expect(() => dequantizedArrays(arrays, record)).toThrow(
    "damaged or edited: the quantized weights head/kernel do not have a scale for each channel",
  );
});
