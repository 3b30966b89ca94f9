/** @file The folds of a cross-validation: each document is tested once, and documents that belong together are in one fold. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assignFold } from "../../src/examples/foldSplit.js";
import { GroupFinder } from "../../src/examples/grouping.js";

const groupingOf = (keys: number[]) => {
  const finder = new GroupFinder();
  for (const key of keys) finder.add(key);
  return finder.finish().grouping ?? { groupOf: keys.map((_, index) => index), sizes: keys.map(() => 1) };
};

const partsOf = (keys: number[], index: number, of: number, seed: number) => {
  const options = { validation: 0.1, seed, name: "a corpus" };
  const partOf = assignFold(groupingOf(keys), { index, of }, options);
  return keys.map((_, document) => partOf(document));
};

test("folds: each document is in the test part of one fold, groups stay together, and sizes differ by at most a group", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(40), { minLength: 60, maxLength: 200 }),
      fc.integer({ min: 2, max: 7 }),
      fc.nat(1000),
      (keys, of, seed) => {
        const distinct = new Set(keys).size;
        fc.pre(distinct >= of);
        const folds = Array.from({ length: of }, (_, index) => partsOf(keys, index, of, seed));
        for (const document of keys.keys()) expect(folds.filter((fold) => fold[document] === "test")).toHaveLength(1);
        for (const fold of folds) {
          for (const [left, key] of keys.entries()) expect(fold[keys.indexOf(key)]).toBe(fold[left]);
        }
        const sizes = folds.map((fold) => fold.filter((part) => part === "test").length);
        const largest = Math.max(...[...new Set(keys)].map((key) => keys.filter((other) => other === key).length));
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(largest);
      },
    ),
    { numRuns: 40 },
  );
});

test("folds: the validation part has its fraction of the documents, and differs from fold to fold", () => {
  const keys = Array.from({ length: 100 }, (_, index) => index);
  const validations = [0, 1, 2, 3, 4].map((index) =>
    partsOf(keys, index, 5, 1).flatMap((part, document) => (part === "validation" ? [document] : [])),
  );
  for (const validation of validations) expect(validation).toHaveLength(10);
  expect(new Set(validations.map(String)).size).toBe(5);
});

test("folds: more folds than different documents are one line that names both numbers", () => {
  expect(() => partsOf([1, 1, 2, 2, 3], 0, 4, 1)).toThrow(
    "--folds 4 needs at least 4 different documents, and a corpus has 3; use fewer folds",
  );
});
