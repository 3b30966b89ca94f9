/** @file The n-gram windows of a corpus, as text. */
import type { Corpus } from "../corpus/document.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { prefixWindows, slidingWindows } from "./ngramWindows.js";

export type TextWindow = { inputs: string[]; target: string };

/** The id that pads a prefix that is shorter than the window. */
const padding = -1;

export type TextWindowOptions = {
  /** Tokens in a window. */
  steps: number;
  /** Whether to include shorter prefixes, padded at the start with "". */
  prefixes: boolean;
};

/** The windows of each document; a stream is one document. Newlines at the end of a document are not tokens. */
export async function* windowsOf(
  corpus: Corpus,
  tokenizer: Tokenizer,
  options: TextWindowOptions,
): AsyncGenerator<TextWindow> {
  for await (const text of wholeTexts(corpus)) yield* textWindows(text, tokenizer, options);
}

/** Windows within a text. Newlines at the end of the text are not tokens. */
export function* textWindows(
  text: string,
  tokenizer: Tokenizer,
  { steps, prefixes }: TextWindowOptions,
): Generator<TextWindow> {
  const show = (id: number): string => (id === padding ? "" : tokenizer.vocabulary[id]!);
  const ids = tokenizer.encode(text.replace(/\n+$/, ""));
  const windows = prefixes ? prefixWindows(ids, steps, padding) : slidingWindows(ids, steps);
  for (const { inputs, target } of windows) yield { inputs: inputs.map(show), target: show(target) };
}

/** The documents, or the joined pieces of a stream. */
async function* wholeTexts(corpus: Corpus): AsyncGenerator<string> {
  let stream = "";
  for await (const { text } of corpus.read()) {
    if (corpus.shape === "documents") yield text;
    else stream += text;
  }
  if (corpus.shape === "stream") yield stream;
}
