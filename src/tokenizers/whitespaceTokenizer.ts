/** @file Tokens as spaces separate them, for text that is tokenised already, such as the Penn Treebank's. */
import {
  endId,
  specialTokens,
  type Tokenizer,
  type TokenizerKind,
  type TokenizerTrainer,
  type TrainerOptions,
  unknownId,
} from "./tokenizer.js";
import { chunkEnd, codeUnits, isSpaceAt } from "./codeUnits.js";
import { checkedVocabulary, indexOf, lowercased, TokenCounts, unchanged } from "./vocabulary.js";

export const spaces: TokenizerKind = {
  describe: "what spaces separate, for text that is tokenised already",
  defaultVocabulary: Infinity,
  smallestVocabulary: specialTokens.length + 1,
  trainer,
  from: (data) => {
    const { lowercase, vocabulary } = checkedVocabulary(data);
    return spacesTokenizer(vocabulary, lowercase);
  },
};

function trainer({ vocabulary, lowercase }: Required<TrainerOptions>): TokenizerTrainer {
  const normalised = lowercase ? lowercased : unchanged;
  const counts = new TokenCounts();
  return {
    add: (text) => {
      eachToken(codeUnits(normalised(text)), (units, start, end) => counts.add(units, start, end));
    },
    finish: () => {
      const kept = counts.mostFrequent(vocabulary - specialTokens.length);
      return spacesTokenizer([...specialTokens, ...kept], lowercase);
    },
  };
}

/** Decoding puts one space between tokens and none beside a newline. */
function spacesTokenizer(vocabulary: string[], lowercase: boolean): Tokenizer {
  const normalised = lowercase ? lowercased : unchanged;
  const index = indexOf(vocabulary);
  const decoder = () => {
    let atStart = true;
    return {
      write: (id: number): string => {
        const text = id === endId ? "" : (vocabulary[id] ?? specialTokens[unknownId]);
        const space = atStart || text === "\n" || text === "" ? "" : " ";
        atStart = text === "\n" || text === "";
        return space + text;
      },
      flush: () => "",
    };
  };
  return {
    kind: "spaces",
    vocabulary,
    encode: (text) => {
      const ids: number[] = [];
      eachToken(codeUnits(normalised(text)), (units, start, end) => {
        const found = index.find(units, start, end);
        ids.push(found === -1 ? unknownId : found + specialTokens.length);
      });
      return ids;
    },
    decode: (tokens) => Array.from(tokens, decoder().write).join(""),
    decoder,
    toJSON: () => ({ kind: "spaces", lowercase, vocabulary }),
  };
}

/** A newline is a token; other white space only separates. */
function eachToken(units: Uint16Array, visit: (units: Uint16Array, start: number, end: number) => void): void {
  for (let start = 0; start < units.length;) {
    const end = chunkEnd(units, start);
    if (!isSpaceAt(units, start)) visit(units, start, end);
    start = end;
  }
}
