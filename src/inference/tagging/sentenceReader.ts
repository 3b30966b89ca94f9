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
import { wordSplitter } from "./wordSplitter.js";

/** conllu: the sentence of the file, or a line of text in the same form. */
export type Sentence = { words: string[]; conllu: ConlluSentence };

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
): AsyncGenerator<Sentence | Unreadable> {
  const splitWords = wordSplitter(tokenizer);
  for (const file of files) {
    const source = unpacked(file, singleUseSource(file, standardInput));
    const format = inputFormat ?? formatOf(file);
    if (format === "conllu") {
      for await (const conllu of conlluSentences(source, encoding)) yield { words: conllu.words.map(formOf), conllu };
    } else if (format === "conll") {
      for await (const { words } of conllSentences(source, encoding))
        yield { words, conllu: conlluOf(words.map(withoutSpaces).join(" "), words) };
    } else {
      for await (const line of eachLine(source, encoding, wholeLines)) {
        if (typeof line !== "string") {
          yield { ...line, source: source.name };
          continue;
        }
        const words = splitWords(line);
        yield { words, conllu: conlluOf(line, words) };
      }
    }
  }
}

/** Sentences are read once, so standard input is not stored. */
const singleUseSource = (file: string, standardInput: StandardInput): ByteSource =>
  file === "-" ? { name: "standard input", bytes: standardInput } : fileSource(file);
