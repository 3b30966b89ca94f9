/** @file Subwords: byte-pair encoding over UTF-8 bytes, so that any text can be encoded and restored. */
import * as v from "valibot";
import type { Tokenizer, TokenizerDefinition, TokenizerTrainer, TrainerOptions } from "./index.js";
import { endId, specialTokens, unknownId } from "./specialTokens.js";
import { firstByte, firstMerge, learnMerges } from "./bytePairs.js";
import { codeUnits, patterns, pieceEnd, textOf } from "./codeUnits.js";
import { SliceIndex } from "./sliceIndex.js";
import { cannotFollow, stateAfter, wholeCharacters } from "./utf8.js";
import { checkedTokenizer, lowercased, TokenCounts, unchanged, wholeOf } from "./vocabulary.js";

const utf8 = new TextEncoder();
const maxTokenBytes = 1024; // much longer than any piece
const maxCachedPieces = 1 << 19;
/** Merges are learned from the most frequent pieces, which bounds the memory; the others hardly change them. */
const maxLearnedFrom = 1 << 18;

export const subwords: TokenizerDefinition = {
  describe: "frequent pieces of words, by byte-pair encoding; no text is out of the vocabulary",
  unit: "subwords",
  defaultVocabulary: 8000,
  smallestVocabulary: firstMerge,
  sampleLength: 50,
  unsortedTokens: firstMerge - firstByte,
  spellCheck: { candidates: "edits", following: 8, afterwards: 15, tried: 64 },
  piecePattern: [
    ` ?${patterns.letter}{1,64}(?:['’]${patterns.letter}{1,16})?`,
    ` ?(?:${patterns.digit}){1,3}`,
    String.raw`\n{1,16}`,
    String.raw` ?[^\s\p{L}\p{M}\p{N}${patterns.unspacedScripts}]{1,16}`,
    String.raw`${patterns.space}{1,63}(?=${patterns.space}\S)|${patterns.space}{1,64}`,
  ].join("|"),
  trainer,
  from: (data) => {
    const { lowercase, merges } = checkedTokenizer(schema, data);
    return subwordsTokenizer(merges, lowercase);
  },
};

const schema = v.strictObject({
  kind: v.string(),
  lowercase: v.boolean(),
  merges: v.pipe(
    v.array(v.pipe(v.number(), v.safeInteger())),
    v.check(areMerges, "expected pairs of earlier ids that make short tokens"),
  ),
});

function areMerges(merges: number[]): boolean {
  if (merges.length % 2 !== 0) return false;
  const lengths: number[] = Array.from({ length: firstMerge }, () => 1);
  for (let at = 0; at < merges.length; at += 2) {
    const [left, right] = [merges[at]!, merges[at + 1]!];
    if (Math.min(left, right) < firstByte || Math.max(left, right) >= lengths.length) return false;
    lengths.push(lengths[left]! + lengths[right]!);
    if (lengths.at(-1)! > maxTokenBytes) return false;
  }
  return true;
}

function trainer({ vocabulary, lowercase }: Required<TrainerOptions>): TokenizerTrainer {
  const normalize = lowercase ? lowercased : unchanged;
  const counts = new TokenCounts();
  return {
    add: (text) => {
      const units = codeUnits(normalize(text));
      for (let start = 0; start < units.length;) {
        const end = pieceEnd(units, start);
        counts.add(units, start, end);
        start = end;
      }
    },
    finish: () => subwordsTokenizer(learnMerges(counts.frequent(maxLearnedFrom), vocabulary - firstMerge), lowercase),
  };
}

/** An unpaired surrogate is decoded as U+FFFD, because UTF-8 has no bytes for it. */
function subwordsTokenizer(merges: number[], lowercase: boolean): Tokenizer {
  const normalize = lowercase ? lowercased : unchanged;
  const bytes = bytesOf(merges);
  const mergeOf = new Map<number, number>(); // from left · vocabulary + right to the id that they make
  for (let at = 0; at < merges.length; at += 2) {
    mergeOf.set(merges[at]! * bytes.length + merges[at + 1]!, firstMerge + at / 2);
  }
  let cache = new SliceIndex(); // numbers the cached pieces
  let encoded: number[] = []; // the ids of all cached pieces, one after the other
  let bounds = [0]; // the ids of piece i are from bounds[i] to before bounds[i + 1]

  const encodePiece = (piece: string): number[] => {
    const ids: number[] = [];
    for (const byte of utf8.encode(piece)) ids.push(firstByte + byte);
    for (;;) {
      let merged = Infinity;
      let position = 0;
      for (let at = 1; at < ids.length; at++) {
        const candidate = mergeOf.get(ids[at - 1]! * bytes.length + ids[at]!);
        if (candidate !== undefined && candidate < merged) {
          merged = candidate;
          position = at - 1;
        }
      }
      if (merged === Infinity) return ids;
      ids.splice(position, 2, merged);
    }
  };

  function* encodePieces(text: string, size: number): Generator<number[]> {
    let ids: number[] = [];
    const units = codeUnits(normalize(text));
    for (let start = 0; start < units.length;) {
      const end = pieceEnd(units, start);
      const index = cache.findOrAdd(units, start, end);
      if (index + 1 === bounds.length) {
        encoded.push(...encodePiece(textOf(units.subarray(start, end))));
        bounds.push(encoded.length);
      }
      const last = bounds[index + 1]!;
      for (let at = bounds[index]!; at < last; at++) ids.push(encoded[at]!);
      if (cache.size === maxCachedPieces) {
        cache = new SliceIndex();
        encoded = [];
        bounds = [0];
      }
      start = end;
      if (ids.length < size) continue;
      yield ids;
      ids = [];
    }
    yield ids;
  }

  const decoder = () => {
    const utf8Decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return {
      write: (id: number): string => {
        const token = bytes[id];
        if (token) return utf8Decoder.decode(token, { stream: true });
        return utf8Decoder.decode() + (id === endId ? "" : specialTokens[unknownId]);
      },
      flush: () => utf8Decoder.decode(),
    };
  };

  return {
    kind: "subwords",
    vocabulary: bytes.map((token, id) => specialTokens[id] ?? visibleBytes(token ?? new Uint8Array())),
    encode: wholeOf(encodePieces),
    encodePieces,
    decode: (ids) => {
      const { write, flush } = decoder();
      return Array.from(ids, write).join("") + flush();
    },
    decoder,
    bytesOf: (id) => bytes[id],
    follow: (state, id) => {
      const token = bytes[id];
      if (token) return stateAfter(state, token);
      return state === wholeCharacters ? state : cannotFollow;
    },
    toJSON: () => ({ kind: "subwords", lowercase, merges }),
  };
}

/** The bytes of each id; undefined for special tokens. */
function bytesOf(merges: readonly number[]): (Uint8Array | undefined)[] {
  const bytes: (Uint8Array | undefined)[] = specialTokens.map(() => undefined);
  for (let byte = 0; byte < 256; byte++) bytes.push(Uint8Array.of(byte));
  for (let at = 0; at < merges.length; at += 2) {
    bytes.push(Uint8Array.of(...bytes[merges[at]!]!, ...bytes[merges[at + 1]!]!));
  }
  return bytes;
}

const characterPattern =
  /[\0-\x7F]|[\xC2-\xDF][\x80-\xBF]|\xE0[\xA0-\xBF][\x80-\xBF]|[\xE1-\xEF][\x80-\xBF]{2}|\xF0[\x90-\xBF][\x80-\xBF]{2}|[\xF1-\xF3][\x80-\xBF]{3}|\xF4[\x80-\x8F][\x80-\xBF]{2}|[\s\S]/g;

/** Bytes as text: whole characters unchanged, other bytes as `\xE2`, backslashes doubled, so that the texts of all tokens differ. */
const visibleBytes = (bytes: Uint8Array): string =>
  String.fromCharCode(...bytes).replaceAll(characterPattern, (found) => {
    if (found === "\\") return "\\\\";
    if (found.length > 1) return new TextDecoder().decode(Uint8Array.from(found, (byte) => byte.charCodeAt(0)));
    if (found < "\x80") return found;
    return `\\x${found.charCodeAt(0).toString(16).toUpperCase()}`;
  });
