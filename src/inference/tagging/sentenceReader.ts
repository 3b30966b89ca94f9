/** @file Sentences to tag: the lines of plain text, split into words, or the sentences of CoNLL-U and CoNLL files, which are split already. */
import { UserError } from "../../common/errors.js";
import type { EncodingOption } from "../../common/names.js";
import { type StandardInput, unpacked } from "../../corpus/sources/namedSource.js";
import { formatFor } from "../../corpus/detection.js";
import { isSkipped, type Unreadable } from "../../corpus/document.js";
import { noteEncoding } from "../../corpus/record/likeFormat.js";
import { eachLine } from "../../corpus/eachLine.js";
import { wholeLines } from "../../corpus/readTexts.js";
import { conllSentences } from "../../corpus/formats/conll.js";
import { conlluOf, type ConlluSentence, conlluSentences, formOf, withoutSpaces } from "../../corpus/formats/conllu.js";
import { fileSource, type ByteSource, peeked } from "../../corpus/sources/byteSource.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { wordReader } from "./wordSplitter.js";

/** source: the sentence of a CoNLL-U file, or a line of text. */
export type Sentence = { words: readonly string[]; source: ConlluSentence | string };

/** A line of text whose words are split when they are read; they can be read once. */
export type LongSentence = { words: Iterable<string>; source: string };

/** A longer line, in code units, is split into words piece by piece. */
const longLine = 2 ** 14;

export type SentenceOptions = {
  /** By default the format of the first lines, or of the file's name. */
  inputFormat?: "text" | "conllu" | "conll" | undefined;
  encoding?: EncodingOption;
  /** Called with an encoding that is detected and is not UTF-8. */
  onNote?: (note: string) => void;
};

/**
 * The sentences of files in their order, in constant memory. An empty line is a sentence without words; a line that cannot be read is passed on.
 * @param files paths, or - for standard input
 */
export async function* sentencesFrom(
  files: readonly string[],
  tokenizer: Tokenizer,
  { inputFormat, encoding, onNote }: SentenceOptions,
  standardInput: StandardInput,
): AsyncGenerator<Sentence | LongSentence | Unreadable> {
  const wordsOf = wordReader(tokenizer);
  for (const file of files) {
    const { first, source } = await peeked(unpacked(file, singleUseSource(file, standardInput)));
    const format = inputFormat ?? (await formatFor(file, first).catch(textIfNotText));
    if (format === "conllu") {
      for await (const conllu of conlluSentences(source, encoding)) {
        if (isSkipped(conllu)) yield { ...conllu, source: source.name };
        else yield { words: conllu.words.map(formOf), source: conllu };
      }
    } else if (format === "conll") {
      for await (const sentence of conllSentences(source, encoding === undefined ? {} : { encoding })) {
        if (isSkipped(sentence)) yield { ...sentence, source: source.name };
        else {
          const { words } = sentence;
          yield { words, source: conlluOf(words.map(withoutSpaces).join(" "), words) };
        }
      }
    } else {
      const lines = eachLine(source, encoding, wholeLines, (found) => noteEncoding(source.name, found, { onNote }));
      for await (const line of lines) {
        if (typeof line !== "string") yield { ...line, source: source.name };
        else if (line.length > longLine) yield { words: wordsOf(line), source: line };
        else yield { words: [...wordsOf(line)], source: line };
      }
    }
  }
}

/** Lines that are not text are bad rows. */
function textIfNotText(error: unknown): "text" {
  if (error instanceof UserError) return "text";
  throw error;
}

/** Sentences are read once, so standard input is not stored. */
const singleUseSource = (file: string, standardInput: StandardInput): ByteSource =>
  file === "-" ? { name: "standard input", bytes: standardInput } : fileSource(file);
