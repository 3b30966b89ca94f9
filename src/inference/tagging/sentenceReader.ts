/** @file Sentences to tag: lines of text or the text column of a table, split into words, or the sentences of CoNLL-U and CoNLL files, which are split already. */
import { isSkipped, isUnreadable, type SkippedRow, type SourceEntry } from "../../corpus/document.js";
import { conllSentences } from "../../corpus/formats/conll.js";
import { conlluOf, type ConlluSentence, conlluSentences, formOf, withoutSpaces } from "../../corpus/formats/conllu.js";
import { entriesOf, openTextSource, type TextEntry, type TextReading } from "../../corpus/readTexts.js";
import type { Like } from "../../corpus/record/likeFormat.js";
import type { ByteSource } from "../../corpus/sources/byteSource.js";
import type { StandardInput } from "../../corpus/sources/namedSource.js";
import type { CorpusOptions, TextOptions } from "../../options/corpusOptions.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { wordReader } from "./wordSplitter.js";

/** source: the sentence of a CoNLL-U file, or a text. */
export type Sentence = { words: readonly string[]; source: ConlluSentence | string };

/** A text whose words are split when they are read; they can be read once. */
export type LongSentence = { words: Iterable<string>; source: string };

/** A sentence with its place; that of a table has its row too. */
export type SentenceEntry = SourceEntry<Sentence | LongSentence> & Pick<TextEntry, "table" | "stored">;

/** A longer text, in code units, is split into words piece by piece. */
const longText = 2 ** 14;

/**
 * The sentences of files in their order, in constant memory but for a table from standard input. An empty line is a sentence without words; a line or row
 * that cannot be read is passed on.
 * @param files paths, or - for standard input
 */
export async function* sentencesFrom(
  files: readonly string[],
  tokenizer: Tokenizer,
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
  reading: TextReading & { like: Like },
): AsyncGenerator<SentenceEntry> {
  const wordsOf = wordReader(tokenizer);
  for (const file of files) {
    const opened = await openTextSource(file, options, standardInput, reading.like);
    const { source, format, encoding } = opened;
    if (format !== "conllu" && format !== "conll") {
      for await (const { entry: text, ...place } of entriesOf(opened, options, reading)) {
        if (isUnreadable(text)) yield { entry: text, ...place };
        else if (text.length > longText) yield { entry: { words: wordsOf(text), source: text }, ...place };
        else yield { entry: { words: [...wordsOf(text)], source: text }, ...place };
      }
      continue;
    }
    for await (const sentence of format === "conllu" ? conlluSentences(source, encoding) : wordRows(source, encoding)) {
      const entry = isSkipped(sentence) ? { ...sentence, source: source.name } : wordsIn(sentence);
      yield { entry, source: source.name, line: isSkipped(sentence) ? sentence.line : sentence.firstLine };
    }
  }
}

const wordsIn = (sentence: ConlluSentence): Sentence => ({ words: sentence.words.map(formOf), source: sentence });

/** The sentences of CoNLL columns; their tags may be missing. */
async function* wordRows(
  source: ByteSource,
  encoding: TextOptions["encoding"],
): AsyncGenerator<ConlluSentence | SkippedRow> {
  for await (const sentence of conllSentences(source, { encoding, textsOnly: true })) {
    if (isSkipped(sentence)) yield sentence;
    else {
      const { words, line } = sentence;
      yield { ...conlluOf(words.map(withoutSpaces).join(" "), words), firstLine: line };
    }
  }
}
