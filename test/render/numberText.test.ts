/** @file Numbers as text. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bytes, compact, decimal, duration, percent, probabilityText } from "../../src/render/numberText.js";

test.each([
  [0, "0"],
  [999, "999"],
  [999.6, "1k"],
  [1500, "1.5k"],
  [172_345, "172k"],
  [999_950, "1M"],
  [-2_000_000, "-2M"],
  [0.25, "0.25"],
  [NaN, "NaN"],
  [Infinity, "∞"],
])("compact: %d is %s", (value, text) => expect(compact(value)).toBe(text));

test.each([
  [1.6234, 3, "1.62"],
  [0.012345, 3, "0.0123"],
  [99.96, 2, "100"],
  [5.14, 2, "5.1"],
  [12_300.4, 3, "12300"],
  [0, 3, "0.00"],
  [1e-9, 3, "1.00e-9"],
  [NaN, 3, "NaN"],
  [-Infinity, 3, "-∞"],
])("decimal: %d with %d digits is %s", (value, digits, text) => expect(decimal(value, digits)).toBe(text));

test.each([
  [0, "0:00"],
  [41, "0:41"],
  [59.7, "1:00"],
  [3723, "1:02:03"],
  [Infinity, "?"],
  [NaN, "?"],
])("duration: %d seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));

test("percent and bytes: fractions and sizes", () => {
  expect([percent(0.4831), percent(0.4831, 1), percent(NaN)]).toEqual(["48%", "48.3%", "?"]);
  expect([bytes(12), bytes(1536), bytes(3e9)]).toEqual(["12 B", "1.54 kB", "3 GB"]);
});

test("compact and decimal: numbers up to a quadrillion are short and have no exponent", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 9e14, noNaN: true }), (value) => {
      expect(compact(value)).toMatch(/^[\d.]{1,8}[kMGT]?$/);
      expect(decimal(value)).toMatch(/^[\d.]+$/);
    }),
  );
});

test("probabilityText: has the digits of toFixed(4), on both sides of the middle between two of them too", () => {
  const middles = fc.nat(9999).map((step) => (step + 0.5) / 10_000);
  const beside = fc.tuple(middles, fc.constantFrom(0, 1e-17, -1e-17, 1e-12, -1e-12, 1e-9, -1e-9));
  const probabilities = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    beside.map(([middle, difference]) => middle + difference),
  );
  fc.assert(
    fc.property(probabilities, (one) => {
      expect(probabilityText(one)).toBe(one.toFixed(4));
    }),
  );
  expect([0, 1, NaN].map(probabilityText)).toEqual(["0.0000", "1.0000", "NaN"]);
});
