/** @file Results that take time: iterated one by one, or awaited together. */

/**
 * Results that take time. Iterate for each of them as it comes, or await the outcome:
 *
 *     for await (const labels of classify("critic", lines)) console.log(labels[0]);
 *     const all = await classify("critic", lines);
 *
 * The work begins when the stream is first iterated or awaited, and it is done once: a stream can be iterated or awaited, not both. Leaving the loop stops the
 * work. While iterating, nothing is kept, so an endless input needs constant memory. An async function that returns a stream returns its outcome.
 */
export class ResultStream<Item, Outcome = Item[]> implements AsyncIterable<Item>, PromiseLike<Outcome> {
  private outcome: Promise<Outcome> | undefined;
  private started = false;

  /**
   * @param items does the work; called once
   * @param gather reads all items and makes the outcome of them
   */
  constructor(
    private readonly items: () => AsyncGenerator<Item>,
    private readonly gather: (items: AsyncIterable<Item>) => Promise<Outcome>,
  ) {}

  /** @throws Error if the stream was iterated or awaited before */
  [Symbol.asyncIterator](): AsyncGenerator<Item> {
    if (this.started) throw new Error("these results were iterated or awaited before; call the function again");
    this.started = true;
    return this.items();
  }

  /** Makes the stream awaitable; its promise rejects with what the work throws. */
  // oxlint-disable-next-line unicorn/no-thenable -- to be awaited is the purpose
  then<Fulfilled = Outcome, Rejected = never>(
    fulfilled?: ((outcome: Outcome) => Fulfilled | PromiseLike<Fulfilled>) | null,
    rejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.outcome ??= this.gatherOnce();
    return this.outcome.then(fulfilled, rejected);
  }

  private async gatherOnce(): Promise<Outcome> {
    return this.gather(this[Symbol.asyncIterator]());
  }

  catch<Rejected = never>(
    rejected: (reason: unknown) => Rejected | PromiseLike<Rejected>,
  ): Promise<Outcome | Rejected> {
    return this.then(null, rejected);
  }
}

/** All items, in order. */
export async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** A stream whose outcome is the list of its items. */
export const listStream = <Item>(items: () => AsyncGenerator<Item>): ResultStream<Item> =>
  new ResultStream(items, listOf);
