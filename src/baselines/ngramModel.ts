/** @file The baseline of a generator: an n-gram model with interpolated Kneser–Ney smoothing. */
import { perplexity } from "../common/lossMetrics.js";
import { fittingUntil } from "./timedPass.js";
import { NgramTable } from "./ngramTable.js";

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

/**
 * Interpolated Kneser–Ney smoothing (Kneser & Ney 1995, in the interpolated form of Chen & Goodman 1999, section 2.7):
 * p(token | context) = (max(c − d, 0) + d · continuations · p(token | shorter context)) / continued, from p = 1 / vocabulary for no context.
 * c of the longest n-grams is their count; c of a shorter one is the number of different tokens that precede it.
 */
export class NgramModel {
  readonly #table = new NgramTable();
  readonly #once: number[]; // [order + 1], the number of n-grams of each length with count 1
  readonly #twice: number[];

  constructor(
    readonly vocabulary: number,
    readonly order: number,
  ) {
    this.#once = Array.from({ length: order + 1 }, () => 0);
    this.#twice = [...this.#once];
  }

  /**
   * Adds the n-grams of a text to the counts.
   * @param until when to stop, in milliseconds of `performance.now`. Default: at the end of the text
   * @returns the number of tokens that were read
   */
  fit(tokens: ArrayLike<number>, { length = tokens.length, until = Infinity } = {}): number {
    const table = this.#table;
    const entries = [NgramTable.root]; // of the last 0, 1, … order tokens
    for (let position = 0; position < length; position++) {
      if (position % checkedEvery === checkedEvery - 1 && performance.now() >= until) return position;
      const longest = Math.min(position + 1, this.order);
      const contexts = entries.slice(0, longest);
      for (let size = 1; size <= longest; size++) entries[size] = table.entry(contexts[size - 1]!, tokens[position]!);
      // A shorter n-gram is counted only if the longer one is new, so that its count is of different preceding tokens.
      for (let size = longest, fresh = true; size >= 1 && fresh; size--) {
        fresh = this.#count(size, contexts[size - 1]!, entries[size]!);
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
    const table = this.#table;
    const discounts = this.#once.map((_, size) => this.#discount(size));
    let contexts = [NgramTable.root]; // of the last 0, 1, … tokens that the table has
    let total = 0;
    for (let position = 0; position < length; position++) {
      if (position % checkedEvery === checkedEvery - 1 && performance.now() >= until)
        return { loss: total / position, tokens: position };
      const token = tokens[position]!;
      const entries = [NgramTable.root];
      let probability = 1 / this.vocabulary;
      for (let size = 1; size <= contexts.length; size++) {
        const context = contexts[size - 1]!;
        const continued = table.continued[context]!;
        if (continued === 0) break;
        const entry = table.find(context, token);
        const count = entry === undefined ? 0 : table.count[entry]!;
        const discount = discounts[size]!;
        const rest = discount * table.continuations[context]! * probability;
        probability = (Math.max(count - discount, 0) + rest) / continued;
        if (entry !== undefined && size < this.order) entries[size] = entry;
      }
      total -= Math.log(probability);
      contexts = entries;
    }
    return { loss: total / length, tokens: length };
  }

  /** Counts one n-gram. @returns whether it is new */
  #count(size: number, context: number, entry: number): boolean {
    const { count, continued, continuations } = this.#table;
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
    const once = this.#once[size]! + 1;
    const twice = this.#twice[size]! + 1;
    return once / (once + 2 * twice);
  }
}
