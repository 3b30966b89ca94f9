/** @file Groups what arrives together, so that a fast source is worked on in batches and a slow one at once. */
import { setImmediate } from "node:timers/promises";

/**
 * @param most items of a group
 * @returns the items in their order, in groups of what was there without waiting
 */
export async function* arriving<Item>(items: AsyncIterable<Item>, most: number): AsyncGenerator<Item[]> {
  const source = items[Symbol.asyncIterator]();
  let group: Item[] = [];
  try {
    for (;;) {
      const next = source.next();
      const ready = group.length === 0 ? await next : await Promise.race([next, setImmediate(null)]);
      if (ready === null) {
        yield group;
        group = [];
      }
      const { done, value } = ready ?? (await next);
      if (done) break;
      group.push(value);
      if (group.length === most) {
        yield group;
        group = [];
      }
    }
    if (group.length > 0) yield group;
  } catch (error) {
    if (group.length > 0) yield group; // what came before a failure is not lost
    throw error;
  } finally {
    await source.return?.();
  }
}
