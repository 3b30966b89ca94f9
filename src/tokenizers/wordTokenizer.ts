/** @file Words and punctuation marks, with tokens for unusual spaces, so that decoding restores the text. */
import * as v from "valibot";
import { UserError } from "../common/errors.js";
import type { Tokenizer, TokenizerDefinition, TokenizerTrainer, TrainerOptions } from "./index.js";
import { endId, specialTokens, unknownId } from "./specialTokens.js";
import { codeUnits, isSpaceAt, passingCodeUnits, patterns, wordEnd } from "./codeUnits.js";
import { Spacing, traitsOf } from "./spacing.js";
import { checkedTokenizer, checkedVocabulary, indexOf, lowercased, TokenCounts, unchanged } from "./vocabulary.js";

/** The tokens after the special ones: `<join>` for no space where one is expected, and " " for a space where none is expected. */
const spacingTokens = ["<join>", " "] as const;
const joinId = 2;
const spaceId = 3;
const firstWord = specialTokens.length + spacingTokens.length;

const piecesOf = (character: string, digit: string, marks: string): string =>
  [
    String.raw`\n`,
    `${patterns.space}+`,
    String.raw`(?:${character})+(?:(?:['’_-]|(?<=${digit})[.,:](?=${digit}))(?:${character})+)*`,
    String.raw`[\s\S](?:[\p{M}\p{Emoji_Modifier}${marks}]|\u200D\S)*`,
  ].join("|");
const pieces = piecesOf(patterns.wordCharacter, patterns.digit, "");
const clusterPieces = piecesOf(patterns.wordCharacterBesideClusters, patterns.digitBesideClusters, patterns.amVowels);

export const words: TokenizerDefinition = {
  describe: "words and punctuation marks",
  unit: "words",
  grows: true,
  defaultVocabulary: 20_000,
  smallestVocabulary: firstWord + 1,
  sampleLength: 35,
  spellCheck: { candidates: "vocabulary", following: 4, afterwards: 4, tried: 8 },
  isSpacing: (token) => token === spacingTokens[0] || token.trim() === "",
  wholeWords: true,
  piecePattern: ({ clusters }) => (clusters === true ? clusterPieces : pieces),
  trainer,
  from: (data) => {
    const { clusters, ...own } = data;
    const { lowercase, vocabulary } = checkedVocabulary(own);
    if (vocabulary[joinId] !== spacingTokens[0] || vocabulary[spaceId] !== spacingTokens[1]) {
      throw new UserError(
        "the tokenizer's vocabulary is damaged: expected the spacing tokens after the special tokens",
      );
    }
    return wordsTokenizer(vocabulary, lowercase, checkedTokenizer(clustersSchema, clusters));
  },
  importTokens: (tokens) => {
    const missing = spacingTokens.find((token) => !tokens.includes(token));
    if (missing === undefined) {
      return [...spacingTokens, ...tokens.filter((token) => !(spacingTokens as readonly string[]).includes(token))];
    }
    throw new UserError(
      `the token ${JSON.stringify(missing)} is missing, by which --tokenizer words keeps spaces; --tokenizer whitespace works without it`,
    );
  },
};

/** Absent in checkpoints of earlier versions. */
const clustersSchema = v.optional(v.boolean(), false);

function trainer({ vocabulary, lowercase, clusters }: Required<TrainerOptions>): TokenizerTrainer {
  const normalize = lowercase ? lowercased : unchanged;
  const counts = new TokenCounts();
  return {
    add: (text) => {
      const units = codeUnits(normalize(text));
      for (let start = 0; start < units.length;) {
        const end = wordEnd(units, start, clusters);
        if (end - start > 1 || units[start] !== 0x20) counts.add(units, start, end);
        start = end;
      }
    },
    finish: () => {
      const kept = counts.mostFrequent(vocabulary - firstWord);
      return wordsTokenizer([...specialTokens, ...spacingTokens, ...kept], lowercase, clusters);
    },
  };
}

/** Traits that no token has. Traits are computed at their first use, since a text may have few of the tokens. */
const notComputed = 0xff;

function wordsTokenizer(vocabulary: string[], lowercase: boolean, clusters: boolean): Tokenizer {
  const normalize = lowercase ? lowercased : unchanged;
  const index = indexOf(vocabulary);
  const traits = new Uint8Array(vocabulary.length).fill(notComputed);
  const traitsAt = (id: number): number => {
    if (traits[id] === notComputed) traits[id] = id < firstWord ? 0 : traitsOf(vocabulary[id]!, clusters);
    return traits[id]!;
  };

  /** Reads the tokens of a text. @returns a function that gives about a number of them, and then the rest; nothing after that */
  const reader = (units: Uint16Array): ((size: number) => number[]) => {
    const spacing = new Spacing(traitsAt);
    let start = 0;
    let gap = 0; // the start of white space that is not encoded yet
    return (size) => {
      const ids: number[] = [];
      while (start < units.length && ids.length < size) {
        const end = wordEnd(units, start, clusters);
        if (!isSpaceAt(units, start)) {
          const id = idAt(units, start, end) ?? unknownId;
          const expected = spacing.expectsSpace(id);
          if (gap === start) {
            if (expected) ids.push(joinId);
          } else if (!expected || start - gap > 1 || units[gap] !== 0x20) pushGap(ids, units, gap, start);
          spacing.advance(id, gap < start);
          ids.push(id);
          gap = end;
        }
        start = end;
      }
      if (ids.length < size && gap < units.length) {
        pushGap(ids, units, gap, units.length);
        gap = units.length;
      }
      return ids;
    };
  };

  const idAt = (units: Uint16Array, start: number, end: number): number | undefined => {
    const found = index.find(units, start, end);
    return found === -1 ? undefined : found + specialTokens.length;
  };

  /** White space that the vocabulary lacks is encoded by character. */
  const pushGap = (ids: number[], units: Uint16Array, start: number, end: number): void => {
    const id = idAt(units, start, end);
    if (id !== undefined) ids.push(id);
    else for (let at = start; at < end; at++) ids.push(idAt(units, at, at + 1) ?? unknownId);
  };

  const decoder = () => {
    let spacing = new Spacing(traitsAt);
    let gap: string | undefined; // white space since the last word, if it has tokens
    return {
      write: (id: number): string => {
        if (id === endId) {
          spacing = new Spacing(traitsAt);
          gap = undefined;
          return "";
        }
        const token = vocabulary[id] ?? specialTokens[unknownId];
        if (id === joinId || (token.trim() === "" && token !== "\n")) {
          const written = id === joinId ? "" : token;
          gap = (gap ?? "") + written;
          return written;
        }
        const space = gap === undefined && spacing.expectsSpace(id);
        spacing.advance(id, gap === undefined ? space : gap !== "");
        gap = undefined;
        return space ? ` ${token}` : token;
      },
      flush: () => "",
    };
  };

  return {
    kind: "words",
    vocabulary,
    encode: (text) => reader(passingCodeUnits(text, lowercase))(Infinity),
    *encodePieces(text, size) {
      const read = reader(codeUnits(normalize(text)));
      for (let ids = read(size); ids.length > 0; ids = read(size)) yield ids;
    },
    decode: (ids) => Array.from(ids, decoder().write).join(""),
    decoder,
    toJSON: () => ({ kind: "words", lowercase, ...(clusters && { clusters }), vocabulary }),
  };
}
