/** @file The counts of n-grams, sorted: small in memory and in files, and the tokens after a context are side by side. */
import { UserError } from "../common/errors.js";
import { NgramTable } from "./ngramTable.js";

/** Arrays of the narrowest types by name, as a checkpoint stores them. */
export type NgramArrays = Map<string, { shape: number[]; values: Uint8Array | Uint16Array | Int32Array }>;

/** The same as a checkpoint reads them. */
export type StoredNgrams = ReadonlyMap<string, { values: Int32Array | Float32Array }>;

type Counts = Uint8Array | Uint16Array | Int32Array;

/** The n-grams of one length, sorted by their first tokens and then by the last one. */
type Level = {
  /** [n-grams], the last token of each. */
  tokens: Counts;
  /** [n-grams] */
  counts: Counts;
  /** [n-grams], how many n-grams extend each one by a token; none in the last level. */
  children: Counts;
};

/**
 * Entries are numbered by length, and those of a length in their order, so that the n-grams that extend an entry have numbers in a row.
 * The columns are those of `NgramTable`.
 */
export class NgramTrie {
  readonly count: Int32Array;
  readonly continued: Float64Array;
  readonly continuations: Int32Array;
  /** [entries], the last token. */
  readonly token: Int32Array;
  /** [entries + 1], the first of the n-grams that extend an entry; they end where those of the next entry begin. */
  readonly first: Int32Array;
  /** [order + 2], the first entry of each length. */
  readonly levelStarts: readonly number[];

  private constructor(roots: number, levels: readonly Level[]) {
    const sizes = levels.map(({ tokens }) => tokens.length);
    const entries = 1 + sizes.reduce((sum, size) => sum + size, 0);
    this.count = new Int32Array(entries);
    this.token = new Int32Array(entries);
    this.continuations = new Int32Array(entries);
    this.continued = new Float64Array(entries);
    this.first = new Int32Array(entries + 1);
    this.continuations[0] = roots;
    const starts = [0, 1];
    for (const { tokens, counts, children } of levels) {
      const start = starts.at(-1)!;
      this.token.set(tokens, start);
      this.count.set(counts, start);
      this.continuations.set(children, start);
      starts.push(start + tokens.length);
    }
    this.levelStarts = starts;
    let next = 1;
    for (let entry = 0; entry < entries; entry++) {
      this.first[entry] = next;
      const end = Math.min(entries, next + this.continuations[entry]!);
      for (; next < end; next++) this.continued[entry]! += this.count[next]!;
    }
    this.first[entries] = entries;
  }

  /** Sorts the counts of a table. @param order tokens in the longest n-grams */
  static from(table: NgramTable, order: number): NgramTrie {
    const levels: Level[] = [];
    let contexts = Int32Array.of(NgramTable.root); // entries of the table, in the order of the level before
    const roots = table.continuations[NgramTable.root]!;
    for (const childrenOf = table.byContext(); levels.length < order && contexts.length > 0;) {
      const size = contexts.reduce((sum, context) => sum + table.continuations[context]!, 0);
      const entries = new Int32Array(size);
      let at = 0;
      for (const context of contexts) {
        const children = childrenOf(context).toSorted((left, right) => table.token(left) - table.token(right));
        entries.set(children, at);
        at += children.length;
      }
      levels.push({
        tokens: entries.map((entry) => table.token(entry)),
        counts: entries.map((entry) => table.count[entry]!),
        children: entries.map((entry) => table.continuations[entry]!),
      });
      contexts = entries;
    }
    return new NgramTrie(roots, levels);
  }

  /** The entry of a context followed by a token, by a binary search; `undefined` if there is none. */
  find(context: number, token: number): number | undefined {
    const end = this.first[context + 1]!;
    let [low, high] = [this.first[context]!, end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.token[middle]! < token) low = middle + 1;
      else high = middle;
    }
    return low < end && this.token[low] === token ? low : undefined;
  }

  /** Arrays of the narrowest types. */
  toArrays(): NgramArrays {
    const arrays: NgramArrays = new Map();
    const add = (name: string, values: Int32Array): void => {
      arrays.set(name, { shape: [values.length], values: narrowest(values) });
    };
    for (let size = 1; size + 1 < this.levelStarts.length; size++) {
      const [start, end] = [this.levelStarts[size]!, this.levelStarts[size + 1]!];
      add(`${size}/tokens`, this.token.slice(start, end));
      add(`${size}/counts`, this.count.slice(start, end));
      if (size + 2 < this.levelStarts.length) add(`${size}/children`, this.continuations.slice(start, end));
    }
    return arrays;
  }

  /** @param vocabulary tokens are below it @throws UserError for arrays that are not those of `toArrays` */
  static fromArrays(arrays: StoredNgrams, order: number, vocabulary: number): NgramTrie {
    const damaged = (problem: string): UserError => new UserError(`the n-grams are damaged or were edited: ${problem}`);
    const take = (name: string, length: number): Int32Array => {
      const values = arrays.get(name)?.values;
      if (!(values instanceof Int32Array) || values.length !== length)
        throw damaged(`${name} is ${values ? "not as long as the n-grams before it say" : "missing"}`);
      return values;
    };
    const levels: Level[] = [];
    const roots = arrays.get("1/tokens")?.values.length ?? 0;
    let length = roots;
    for (let size = 1; size <= order && arrays.has(`${size}/tokens`); size++) {
      const tokens = take(`${size}/tokens`, length);
      const counts = take(`${size}/counts`, length);
      const isLast = !arrays.has(`${size + 1}/tokens`);
      const children = isLast ? new Int32Array(length) : take(`${size}/children`, length);
      if (tokens.some((token) => token < 0 || token >= vocabulary)) throw damaged("a token is not in the vocabulary");
      if (counts.some((count) => count < 1) || children.some((count) => count < 0)) throw damaged("a count is below 1");
      length = children.reduce((sum, count) => sum + count, 0);
      levels.push({ tokens, counts, children });
    }
    if (length !== 0 || arrays.size !== Math.max(0, 3 * levels.length - 1)) throw damaged("n-grams are missing");
    const trie = new NgramTrie(roots, levels);
    if (!trie.isSorted()) throw damaged("they are not in their order");
    return trie;
  }

  /** Whether the tokens after each context ascend, as the search needs. */
  private isSorted(): boolean {
    const { first, token, count } = this;
    for (let context = 0; context < count.length; context++)
      for (let entry = first[context]! + 1; entry < first[context + 1]!; entry++)
        if (token[entry - 1]! >= token[entry]!) return false;
    return true;
  }
}

function narrowest(values: Int32Array): Counts {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  return largest < 2 ** 8 ? Uint8Array.from(values) : largest < 2 ** 16 ? Uint16Array.from(values) : values;
}
