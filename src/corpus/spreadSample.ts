/** @file Items at equal distances over a sequence of unknown length. */
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
