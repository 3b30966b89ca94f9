/** @file Batches of items that arrive over time: a fast source gives full batches, and an item of a slow source is not delayed. */
import { setImmediate } from "node:timers/promises";
import { isUnreadable, type Unreadable } from "../corpus/document.js";

/** The code units of the strings of a batch, so that a batch of long lines does not fill the memory. */
const maxUnits = 2 ** 22;

const unitsOf = (item: unknown): number =>
  typeof item === "string"
    ? item.length
    : typeof item === "object" && item !== null && "text" in item && typeof item.text === "string"
      ? item.text.length
      : 0;

/**
 * Groups the items that are available without waiting.
 * @param maxItems of a batch; a batch of long strings has fewer
 * @returns the items in their order
 */
export const batchArrivals = <Item>(items: AsyncIterable<Item>, maxItems: number): AsyncGenerator<Item[]> =>
  batched(items, maxItems, { itemsOf: (item) => [item], unitsOf });

/** `batchArrivals` for entries that arrive in groups. */
export const batchGroups = <Entry extends { entry: unknown }>(
  groups: AsyncIterable<readonly Entry[]>,
  maxItems: number,
): AsyncGenerator<Entry[]> =>
  batched(groups, maxItems, { itemsOf: (group) => group, unitsOf: ({ entry }) => unitsOf(entry) });

async function* batched<Arrival, Item>(
  arrivals: AsyncIterable<Arrival>,
  maxItems: number,
  read: { itemsOf: (arrival: Arrival) => readonly Item[]; unitsOf: (item: Item) => number },
): AsyncGenerator<Item[]> {
  const source = arrivals[Symbol.asyncIterator]();
  let batch: Item[] = [];
  let units = 0;
  let pause: Promise<null> | undefined; // of one turn of the event loop, for all items that arrive in it
  const turn = (): Promise<null> =>
    setImmediate(null).finally(() => {
      pause = undefined;
    });
  try {
    for (;;) {
      const next = source.next();
      const ready = batch.length === 0 ? await next : await Promise.race([next, (pause ??= turn())]);
      if (ready === null) {
        yield batch;
        batch = [];
        units = 0;
      }
      const { done, value } = ready ?? (await next);
      if (done) break;
      for (const item of read.itemsOf(value)) {
        batch.push(item);
        units += read.unitsOf(item);
        if (batch.length < maxItems && units < maxUnits) continue;
        yield batch;
        batch = [];
        units = 0;
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

/**
 * The answers to a batch beside its entries: what gives no item is passed on in its place.
 * @param answer the answers to the items of a batch, in order
 */
export function besideBatch<Entry extends { entry: unknown }, Answer>(
  batch: readonly Entry[],
  answer: (items: ItemOf<Entry["entry"]>[]) => Iterable<Answer>,
): [Entry, Answer | Unreadable][] {
  const answers = answer(batch.map(({ entry }) => entry as Entry["entry"]).filter(isItem))[Symbol.iterator]();
  return batch.map((entry) => [
    entry,
    isUnreadable(entry.entry) ? entry.entry : (answers.next() as IteratorYieldResult<Answer>).value,
  ]);
}

/**
 * An answer for each entry, in order: what gives no item is passed on in its place.
 * @param answer the answers to the items of a batch, in order
 */
export async function* answersTo<Entry, Answer>(
  entries: AsyncIterable<Entry>,
  maxItems: number,
  answer: (items: ItemOf<Entry>[]) => Iterable<Answer>,
): AsyncGenerator<Answer | UnreadableOf<Entry>> {
  for await (const batch of batchArrivals(entries, maxItems)) {
    const answers = answer(batch.filter(isItem))[Symbol.iterator]();
    for (const entry of batch)
      yield isItem(entry)
        ? (answers.next() as IteratorYieldResult<Answer>).value
        : (entry as unknown as UnreadableOf<Entry>);
  }
}

/** Entries without those that could not be read, and these alone: never, if all can be read. */
export type ItemOf<Entry> = Exclude<Entry, Unreadable>;
export type UnreadableOf<Entry> = Extract<Entry, Unreadable>;

const isItem = <Entry>(entry: Entry): entry is ItemOf<Entry> => !isUnreadable(entry);

/**
 * Answers beside what they are for.
 * @param answer one answer for each item, in order
 */
export async function* beside<Item, Entry extends { entry: Item }, Answer>(
  entries: AsyncIterable<Entry>,
  answer: (items: AsyncIterable<Item>) => AsyncIterable<Answer>,
): AsyncGenerator<[Entry, Answer]> {
  const waiting: Entry[] = [];
  const items = async function* (): AsyncGenerator<Item> {
    for await (const entry of entries) {
      waiting.push(entry);
      yield entry.entry;
    }
  };
  for await (const one of answer(items())) yield [waiting.shift()!, one];
}
