/** @file Characters: the code points of Unicode, so that an emoji is never cut in halves. */
import { UserError } from "../common/errors.js";
import {
  endId,
  specialTokens,
  type Tokenizer,
  type TokenizerKind,
  type TokenizerTrainer,
  type TrainerOptions,
  unknownId,
} from "./tokenizer.js";
import { checkedVocabulary, lowercased, unchanged } from "./vocabulary.js";

const basicPlane = 0x10000; // code points, those of most texts

export const characters: TokenizerKind = {
  describe: "each character a token",
  defaultVocabulary: Infinity,
  smallestVocabulary: specialTokens.length + 1,
  trainer,
  from: (data) => {
    const { lowercase, vocabulary } = checkedVocabulary(data);
    const wrong = vocabulary.slice(specialTokens.length).find((token) => Array.from(token).length !== 1);
    if (wrong !== undefined)
      throw new UserError(`the tokenizer's vocabulary is damaged: ${wrong} is not one character`);
    return charactersTokenizer(vocabulary, lowercase);
  },
};

function trainer({ vocabulary, lowercase }: Required<TrainerOptions>): TokenizerTrainer {
  const normalised = lowercase ? lowercased : unchanged;
  const counts = new Float64Array(basicPlane); // of each code point
  const beyond = new Map<number, number>(); // of those outside the plane
  const countOf = (code: number): number => counts[code] ?? beyond.get(code) ?? 0;
  return {
    add: (text) =>
      eachCodePoint(normalised(text), (code) => {
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
  const normalised = lowercase ? lowercased : unchanged;
  const largest = vocabulary
    .slice(specialTokens.length)
    .reduce((most, token) => Math.max(most, token.codePointAt(0)!), 0);
  const idOf = new Int32Array(largest + 1).fill(unknownId); // of each code point
  for (let id = specialTokens.length; id < vocabulary.length; id++) idOf[vocabulary[id]!.codePointAt(0)!] = id;
  const textOf = (id: number): string => (id === endId ? "" : (vocabulary[id] ?? specialTokens[unknownId]));

  return {
    kind: "characters",
    vocabulary,
    encode: (text) => {
      const ids: number[] = [];
      eachCodePoint(normalised(text), (code) => {
        ids.push(code <= largest ? idOf[code]! : unknownId);
      });
      return ids;
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
