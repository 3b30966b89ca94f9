/** @file Items in blocks: a loop over blocks waits once for each block, and one over items waits millions of times. */

/** The items of all blocks. */
export async function* itemsOf<Item>(blocks: AsyncIterable<readonly Item[]>): AsyncGenerator<Item> {
  for await (const block of blocks) for (const item of block) yield item;
}

const mostItems = 256;
const largestBlock = 1 << 18;

/**
 * Blocks of at most 256 items. A block ends with the item that brings its size to 2^18.
 * @param sizeOf the characters or numbers of an item
 */
export async function* blocksOf<Item>(
  items: AsyncIterable<Item>,
  sizeOf: (item: Item) => number,
): AsyncGenerator<Item[]> {
  let block: Item[] = [];
  let size = 0;
  for await (const item of items) {
    block.push(item);
    size += sizeOf(item);
    if (block.length < mostItems && size < largestBlock) continue;
    yield block;
    [block, size] = [[], 0];
  }
  if (block.length > 0) yield block;
}
