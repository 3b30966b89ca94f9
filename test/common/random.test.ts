/** @file Random numbers from a seed. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { freshSeed, randomStream, seed32, shuffle } from "../../src/common/random.js";

const ascending = (left: number, right: number): number => left - right;
const take = (count: number, random: () => number): number[] => Array.from({ length: count }, random);

test("random: numbers depend on seed and path alone", () => {
  const numbers = take(5, randomStream(7, "shuffle", 3));
  expect(take(5, randomStream(7, "shuffle", 3))).toEqual(numbers);
  expect(take(5, randomStream(8, "shuffle", 3))).not.toEqual(numbers);
  expect(take(5, randomStream(7, "shuffle", 4))).not.toEqual(numbers);
  expect(take(5, randomStream(7, "weights", 3))).not.toEqual(numbers);
});

test("random: numbers are uniform in [0, 1), in one stream and over the first numbers of many", () => {
  const many = take(20_000, randomStream(1, "uniform"));
  const firsts = Array.from({ length: 20_000 }, (_, index) => randomStream(1, "stream", index)());
  for (const numbers of [many, firsts]) {
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    const tenths = Array<number>(10).fill(0);
    for (const number of numbers) tenths[Math.floor(number * 10)]!++;
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200); // 4.7 standard deviations
  }
});

test("random: different paths have different seeds", () => {
  const seeds = new Set(Array.from({ length: 10_000 }, (_, step) => seed32(1, "dropout", step)));
  expect(seeds.size).toBeGreaterThan(9_990);
});

test("random: the numbers of a seed never change between versions", () => {
  expect(seed32(1, "weights", "head/kernel")).toMatchInlineSnapshot(`2120882663`);
  expect(take(3, randomStream(1, "sample", 0))).toMatchInlineSnapshot(`
    [
      0.45796728676733334,
      0.4283499785051669,
      0.18738227047164724,
    ]
  `);
});

test("shuffle: keeps every item, and all orders are equally likely", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
      const copy = [...items];
      expect(shuffle(copy, randomStream(seed))).toBe(copy);
      expect(copy.toSorted(ascending)).toEqual(items.toSorted(ascending));
    }),
  );
  const random = randomStream(1, "orders");
  const orders = new Map<string, number>();
  for (let round = 0; round < 6000; round++) {
    const order = shuffle(["a", "b", "c"], random).join("");
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect(orders.size).toBe(6);
  for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test("random: a fresh seed is an integer that differs each time", () => {
  const seeds = take(20, freshSeed);
  expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  expect(new Set(seeds).size).toBeGreaterThan(18);
});
