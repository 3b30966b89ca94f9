/** @file Draws with `random: "numpy"` are those of np.random.RandomState(seed).choice(n, p=p). */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { numpyRandom } from "../../src/common/numpyRandom.js";
import { draw } from "../../src/inference/generation/distribution.js";
import { python, pythonHas } from "../support/python.js";
import numpy from "./choice.json" with { type: "json" };

type Case = { seed: number; probabilities: number[]; count: number };

function indicesOf({ seed, probabilities, count }: Case): number[] {
  const random = numpyRandom(seed);
  return Array.from({ length: count }, () => draw(probabilities, random));
}

test.each(Object.entries(numpy.uniforms))("numpy: seed %s gives the numbers of random_sample", (seed, expected) => {
  const random = numpyRandom(Number(seed));
  const numbers = Array.from({ length: 700 }, random);
  expect([0, 1, 2, 311, 312, 699].map((index) => numbers[index])).toEqual(expected); // to the bit
});

test.each(numpy.cases)("numpy: seed $seed draws the indices of choice", ({ indices, ...one }) => {
  expect(indicesOf(one)).toEqual(indices);
});

test("numpy: a seed that RandomState does not take is an error", () => {
  for (const seed of [-1, 2 ** 32, 0.5]) expect(() => numpyRandom(seed)).toThrow("from 0 to 4294967295");
});

test.skipIf(!pythonHas("numpy"))("numpy: any seed and probabilities draw what the installed NumPy draws", () => {
  const random = numpyRandom(5);
  const cases = Array.from({ length: 50 }, (): Case => {
    const weights = Array.from({ length: 1 + Math.floor(40 * random()) }, () => random() ** 3);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return {
      seed: Math.floor(2 ** 32 * random()),
      probabilities: weights.map((weight) => weight / total),
      count: 40,
    };
  });
  const { stdout } = spawnSync(python, ["test/parity/choice.py", "--cases"], {
    input: JSON.stringify(cases),
    encoding: "utf8",
  });
  expect(cases.map(indicesOf)).toEqual(JSON.parse(stdout));
});
