/** @file The baseline of a generator: an n-gram model with interpolated Kneser–Ney smoothing. */
import { perplexity } from "../common/lossMetrics.js";
import { fittingUntil } from "./timedPass.js";
import { NgramTable } from "./ngramTable.js";
import { type NgramArrays, NgramTrie, type StoredNgrams } from "./ngramTrie.js";

export type { NgramArrays } from "./ngramTrie.js";

export type NgramBaseline = {
  /** Mean cross-entropy of a held-out token, in nats. */
  loss: number;
  perplexity: number;
  order: number;
  /** The number of tokens of the counts, and of the predictions. */
  trainedOn: number;
  measuredOn: number;
};

const defaultLimit = 2_000_000; // tokens
const checkedEvery = 4096; // tokens between two looks at the clock

/** Arrays are tokens, and so are sequences in files. */
type Tokens = { readonly length: number; slice(start: number, end: number): ArrayLike<number> };

/**
 * Trains on one text and scores on another.
 * @param training token ids below `vocabulary`
 * @param heldOut token ids below `vocabulary`, at least one
 * @param options.order tokens in an n-gram, from 1
 * @param options.limit the most tokens that are read of each
 * @param options.until when the time is over, in milliseconds of `performance.now`: only as many tokens are read as fit
 */
export function ngramBaseline(
  training: Tokens,
  heldOut: Tokens,
  {
    vocabulary,
    order,
    limit = defaultLimit,
    until,
  }: { vocabulary: number; order: number; limit?: number; until?: number | undefined },
): NgramBaseline {
  const model = new NgramModel(vocabulary, order);
  const trainedOn = model.fit(training.slice(0, Math.min(training.length, limit)), { until: fittingUntil(until) });
  const { loss, tokens } = model.measure(heldOut.slice(0, Math.min(heldOut.length, limit)), { until });
  return { loss, perplexity: perplexity(loss), order, trainedOn, measuredOn: tokens };
}

/** Different n-grams for each token of a text, about as many for 6-grams of characters as for 4-grams of words. */
const ngramsPerToken = 2;

/** About the most bytes that a baseline takes, while its table grows. @param tokens of the training text */
export function ngramBytes(tokens: number, limit = defaultLimit): number {
  const entries = ngramsPerToken * Math.min(tokens, limit);
  return 1.5 * NgramTable.bytesPerEntry * 2 ** Math.ceil(Math.log2(Math.max(1, entries)));
}

/** The contexts of a place in a text: the entries of its last 0, 1, … tokens, as far as the model has them. */
export type NgramContexts = readonly number[];

/** At the start of a text. */
export const noContexts: NgramContexts = [NgramTable.root];

/**
 * Interpolated Kneser–Ney smoothing (Kneser & Ney 1995, in the interpolated form of Chen & Goodman 1999, section 2.7):
 * p(token | context) = (max(c − d, 0) + d · continuations · p(token | shorter context)) / continued, from p = 1 / vocabulary for no context.
 * c of the longest n-grams is their count; c of a shorter one is the number of different tokens that precede it.
 */
export class NgramModel {
  #counts: NgramTable | NgramTrie = new NgramTable();
  #once: number[]; // [order + 1], the number of n-grams of each length with count 1
  #twice: number[];
  #discounts: number[] | null = null; // by length

  constructor(
    readonly vocabulary: number,
    readonly order: number,
  ) {
    this.#once = Array.from({ length: order + 1 }, () => 0);
    this.#twice = [...this.#once];
  }

  /** The model of stored counts: its probabilities have the same bits. @throws UserError for damaged arrays */
  static fromArrays(arrays: StoredNgrams, { vocabulary, order }: { vocabulary: number; order: number }): NgramModel {
    const model = new NgramModel(vocabulary, order);
    const trie = NgramTrie.fromArrays(arrays, order, vocabulary);
    const { count, levelStarts } = trie;
    const numberOf = (wanted: number) => (_: number, size: number) =>
      size === 0
        ? 0
        : count.subarray(levelStarts[size], levelStarts[size + 1] ?? 0).filter((value) => value === wanted).length;
    model.#once = model.#once.map(numberOf(1));
    model.#twice = model.#twice.map(numberOf(2));
    model.#counts = trie;
    return model;
  }

  /** The counts for a file. Nothing can be added to them afterwards. */
  toArrays(): NgramArrays {
    return this.#sorted().toArrays();
  }

  /** The number of different n-grams of all lengths. */
  get size(): number {
    return this.#sorted().count.length - 1;
  }

  /**
   * Adds the n-grams of a text to the counts.
   * @param until when to stop, in milliseconds of `performance.now`. Default: at the end of the text
   * @returns the number of tokens that were read
   */
  fit(tokens: ArrayLike<number>, { length = tokens.length, until = Infinity } = {}): number {
    const table = this.#counts;
    if (!(table instanceof NgramTable))
      throw new Error("the counts of the n-gram model are sorted: nothing can be added");
    this.#discounts = null;
    const entries = [NgramTable.root]; // of the last 0, 1, … order tokens
    for (let position = 0; position < length; position++) {
      if (position % checkedEvery === checkedEvery - 1 && performance.now() >= until) return position;
      const longest = Math.min(position + 1, this.order);
      const contexts = entries.slice(0, longest);
      for (let size = 1; size <= longest; size++) entries[size] = table.entry(contexts[size - 1]!, tokens[position]!);
      // A shorter n-gram is counted only if the longer one is new, so that its count is of different preceding tokens.
      for (let size = longest, fresh = true; size >= 1 && fresh; size--) {
        fresh = this.#count(table, size, contexts[size - 1]!, entries[size]!);
      }
    }
    return length;
  }

  /** Mean cross-entropy of a text's tokens, in nats, each predicted from those before it. */
  loss(tokens: ArrayLike<number>, length = tokens.length): number {
    return this.measure(tokens, { length }).loss;
  }

  /** As `loss`. @param until when to stop, as for `fit` @returns tokens: the number of tokens that were read */
  measure(
    tokens: ArrayLike<number>,
    { length = tokens.length, until = Infinity } = {},
  ): { loss: number; tokens: number } {
    let contexts = noContexts;
    let total = 0;
    for (let position = 0; position < length; position++) {
      if (position % checkedEvery === checkedEvery - 1 && performance.now() >= until)
        return { loss: total / position, tokens: position };
      const token = tokens[position]!;
      const entries = this.#entriesOf(contexts, token);
      total -= Math.log(this.#probability(contexts, entries, token));
      contexts = this.#contextsOf(entries);
    }
    return { loss: total / length, tokens: length };
  }

  /** The probability of a token after some contexts. The first use sorts the counts. */
  probability(contexts: NgramContexts, token: number): number {
    this.#sorted();
    return this.#probability(contexts, this.#entriesOf(contexts, token), token);
  }

  /** The probabilities of all tokens after some contexts. @param probabilities [vocabulary], which is overwritten */
  distribution(contexts: NgramContexts, probabilities: Float64Array): void {
    const { token, first, count, continued, continuations } = this.#sorted();
    probabilities.fill(1 / this.vocabulary);
    for (const [index, context] of contexts.entries()) {
      const total = continued[context]!;
      if (total === 0) return;
      const discount = this.#discount(index + 1);
      const rest = discount * continuations[context]!;
      for (let id = 0; id < probabilities.length; id++) probabilities[id]! *= rest / total;
      for (let entry = first[context]!; entry < first[context + 1]!; entry++)
        probabilities[token[entry]!]! += Math.max(count[entry]! - discount, 0) / total;
    }
  }

  /** The contexts after some tokens, of which the last ones count. @param end the number of tokens. Default: all */
  contextsAfter(tokens: ArrayLike<number>, end = tokens.length): NgramContexts {
    let contexts = noContexts;
    for (let position = Math.max(0, end - this.order + 1); position < end; position++)
      contexts = this.after(contexts, tokens[position]!);
    return contexts;
  }

  /** The contexts after one more token. */
  after(contexts: NgramContexts, token: number): NgramContexts {
    this.#sorted();
    return this.#contextsOf(this.#entriesOf(contexts, token));
  }

  /** The entry of each context followed by the token. */
  #entriesOf(contexts: NgramContexts, token: number): (number | undefined)[] {
    const entries: (number | undefined)[] = [NgramTable.root];
    for (let size = 1; size <= contexts.length; size++) {
      const entry = this.#counts.find(contexts[size - 1]!, token);
      entries.push(entry);
      if (entry === undefined) break; // then no longer n-gram is there
    }
    return entries;
  }

  #probability(contexts: NgramContexts, entries: readonly (number | undefined)[], token: number): number {
    const { continued, continuations, count } = this.#counts;
    if (!(token >= 0 && token < this.vocabulary)) throw new RangeError(`token ${token} is not in the vocabulary`);
    let probability = 1 / this.vocabulary;
    for (let size = 1; size <= contexts.length; size++) {
      const context = contexts[size - 1]!;
      const total = continued[context]!;
      if (total === 0) break;
      const entry = entries[size];
      const discount = this.#discount(size);
      const rest = discount * continuations[context]! * probability;
      probability = (Math.max((entry === undefined ? 0 : count[entry]!) - discount, 0) + rest) / total;
    }
    return probability;
  }

  #contextsOf(entries: readonly (number | undefined)[]): NgramContexts {
    const contexts: number[] = [];
    for (const entry of entries.slice(0, this.order)) {
      if (entry === undefined) break;
      contexts.push(entry);
    }
    return contexts;
  }

  #sorted(): NgramTrie {
    if (this.#counts instanceof NgramTable) this.#counts = NgramTrie.from(this.#counts, this.order);
    return this.#counts;
  }

  /** Counts one n-gram. @returns whether it is new */
  #count({ count, continued, continuations }: NgramTable, size: number, context: number, entry: number): boolean {
    const times = ++count[entry]!;
    continued[context]!++;
    if (times === 1) {
      continuations[context]!++;
      this.#once[size]!++;
    } else if (times === 2) {
      this.#once[size]!--;
      this.#twice[size]!++;
    } else if (times === 3) {
      this.#twice[size]!--;
    }
    return times === 1;
  }

  /** The estimate n₁ / (n₁ + 2 n₂) of Ney, Essen & Kneser 1994, with one added to each, so that it is never 0 and no token has probability 0. */
  #discount(size: number): number {
    this.#discounts ??= this.#once.map((count, length) => (count + 1) / (count + 1 + 2 * (this.#twice[length]! + 1)));
    return this.#discounts[size]!;
  }
}
