/** @file Finds the runs of a text that occur in a corpus, in one pass over the corpus. */
import { SuffixAutomaton } from "./suffixAutomaton.js";

/** A run of a text and of the corpus. Ends are the numbers of units before its end. */
export type CopiedRun = { length: number; end: number; corpusEnd: number };

/** Reads a corpus against a text, whose runs are in a suffix automaton, so that the corpus itself needs no memory. */
export class CopyFinder {
  private readonly automaton: SuffixAutomaton;
  /** The longest match in each state. */
  private readonly matched: Int32Array;
  private state = 0;
  private length = 0;
  private position = 0;
  private best = { length: 0, state: 0, corpusEnd: 0 };

  /** @param text its units */
  constructor(text: ArrayLike<number>) {
    this.automaton = new SuffixAutomaton(Array.from(text));
    this.matched = new Int32Array(this.automaton.lengths.length);
  }

  /** Reads the next units of the corpus. */
  read(units: ArrayLike<number>): void {
    const { automaton, matched } = this;
    let { state, length } = this;
    for (let index = 0; index < units.length; index++) {
      const unit = units[index]!;
      this.position++;
      let next = automaton.after(state, unit);
      while (next === undefined && state !== 0) {
        state = automaton.links[state]!;
        length = automaton.lengths[state]!;
        next = automaton.after(state, unit);
      }
      if (next === undefined) continue; // in state 0, with length 0
      state = next;
      length++;
      if (length > matched[state]!) matched[state] = length;
      if (length > this.best.length) this.best = { length, state, corpusEnd: this.position };
    }
    this.state = state;
    this.length = length;
  }

  /** The next unit does not continue the one before, such as in another document. */
  interrupt(): void {
    this.state = 0;
    this.length = 0;
  }

  /** For each unit of the text, the length of the longest run that ends with it and occurs in the corpus. [text] */
  runs(): Int32Array {
    const { lengths, links, prefixes } = this.automaton;
    const longest = this.matched.slice();
    const byLength = lengths.map((_, state) => state).toSorted((left, right) => lengths[right]! - lengths[left]!);
    for (const state of byLength) {
      const shorter = links[state]!;
      if (shorter > 0 && longest[state]! > 0) longest[shorter] = lengths[shorter]!; // a match holds all ends of itself
    }
    return Int32Array.from(prefixes, (prefix) => {
      let state = prefix;
      while (state > 0 && longest[state] === 0) state = links[state]!;
      return state > 0 ? longest[state]! : 0;
    });
  }

  /** The first of the longest runs that the text and the corpus share; null for none. */
  longest(): CopiedRun | null {
    const { length, state, corpusEnd } = this.best;
    if (length === 0) return null;
    const runs = this.automaton.prefixes;
    const end = runs.findIndex((prefix) => this.holds(prefix, state)) + 1;
    return { length, end, corpusEnd };
  }

  /** Whether the runs of a state are ends of a prefix. */
  private holds(prefix: number, state: number): boolean {
    for (let at = prefix; at > 0; at = this.automaton.links[at]!) if (at === state) return true;
    return false;
  }
}
