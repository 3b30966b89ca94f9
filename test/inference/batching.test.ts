/** @file Batches of items that arrive over time. */
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { batchArrivals } from "../../src/inference/batching.js";

async function groupsOf<Item>(items: AsyncIterable<Item>, most: number): Promise<Item[][]> {
  const groups: Item[][] = [];
  for await (const group of batchArrivals(items, most)) groups.push(group);
  return groups;
}

async function* bursts(...sizes: number[]): AsyncGenerator<number> {
  let next = 0;
  for (const [index, size] of sizes.entries()) {
    if (index > 0) await setTimeout(20);
    for (let count = 0; count < size; count++) yield next++;
  }
}

test("batching: items that are there share a batch, up to its maximum", async () => {
  expect(await groupsOf(bursts(7), 3)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(await groupsOf(bursts(6), 3)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect(await groupsOf(bursts(), 3)).toEqual([]);
});

test("batching: an item does not wait for a later one, and none is lost", async () => {
  expect(await groupsOf(bursts(2, 1, 3), 100)).toEqual([[0, 1], [2], [3, 4, 5]]);
});

test("batching: a caller who stops early ends the source", async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (;;) yield 1;
    } finally {
      ended = true;
    }
  }
  for await (const group of batchArrivals(endless(), 5)) {
    expect(group).toHaveLength(5);
    break;
  }
  expect(ended).toBe(true);
});

test("batching: an error of the source comes after the items before it", async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    throw new Error("torn");
  }
  const seen: number[][] = [];
  await expect(
    (async () => {
      for await (const group of batchArrivals(broken(), 5)) seen.push(group);
    })(),
  ).rejects.toThrow("torn");
  expect(seen).toEqual([[1, 2]]);
});
