/** @file Draws: numpy's, and never what is impossible. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { randomStream } from "../../../src/common/random.js";
import { draw } from "../../../src/inference/generation/draw.js";
import numpy from "../../parity/draw.json" with { type: "json" };

test.each(numpy.cases)("lesson 3.14: draws what numpy draws: $name", ({ probabilities, uniform, indices }) => {
  expect(uniform.map((number) => draw(probabilities, () => number))).toEqual(indices);
});

test("never draws what has probability 0, wherever the uniform number falls", () => {
  const weights = fc.array(fc.oneof(fc.constant(0), fc.float({ min: 0, max: 1, noNaN: true })), { minLength: 1 });
  const uniform = fc.oneof(
    fc.constantFrom(0, 1 - 2 ** -53),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  );
  fc.assert(
    fc.property(weights, uniform, (probabilities, number) => {
      fc.pre(probabilities.some((probability) => probability > 0));
      expect(probabilities[draw(probabilities, () => number)]).toBeGreaterThan(0);
    }),
  );
});

test("draws as often as the probabilities say", () => {
  const probabilities = [0.4, 0, 0.05, 0.25, 0.1, 0.2];
  const random = randomStream(1, "draws");
  const drawn = probabilities.map(() => 0);
  for (let times = 0; times < 20_000; times++) drawn[draw(probabilities, random)]! += 1;
  const chiSquare = probabilities.reduce(
    (sum, p, token) => (p === 0 ? sum : sum + (drawn[token]! - 20_000 * p) ** 2 / (20_000 * p)),
    0,
  );
  expect(drawn[1]).toBe(0);
  expect(chiSquare).toBeLessThan(18.5); // 4 degrees of freedom: exceeded once in a thousand seeds
});

test("refuses probabilities that cannot be drawn from", () => {
  for (const probabilities of [[], [0, 0], [0.5, Number.NaN]]) {
    expect(() => draw(probabilities, () => 0.5)).toThrow(RangeError);
  }
});
