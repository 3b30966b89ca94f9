/** @file Sentences to tag: the lines of plain text, cut into words, or those of CoNLL-U files, whose words are cut already. */
import type { Encoding } from "../../common/names.js";
import { type StandardInput, unpacked } from "../../corpus/corpus.js";
import { readLines } from "../../corpus/textDecoding.js";
import { formatOf } from "../../corpus/formats/index.js";
import { conlluOf, type ConlluSentence, conlluSentences, formOf } from "../../corpus/formats/conllu.js";
import { fileSource, type ByteSource } from "../../corpus/byteSource.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { wordCutter } from "./wordCutter.js";

/** conllu: as it stands in its file, or as a line of text would stand in one. */
export type Sentence = { words: string[]; conllu: ConlluSentence };

export type SentenceOptions = {
  /** Absent, a file's name says; standard input is plain text. */
  inputFormat?: "text" | "conllu" | undefined;
  encoding?: Encoding;
};

/** One after the other, in constant memory; an empty line is a sentence of no words. @param files paths, or - for standard input */
export async function* sentencesFrom(
  files: readonly string[],
  tokenizer: Tokenizer,
  { inputFormat, encoding }: SentenceOptions,
  standardInput: StandardInput,
): AsyncGenerator<Sentence> {
  const cut = wordCutter(tokenizer);
  for (const file of files) {
    const source = unpacked(file, sourceOnce(file, standardInput));
    if ((inputFormat ?? formatOf(file)) === "conllu") {
      for await (const conllu of conlluSentences(source, encoding)) yield { words: conllu.words.map(formOf), conllu };
    } else {
      for await (const line of readLines(source, encoding)) {
        const words = cut(line);
        yield { words, conllu: conlluOf(line, words) };
      }
    }
  }
}

/** Sentences need reading only once: standard input is not kept. */
const sourceOnce = (file: string, standardInput: StandardInput): ByteSource =>
  file === "-" ? { name: "standard input", bytes: standardInput } : fileSource(file);
