/** @file Texts are worked on together when they are there together, and at once when they are not. */
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { arriving } from "../../../src/inference/classification/arriving.js";

async function groupsOf<Item>(items: AsyncIterable<Item>, most: number): Promise<Item[][]> {
  const groups: Item[][] = [];
  for await (const group of arriving(items, most)) groups.push(group);
  return groups;
}

async function* bursts(...sizes: number[]): AsyncGenerator<number> {
  let next = 0;
  for (const [index, size] of sizes.entries()) {
    if (index > 0) await setTimeout(20);
    for (let count = 0; count < size; count++) yield next++;
  }
}

test("what is there is grouped, up to the most", async () => {
  expect(await groupsOf(bursts(7), 3)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(await groupsOf(bursts(6), 3)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect(await groupsOf(bursts(), 3)).toEqual([]);
});

test("what comes later is not waited for, and nothing is lost", async () => {
  expect(await groupsOf(bursts(2, 1, 3), 100)).toEqual([[0, 1], [2], [3, 4, 5]]);
});

test("one who stops listening ends the source", async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (;;) yield 1;
    } finally {
      ended = true;
    }
  }
  for await (const group of arriving(endless(), 5)) {
    expect(group).toHaveLength(5);
    break;
  }
  expect(ended).toBe(true);
});

test("what the source throws is thrown after what came before", async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    throw new Error("torn");
  }
  const seen: number[][] = [];
  await expect(
    (async () => {
      for await (const group of arriving(broken(), 5)) seen.push(group);
    })(),
  ).rejects.toThrow("torn");
  expect(seen).toEqual([[1, 2]]);
});
