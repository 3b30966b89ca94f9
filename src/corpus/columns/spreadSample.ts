/** @file Samples of a sequence of rows: the first ones, and some of all. */

/** The rows of a sample. */
export const sampledRows = 1000;
const enoughLength = 1 << 20;
const leastRows = 100;
const maxLength = 1 << 24;

/** Whether first rows are enough to tell their columns. @param length of all of them, in bytes or in characters */
export const isEnough = (rows: number, length: number): boolean =>
  rows >= sampledRows || (rows >= leastRows && length > enoughLength) || length > maxLength;

/** Items at equal distances over a sequence of unknown length. */
export class SpreadSample<Item> {
  items: Item[] = [];
  private distance = 1;
  private seen = 0;

  /** @param most items that are kept; at least half as many of a longer sequence */
  constructor(private readonly most: number) {}

  add(item: Item): void {
    if (this.seen++ % this.distance !== 0) return;
    this.items.push(item);
    if (this.items.length <= this.most) return;
    this.items = this.items.filter((_, at) => at % 2 === 0);
    this.distance *= 2;
  }
}
