/** @file Whatever JavaScript hands to a kernel, the answer is an exception or a result. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { signatures } from "../../src/engine/native/signatures.js";
import { cellNames } from "../../src/names.js";
import { kernels } from "./support.js";

const count = fc.integer({ min: 0, max: 3 });
const length = fc.integer({ min: 0, max: 12 });
const floats = length.map((size) => new Float32Array(size));
const indices = fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 12 }).map((values) => Int32Array.from(values));

/** What may fit an argument of each type; whether it fits the others is chance. */
const fitting = {
  cell: fc.constantFrom(...cellNames),
  count,
  flag: fc.boolean(),
  seed: fc.nat(),
  scalar: fc.double({ noNaN: true, min: -1, max: 2 }),
  floats,
  "floats?": fc.option(floats),
  indices,
  "indices?": fc.option(indices),
  result: floats,
  "result?": fc.option(floats),
  positions: indices,
  doubles: length.map((size) => new Float64Array(size)),
  "floats[]": fc.array(floats, { maxLength: 3 }),
  "result[]": fc.array(floats, { maxLength: 3 }),
  uniforms: length.map((size) => new Float64Array(size).fill(0.5)),
};

/** What fits no argument at all. */
const nonsense = fc.constantFrom<unknown>(
  undefined,
  "lots",
  NaN,
  Infinity,
  -1,
  2 ** 40,
  2 ** 53,
  Symbol("seven"),
  () => 7,
  { length: 7 },
  new Uint8Array(7),
  new BigInt64Array(7),
  [7n],
);

type Arguments = Record<string, unknown>;
const call = (name: string, given: Arguments) =>
  (kernels as unknown as Record<string, (values: Arguments) => void>)[name]!(given);

for (const [name, signature] of Object.entries(signatures)) {
  const types = Object.entries(signature) as [string, keyof typeof fitting][];
  const given = fc.record(Object.fromEntries(types.map(([argument, type]) => [argument, fitting[type]])));

  test(`${name} takes what fits, and refuses the rest with a TypeError or a RangeError`, () => {
    fc.assert(
      fc.property(given, (values) => {
        try {
          call(name, values);
        } catch (error) {
          expect([TypeError, RangeError]).toContain((error as Error).constructor);
        }
      }),
      { numRuns: 300 },
    );
  });

  test(`${name} refuses nonsense in any place`, () => {
    const numbers = new Set(["scalar", "seed"]);
    const places = types.filter(([, type]) => !numbers.has(type)).map(([argument]) => argument);
    fc.assert(
      fc.property(given, fc.constantFrom(...places), nonsense, (values, place, wrong) => {
        expect(() => call(name, { ...values, [place]: wrong })).toThrow(Error);
      }),
      { numRuns: 100 },
    );
  });
}
