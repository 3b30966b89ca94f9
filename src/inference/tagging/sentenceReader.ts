/** @file Sentences to tag: the lines of plain text, split into words, or the sentences of CoNLL-U files, which are split already. */
import type { EncodingOption } from "../../common/names.js";
import { type StandardInput, unpacked } from "../../corpus/namedSource.js";
import type { Unreadable } from "../../corpus/document.js";
import { eachLine } from "../../corpus/eachLine.js";
import { wholeLines } from "../../corpus/readTexts.js";
import { formatOf } from "../../corpus/formats/index.js";
import { conllSentences } from "../../corpus/formats/conll.js";
import { conlluOf, type ConlluSentence, conlluSentences, formOf, withoutSpaces } from "../../corpus/formats/conllu.js";
import { fileSource, type ByteSource } from "../../corpus/byteSource.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { wordReader } from "./wordSplitter.js";

/** source: the sentence of a CoNLL-U file, or a line of text. */
export type Sentence = { words: readonly string[]; source: ConlluSentence | string };

/** A line of text whose words are split when they are read; they can be read once. */
export type LongSentence = { words: Iterable<string>; source: string };

/** A longer line, in code units, is split into words piece by piece. */
const longLine = 2 ** 14;

export type SentenceOptions = {
  /** By default the format of the file's extension; plain text for standard input. */
  inputFormat?: "text" | "conllu" | undefined;
  encoding?: EncodingOption;
};

/**
 * The sentences of files in their order, in constant memory. An empty line is a sentence without words; a line that cannot be read is passed on.
 * @param files paths, or - for standard input
 */
export async function* sentencesFrom(
  files: readonly string[],
  tokenizer: Tokenizer,
  { inputFormat, encoding }: SentenceOptions,
  standardInput: StandardInput,
): AsyncGenerator<Sentence | LongSentence | Unreadable> {
  const wordsOf = wordReader(tokenizer);
  for (const file of files) {
    const source = unpacked(file, singleUseSource(file, standardInput));
    const format = inputFormat ?? formatOf(file);
    if (format === "conllu") {
      for await (const conllu of conlluSentences(source, encoding))
        yield { words: conllu.words.map(formOf), source: conllu };
    } else if (format === "conll") {
      for await (const { words } of conllSentences(source, encoding))
        yield { words, source: conlluOf(words.map(withoutSpaces).join(" "), words) };
    } else {
      for await (const line of eachLine(source, encoding, wholeLines)) {
        if (typeof line !== "string") yield { ...line, source: source.name };
        else if (line.length > longLine) yield { words: wordsOf(line), source: line };
        else yield { words: [...wordsOf(line)], source: line };
      }
    }
  }
}

/** Sentences are read once, so standard input is not stored. */
const singleUseSource = (file: string, standardInput: StandardInput): ByteSource =>
  file === "-" ? { name: "standard input", bytes: standardInput } : fileSource(file);
