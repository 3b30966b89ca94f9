/** @file Texts as ids and back: pieces of words, by byte-pair encoding of UTF-8. Ids 2 … 257 are the bytes; no text is unknown. */

const firstByte = 2;
const firstMerge = firstByte + 256;

/** @param text vocabulary.json's: `merges` has two ids for each merge, which make the next id from 258 on */
export function codec({ text: { lowercase, cut, merges } }) {
  const pieces = new RegExp(cut, "gu");
  const mergeOf = new Map();
  const bytes = Array.from({ length: firstMerge }, (_, id) => (id < firstByte ? [] : [id - firstByte]));
  for (let at = 0; at < merges.length; at += 2) {
    const [left, right] = merges.slice(at, at + 2);
    mergeOf.set(`${left} ${right}`, firstMerge + at / 2);
    bytes.push([...bytes[left], ...bytes[right]]);
  }

  /** Of all pairs that can be merged, the one that was learned first, over and over. */
  const merged = (piece) => {
    const ids = Array.from(new TextEncoder().encode(piece), (byte) => firstByte + byte);
    for (;;) {
      const candidates = ids.slice(1).map((right, at) => mergeOf.get(`${ids[at]} ${right}`) ?? Infinity);
      const best = candidates.reduce((least, id) => Math.min(least, id), Infinity);
      if (best === Infinity) return ids;
      ids.splice(candidates.indexOf(best), 2, best);
    }
  };
  return {
    encode: (text) => ((lowercase ? text.toLowerCase() : text).match(pieces) ?? []).flatMap(merged),
    decode: (written) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(written.flatMap((id) => bytes[id]))),
  };
}
