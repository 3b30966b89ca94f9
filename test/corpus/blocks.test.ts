/** @file Blocks of documents: all of them in their order, and blocks of bounded size. */
import { array, assert, asyncProperty, nat } from "fast-check";
import { expect, test } from "vitest";
import { blocksOf, itemsOf } from "../../src/corpus/blocks.js";
import { casesOf } from "../support/thorough.js";

async function* streamOf(sizes: readonly number[]): AsyncGenerator<number> {
  yield* sizes;
}

test("blocks: all items come in their order, and no block goes on after 256 items or 2^18 characters", async () => {
  const sizes = array(
    nat(3).map((power) => 40 ** power * 4),
    { maxLength: 600 },
  );
  await assert(
    asyncProperty(sizes, async (items) => {
      const blocks: number[][] = [];
      for await (const block of blocksOf(streamOf(items), (size) => size)) blocks.push(block);
      expect(blocks.flat()).toEqual(items);
      for (const block of blocks) {
        expect(block.length).toBeLessThanOrEqual(256);
        expect(block.slice(0, -1).reduce((sum, size) => sum + size, 0)).toBeLessThan(2 ** 18);
      }
    }),
    { numRuns: casesOf(100) },
  );
});

test("blocks: the items of blocks are those of the stream", async () => {
  const items: number[] = [];
  for await (const item of itemsOf(blocksOf(streamOf([3, 1, 2]), () => 2 ** 17))) items.push(item);
  expect(items).toEqual([3, 1, 2]);
});
