/** @file The n-grams that are frequent enough to be features of a bag of n-grams. */
import { copyTokens, documentEnd, type IdDocuments, type NgramList, none, type PassedOver } from "./bagFeatures.js";
import { GrowingIntegers, PairTable } from "./pairTable.js";

/**
 * The n-grams that occur in at least `least` of some documents. Longer ones are counted only where both n-grams of one token less are kept, because no
 * others can be frequent enough.
 */
export function frequentNgrams(
  documents: IdDocuments,
  passedOver: PassedOver,
  { order, least }: { order: number; least: number },
): NgramList {
  const tokens = new GrowingIntegers(); // of all documents, with a break after each
  for (let index = 0; index < documents.count; index++) {
    const ids = documents.ids(index);
    tokens.reserve(ids.length + 1);
    tokens.length = copyTokens(ids, passedOver, tokens.values, tokens.length);
    tokens.push(documentEnd);
  }
  const text = tokens.values.subarray(0, tokens.length);
  const found = new Int32Array(text.length); // the feature that begins at each token
  const prefixes = new GrowingIntegers();
  const last = new GrowingIntegers();
  for (let size = 1; size <= order; size++) {
    const table = new PairTable(size === 1 ? passedOver.length : text.length / 4);
    const numbers = new Int32Array(text.length).fill(none); // of the pairs that begin at each token
    for (let at = 0; at + size <= text.length; at++) {
      const token = text[at + size - 1]!;
      if (token < 0) continue;
      if (size === 1) numbers[at] = table.findOrAdd(none, token);
      else if (found[at] !== none && found[at + 1] !== none) numbers[at] = table.findOrAdd(found[at]!, token);
    }
    const kept = keptPairs(documentCounts(text, numbers, table.size), table, least, prefixes, last);
    for (let at = 0; at < text.length; at++) found[at] = numbers[at] === none ? none : kept[numbers[at]!]!;
  }
  return {
    prefixes: prefixes.values.slice(0, prefixes.length),
    tokens: last.values.slice(0, last.length),
  };
}

/** In how many documents each pair occurs. @param numbers of the pairs that begin at each token */
function documentCounts(text: Int32Array, numbers: Int32Array, pairs: number): Uint32Array {
  const counts = new Uint32Array(pairs);
  const seenIn = new Uint32Array(pairs);
  let document = 1;
  for (let at = 0; at < text.length; at++) {
    const number = numbers[at]!;
    if (text[at] === documentEnd) document++;
    if (number === none || seenIn[number] === document) continue;
    seenIn[number] = document;
    counts[number]!++;
  }
  return counts;
}

/** Appends the pairs that occur in enough documents. @returns the feature of each pair */
function keptPairs(
  counts: Uint32Array,
  table: PairTable,
  least: number,
  prefixes: GrowingIntegers,
  tokens: GrowingIntegers,
): Int32Array {
  const features = new Int32Array(table.size).fill(none);
  for (let pair = 0; pair < table.size; pair++) {
    if (counts[pair]! < least) continue;
    features[pair] = prefixes.length;
    prefixes.push(table.prefixes.values[pair]!);
    tokens.push(table.tokens.values[pair]!);
  }
  return features;
}
