/** @file The smallest automaton that reads exactly the runs of a sequence (Blumer et al. 1985, "The smallest automaton recognizing the subwords of a text"). */

/** State 0 has read nothing. A state stands for runs that end at the same places; the longest has `lengths[state]` units. */
export class SuffixAutomaton {
  readonly lengths: number[] = [0];
  /** The state of the longest run at the end of a state's runs that is in another state; -1 for state 0. */
  readonly links: number[] = [-1];
  /** The state after each prefix of the sequence, from the one with one unit. */
  readonly prefixes: number[] = [];
  private readonly next: Map<number, number>[] = [new Map()];

  constructor(sequence: Iterable<number>) {
    let last = 0;
    for (const unit of sequence) this.prefixes.push((last = this.extend(last, unit)));
  }

  /** The state after one more unit; undefined if no run of the sequence continues so. */
  after(state: number, unit: number): number | undefined {
    return this.next[state]!.get(unit);
  }

  private extend(last: number, unit: number): number {
    const { lengths, links, next } = this;
    const added = this.addState(lengths[last]! + 1, new Map());
    let state = last;
    for (; state !== -1 && !next[state]!.has(unit); state = links[state]!) next[state]!.set(unit, added);
    if (state === -1) {
      links[added] = 0;
      return added;
    }
    const target = next[state]!.get(unit)!;
    if (lengths[target] === lengths[state]! + 1) {
      links[added] = target;
      return added;
    }
    // The shorter runs of the target end at more places than its longer ones from now on.
    const shorter = this.addState(lengths[state]! + 1, new Map(next[target]));
    links[shorter] = links[target]!;
    links[target] = links[added] = shorter;
    for (; state !== -1 && next[state]!.get(unit) === target; state = links[state]!) next[state]!.set(unit, shorter);
    return added;
  }

  private addState(length: number, next: Map<number, number>): number {
    this.lengths.push(length);
    this.links.push(0);
    return this.next.push(next) - 1;
  }
}
