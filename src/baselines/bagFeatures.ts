/** @file The features of a bag of n-grams: which of the n-grams of its training texts occur in a text. */
import { type Tokenizer, tokenizerDefinition } from "../tokenizers/index.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import { PairTable } from "./pairTable.js";

/** Token ids of documents, by number. */
export type IdDocuments = { readonly count: number; ids(index: number): ArrayLike<number> };

/** No feature; and as a token an unknown one, over which no n-gram reaches. */
export const none = -1;
/** As a token: the end of a document. */
export const documentEnd = -2;

/** The n-grams of a feature set. Feature f is the n-gram of feature prefixes[f] and then tokens[f]; of a single token the prefix is -1. Prefixes come first, and lengths ascend. */
export type NgramList = { prefixes: Int32Array; tokens: Int32Array };

/** Tokens that n-grams pass over, such as those of unusual spaces: 1 for each such id. */
export type PassedOver = Uint8Array;

export function passedOverBy({ kind, vocabulary }: Tokenizer): PassedOver {
  const { isSpacing } = tokenizerDefinition(kind);
  return Uint8Array.from(vocabulary, (token) => Number(isSpacing(token)));
}

/** The distinct features of a text: single tokens first, then pairs and longer ones, each in the order of the text. */
export type TextFeatures = {
  /** Longer than the text has features; the next text uses its memory again. */
  features: Int32Array;
  /** [order], where those of each length end. */
  ends: Int32Array;
  /** The number of features. */
  count: number;
};

/** Finds the n-grams of a text that are features. */
export class BagFeatures {
  /** The number of features. */
  readonly count: number;
  /** Tokens in the longest n-grams. */
  readonly order: number;
  /** [order + 1], the first feature of each length, from that of length 1 at 0; the last is the count. */
  readonly firsts: readonly number[];
  private readonly singles: Int32Array; // [vocabulary], the feature of a token alone
  private readonly pairs: PairTable; // number n is the feature firsts[1] + n
  private readonly seenIn: Uint32Array; // [features], the last text that had the feature
  private texts = 0;
  private tokens = new Int32Array(1 << 10); // of a text, without those that are passed over
  private begun = new Int32Array(1 << 10); // the feature that begins at each token, of one length after the other
  private readonly found: TextFeatures;

  constructor(
    readonly list: NgramList,
    readonly passedOver: PassedOver,
  ) {
    const { prefixes, tokens } = list;
    this.count = prefixes.length;
    this.firsts = firstsOf(prefixes);
    this.order = this.firsts.length - 1;
    this.singles = new Int32Array(passedOver.length).fill(none);
    const longer = this.firsts[1] ?? 0;
    for (let feature = 0; feature < longer; feature++) this.singles[tokens[feature]!] = feature;
    this.pairs = new PairTable(this.count - longer);
    for (let feature = longer; feature < this.count; feature++)
      this.pairs.findOrAdd(prefixes[feature]!, tokens[feature]!);
    this.seenIn = new Uint32Array(this.count);
    this.found = { features: new Int32Array(1 << 10), ends: new Int32Array(this.order), count: 0 };
  }

  /** @returns the features of a text, in memory that the next call uses again */
  of(ids: ArrayLike<number>): TextFeatures {
    const length = this.read(ids);
    const { tokens, begun, singles, pairs, order, found } = this;
    const longer = this.firsts[1] ?? 0;
    this.texts++;
    found.count = 0;
    for (let at = 0; at < length; at++) {
      const token = tokens[at]!;
      begun[at] = token === none ? none : singles[token]!;
    }
    this.addNew(length, 1);
    for (let size = 2; size <= order; size++) {
      for (let at = 0; at + size <= length; at++) {
        const prefix = begun[at]!;
        if (prefix === none) continue;
        const token = tokens[at + size - 1]!;
        const isFrequent = token !== none && begun[at + 1] !== none; // so is its end, without the first token
        const pair = isFrequent ? pairs.find(prefix, token) : none;
        begun[at] = pair === none ? none : longer + pair;
      }
      this.addNew(length - size + 1, size);
    }
    return found;
  }

  /** Adds the features that begin at the first tokens and are not among the text's yet. @param size tokens in each */
  private addNew(starts: number, size: number): void {
    const { begun, seenIn, texts, found } = this;
    const { features } = found;
    let { count } = found;
    for (let at = 0; at < starts; at++) {
      const feature = begun[at]!;
      if (feature === none || seenIn[feature] === texts) continue;
      seenIn[feature] = texts;
      features[count++] = feature;
    }
    found.ends[size - 1] = count;
    found.count = count;
  }

  /** Copies the tokens of a text without those that are passed over; unknown ones become breaks. @returns their number */
  private read(ids: ArrayLike<number>): number {
    if (ids.length > this.tokens.length) {
      this.tokens = new Int32Array(2 * ids.length);
      this.begun = new Int32Array(2 * ids.length);
    }
    const most = this.order * ids.length;
    if (most > this.found.features.length) this.found.features = new Int32Array(2 * most);
    return copyTokens(ids, this.passedOver, this.tokens, 0);
  }
}

/** @returns the index after the last copied token */
export function copyTokens(ids: ArrayLike<number>, passedOver: PassedOver, target: Int32Array, from: number): number {
  let at = from;
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index]!;
    if (passedOver[id] !== 1) target[at++] = id === unknownId ? none : id;
  }
  return at;
}

/** The first feature of each length, and the count. @param prefixes in ascending length of the n-grams */
function firstsOf(prefixes: Int32Array): number[] {
  const firsts = [0];
  for (const [feature, prefix] of prefixes.entries()) if (prefix >= firsts.at(-1)!) firsts.push(feature);
  return [...firsts, prefixes.length];
}
