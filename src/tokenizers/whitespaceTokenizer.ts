/** @file Tokens separated by white space, for text that is tokenized already, such as the Penn Treebank. */
import type { Tokenizer, TokenizerDefinition, TokenizerTrainer, TrainerOptions } from "./index.js";
import { endId, specialTokens, unknownId } from "./specialTokens.js";
import { chunkEnd, codeUnits, isSpaceAt, patterns } from "./codeUnits.js";
import { checkedVocabulary, indexOf, lowercased, TokenCounts, unchanged, wholeOf } from "./vocabulary.js";

export const whitespace: TokenizerDefinition = {
  describe: "tokens separated by white space, for text that is tokenized already",
  unit: "words",
  grows: true,
  sampleLength: 30,
  spellCheck: { candidates: "vocabulary", following: 4, afterwards: 4, tried: 8 },
  isSpacing: (token) => token.trim() === "",
  wholeWords: true,
  piecePattern: String.raw`\n|${patterns.space}+|\S+`,
  importTokens: (tokens) => [...tokens],
  trainer,
  from: (data) => {
    const { lowercase, vocabulary } = checkedVocabulary(data);
    return whitespaceTokenizer(vocabulary, lowercase);
  },
};

function trainer({ vocabulary, lowercase }: Required<TrainerOptions>): TokenizerTrainer {
  const normalize = lowercase ? lowercased : unchanged;
  const counts = new TokenCounts();
  return {
    add: (text) => {
      eachToken(codeUnits(normalize(text)), (units, start, end) => counts.add(units, start, end));
    },
    finish: () => {
      const kept = counts.mostFrequent(vocabulary - specialTokens.length);
      return whitespaceTokenizer([...specialTokens, ...kept], lowercase);
    },
  };
}

/** Decoding puts one space between tokens, and none beside a newline. */
function whitespaceTokenizer(vocabulary: string[], lowercase: boolean): Tokenizer {
  const normalize = lowercase ? lowercased : unchanged;
  const index = indexOf(vocabulary);
  const decoder = () => {
    let atStart = true;
    return {
      write: (id: number): string => {
        const text = id === endId ? "" : (vocabulary[id] ?? specialTokens[unknownId]);
        const separator = atStart || text === "\n" || text === "" ? "" : " ";
        atStart = text === "\n" || text === "";
        return separator + text;
      },
      flush: () => "",
    };
  };
  function* encodePieces(text: string, size: number): Generator<number[]> {
    let ids: number[] = [];
    const units = codeUnits(normalize(text));
    for (let start = 0; start < units.length;) {
      const end = chunkEnd(units, start);
      if (!isSpaceAt(units, start)) {
        const found = index.find(units, start, end);
        ids.push(found === -1 ? unknownId : found + specialTokens.length);
      }
      start = end;
      if (ids.length < size) continue;
      yield ids;
      ids = [];
    }
    yield ids;
  }

  return {
    kind: "whitespace",
    vocabulary,
    encode: wholeOf(encodePieces),
    encodePieces,
    decode: (tokens) => Array.from(tokens, decoder().write).join(""),
    decoder,
    toJSON: () => ({ kind: "whitespace", lowercase, vocabulary }),
  };
}

/** A newline is a token; other white space only separates tokens. */
function eachToken(units: Uint16Array, visit: (units: Uint16Array, start: number, end: number) => void): void {
  for (let start = 0; start < units.length;) {
    const end = chunkEnd(units, start);
    if (!isSpaceAt(units, start)) visit(units, start, end);
    start = end;
  }
}
