/** @file Batches of items that arrive over time: a fast source gives full batches, and an item of a slow source is not delayed. */
import { setImmediate } from "node:timers/promises";

/**
 * Groups the items that are available without waiting.
 * @param maxItems of a batch
 * @returns the items in their order
 */
export async function* batchArrivals<Item>(items: AsyncIterable<Item>, maxItems: number): AsyncGenerator<Item[]> {
  const source = items[Symbol.asyncIterator]();
  let batch: Item[] = [];
  try {
    for (;;) {
      const next = source.next();
      const ready = batch.length === 0 ? await next : await Promise.race([next, setImmediate(null)]);
      if (ready === null) {
        yield batch;
        batch = [];
      }
      const { done, value } = ready ?? (await next);
      if (done) break;
      batch.push(value);
      if (batch.length === maxItems) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  } catch (error) {
    if (batch.length > 0) yield batch; // items before a failure are not lost
    throw error;
  } finally {
    await source.return?.();
  }
}
