/** @file Characters: Unicode code points, so that a surrogate pair is never split. */
import { UserError } from "../common/errors.js";
import type { Tokenizer, TokenizerDefinition, TokenizerTrainer, TrainerOptions } from "./index.js";
import { endId, specialTokens, unknownId } from "./specialTokens.js";
import { textPieces } from "./codeUnits.js";
import { checkedVocabulary, lowercased, unchanged } from "./vocabulary.js";

const basicPlane = 0x10000; // code points

export const characters: TokenizerDefinition = {
  describe: "each character a token",
  unit: "characters",
  sampleLength: 150,
  grows: true,
  ngramOrder: 6, // 7 is worse than 6 on a text of a few million characters
  spellCheck: { candidates: "edits", following: 24, afterwards: 15, tried: 16 },
  piecePattern: String.raw`[\s\S]`,
  trainer,
  from: (data) => {
    const { lowercase, vocabulary } = checkedVocabulary(data);
    const wrong = longToken(vocabulary.slice(specialTokens.length));
    if (wrong !== undefined)
      throw new UserError(`the tokenizer's vocabulary is damaged: ${wrong} is not one character`);
    return charactersTokenizer(vocabulary, lowercase);
  },
  importTokens: (tokens) => {
    const wrong = longToken(tokens);
    if (wrong === undefined) return [...tokens];
    throw new UserError(
      `the token ${JSON.stringify(wrong)} is not one character; choose another --tokenizer, or name it with --unknown, --end or --padding`,
    );
  },
};

/** The first token that is not one character. */
const longToken = (tokens: readonly string[]): string | undefined =>
  tokens.find((token) => Array.from(token).length !== 1);

function trainer({ vocabulary, lowercase }: Required<TrainerOptions>): TokenizerTrainer {
  const normalize = lowercase ? lowercased : unchanged;
  const counts = new Float64Array(basicPlane); // by code point
  const beyond = new Map<number, number>(); // by code point, outside the basic plane
  const countOf = (code: number): number => counts[code] ?? beyond.get(code) ?? 0;
  return {
    add: (text) =>
      eachCodePoint(normalize(text), (code) => {
        if (code < basicPlane) counts[code]!++;
        else beyond.set(code, countOf(code) + 1);
      }),
    finish: () => {
      const found = [...beyond.keys()];
      for (let code = 0; code < basicPlane; code++) if (counts[code]! > 0) found.push(code);
      found.sort((a, b) => countOf(b) - countOf(a) || a - b);
      const kept = found.slice(0, vocabulary - specialTokens.length);
      return charactersTokenizer([...specialTokens, ...kept.map((code) => String.fromCodePoint(code))], lowercase);
    },
  };
}

function charactersTokenizer(vocabulary: string[], lowercase: boolean): Tokenizer {
  const normalize = lowercase ? lowercased : unchanged;
  const largest = vocabulary
    .slice(specialTokens.length)
    .reduce((most, token) => Math.max(most, token.codePointAt(0)!), 0);
  const idOf = new Int32Array(largest + 1).fill(unknownId); // by code point
  for (let id = specialTokens.length; id < vocabulary.length; id++) idOf[vocabulary[id]!.codePointAt(0)!] = id;
  const textOf = (id: number): string => (id === endId ? "" : (vocabulary[id] ?? specialTokens[unknownId]));
  const encodeNormalized = (text: string): number[] => {
    const ids: number[] = [];
    eachCodePoint(text, (code) => {
      ids.push(code <= largest ? idOf[code]! : unknownId);
    });
    return ids;
  };

  return {
    kind: "characters",
    vocabulary,
    encode: (text) => encodeNormalized(normalize(text)),
    encodePieces: function* (text, size) {
      for (const piece of textPieces(normalize(text), size)) yield encodeNormalized(piece);
    },
    decode: (ids) => Array.from(ids, textOf).join(""),
    decoder: () => ({ write: textOf, flush: () => "" }),
    toJSON: () => ({ kind: "characters", lowercase, vocabulary }),
  };
}

function eachCodePoint(text: string, visit: (code: number) => void): void {
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index)!;
    if (code > 0xffff) index++;
    visit(code);
  }
}
