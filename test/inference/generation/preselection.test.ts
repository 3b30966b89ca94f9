/** @file Top-k in one pass over the vocabulary draws what a copy of all logits does. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  createDraw,
  distribution,
  type DistributionOptions,
  textState,
} from "../../../src/inference/generation/distribution.js";

const anyOptions: fc.Arbitrary<DistributionOptions> = fc.record(
  {
    temperature: fc.double({ min: 0.2, max: 3, noNaN: true }),
    topK: fc.integer({ min: 1, max: 70 }),
    banned: fc.constantFrom([], [0], [3, 1]),
    repeatPenalty: fc.double({ min: 0.5, max: 2, noNaN: true }),
    frequencyPenalty: fc.double({ min: -1, max: 1, noNaN: true }),
    dryMultiplier: fc.double({ min: 0, max: 2, noNaN: true }),
    minP: fc.double({ min: 0, max: 0.5, noNaN: true }),
  },
  { requiredKeys: ["temperature", "topK"] },
);
const anyLogits = fc
  .array(fc.integer({ min: -40, max: 40 }), { minLength: 6, maxLength: 80 })
  .map((halves) => Float32Array.from(halves, (half) => half / 4));

test("top-k: one pass draws what a copy of all logits does, and leaves the logits as they were", () => {
  fc.assert(
    fc.property(
      anyLogits,
      fc.array(fc.nat(5), { maxLength: 30 }),
      anyOptions,
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 8 }),
      (logits, text, options, uniforms) => {
        const allowed = Int32Array.from(logits.keys()).filter((id) => !options.banned?.includes(id));
        const [quick, plain] = [createDraw(options), createDraw(options)];
        const [first, second] = [textState(text), textState(text)];
        const before = [...logits];
        for (const uniform of uniforms)
          expect(quick(logits, uniform, first)).toBe(plain(logits, uniform, second, allowed));
        expect([...logits]).toEqual(before);
      },
    ),
    { numRuns: 300 },
  );
});

test("top-k: penalties after the temperature lower scaled logits, whatever the order before them", () => {
  const samplerOrder = ["penalties", "temperature", "dry", "top-k"];
  const options = { temperature: 3, repeatPenalty: 1.2, dryMultiplier: 1, topK: 6, samplerOrder };
  const logits = Float32Array.from([2, 1, 0.5, -1, 1.5, 0]);
  const context = { text: [0, 1, 4, 2, 0, 1, 4, 2, 0, 1, 4] };
  const all = new Map([[0, 0]]); // a bias of 0, so that every logit is copied
  expect([...distribution(logits, options, context)]).toEqual([
    ...distribution(logits, { ...options, bias: all }, context),
  ]);
});

test("top-k: a logit that is not finite is an error, wherever it is", () => {
  const drawNext = createDraw({ temperature: 1, topK: 3 });
  for (const strange of [Number.NaN, Infinity, -Infinity])
    for (const place of [0, 1, 5, 39]) {
      const logits = Float32Array.from({ length: 40 }, (_, id) => Math.sin(id));
      logits[place] = strange;
      expect(() => drawNext(logits, 0.5, textState())).toThrow(`not finite (${strange} for token ${place})`);
    }
});
