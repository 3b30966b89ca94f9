/** @file The n-gram model of a generator: alone, or interpolated with its network, p = λ p_network + (1 − λ) p_n-gram. */
import * as v from "valibot";
import { type NgramContexts, NgramModel } from "../baselines/ngramModel.js";
import type { NamedArrays, StoredDocument } from "../checkpoint/checkpoint.js";
import { checked } from "../common/checked.js";
import { UserError } from "../common/errors.js";
import type { JsonObject } from "../common/json.js";

export type MixtureRecord = {
  /** Tokens in the longest n-grams. */
  order: number;
  /** The number of different n-grams, and of the tokens that they were counted in. */
  size: number;
  tokens: number;
  /** λ. Absent for an n-gram model without a network. */
  networkWeight?: number;
};

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const storedRecord = v.strictObject({
  order: v.pipe(count, v.maxValue(64)),
  size: count,
  tokens: count,
  networkWeight: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
});

/** An n-gram model, and the weight of the network beside it. One weight is as good as one for each length or frequency of the context, within 0.5 % of the perplexity. */
export class Mixture {
  readonly #ofNgrams: Float64Array; // [vocabulary]

  constructor(
    readonly ngrams: NgramModel,
    readonly record: MixtureRecord,
  ) {
    this.#ofNgrams = new Float64Array(ngrams.vocabulary);
  }

  /** The n-gram model of a checkpoint; undefined for a network alone. @throws UserError for a damaged one */
  static from(
    { ngrams: record }: StoredDocument,
    arrays: NamedArrays | undefined,
    vocabulary: number,
  ): Mixture | undefined {
    if (record === undefined) return undefined;
    if (arrays === undefined)
      throw new UserError("damaged or edited: it records an n-gram model and has no file of n-grams");
    const read = checked(
      storedRecord,
      record,
      (problems) => `the record of its n-grams is damaged or was edited: ${problems}`,
    );
    return new Mixture(NgramModel.fromArrays(arrays, { vocabulary, order: read.order }), read);
  }

  /** For `checkpoint.json`. */
  toJSON(): JsonObject {
    return { ...this.record };
  }

  get name(): string {
    return `${this.ngrams.order}-gram model`;
  }

  /** The probability of a token after some contexts. @param network that of the network; without one, 0 */
  probability(contexts: NgramContexts, token: number, network: number): number {
    const share = this.networkWeight;
    return share * network + (1 - share) * this.ngrams.probability(contexts, token);
  }

  /** The probabilities of all tokens after some contexts. @param probabilities [vocabulary], those of the network, which are replaced; without one, zeros */
  distribution(contexts: NgramContexts, probabilities: Float64Array): void {
    const share = this.networkWeight;
    this.ngrams.distribution(contexts, this.#ofNgrams);
    for (let token = 0; token < probabilities.length; token++)
      probabilities[token] = share * probabilities[token]! + (1 - share) * this.#ofNgrams[token]!;
  }

  /**
   * The probabilities of the tokens of a text from a position on.
   * @param network those of the network, one for each of these tokens; null without one
   */
  ofText(ids: readonly number[], from: number, network: readonly number[] | null): number[] {
    let contexts = this.ngrams.contextsAfter(ids, from);
    return ids.slice(from).map((token, index) => {
      const probability = this.probability(contexts, token, network?.[index] ?? 0);
      contexts = this.ngrams.after(contexts, token);
      return probability;
    });
  }

  /** λ: 0 without a network. */
  get networkWeight(): number {
    return this.record.networkWeight ?? 0;
  }

  /** The same n-grams beside a network. */
  withNetwork(networkWeight: number): Mixture {
    return new Mixture(this.ngrams, { ...this.record, networkWeight });
  }
}
