/** @file Encodes text as ids and decodes ids: subwords, by byte-pair encoding of UTF-8. Ids 2 … 257 are the bytes, so no text is unknown. */

import { normalizer } from "./normalized.mjs";

const firstByte = 2;
const firstMerge = firstByte + 256;

/** @param text from vocabulary.json: `merges` has a pair of ids for each merge; merge i makes the id 258 + i */
export function codec({ text }) {
  const { cut, merges } = text;
  const normalized = normalizer(text);
  const pieces = new RegExp(cut, "gu");
  const mergeOf = new Map();
  const bytes = Array.from({ length: firstMerge }, (_, id) => (id < firstByte ? [] : [id - firstByte]));
  for (let index = 0; index < merges.length; index += 2) {
    const [left, right] = merges.slice(index, index + 2);
    mergeOf.set(`${left} ${right}`, firstMerge + index / 2);
    bytes.push([...bytes[left], ...bytes[right]]);
  }

  /** Applies the merge that was learned first, until no pair can be merged. */
  const merged = (piece) => {
    const ids = Array.from(new TextEncoder().encode(piece), (byte) => firstByte + byte);
    for (;;) {
      const candidates = ids.slice(1).map((right, index) => mergeOf.get(`${ids[index]} ${right}`) ?? Infinity);
      const best = candidates.reduce((least, id) => Math.min(least, id), Infinity);
      if (best === Infinity) return ids;
      ids.splice(candidates.indexOf(best), 2, best);
    }
  };
  return {
    encode: (given) => (normalized(given).match(pieces) ?? []).flatMap(merged),
    decode: (generated) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(generated.flatMap((id) => bytes[id]))),
  };
}
