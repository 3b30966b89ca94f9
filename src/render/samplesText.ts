/** @file Generated texts as output: the first sample streams, the others follow in order. */
import { isUnreadable, type Unreadable } from "../corpus/document.js";
import type { Citation } from "../inference/copying/citation.js";
import type { Piece } from "../inference/generation/generate.js";
import type { GeneratedText } from "../inference/generation/generateEach.js";
import { tsvCell, tsvError } from "./tsvCell.js";

/** The texts, each with a line feed at its end and an empty line between them. */
export async function* textsOf(pieces: AsyncIterable<Piece>): AsyncGenerator<string> {
  const waiting = new Map<number, { text: string; ended: boolean }>();
  let shown = 0; // the sample that streams
  let lineEnded = true;
  for await (const { sample, text, ended } of pieces) {
    const held = waiting.get(sample) ?? { text: "", ended: false };
    waiting.set(sample, { text: held.text + text, ended });
    for (let current = waiting.get(shown); current !== undefined; current = waiting.get(shown)) {
      if (current.text !== "") lineEnded = current.text.endsWith("\n");
      yield current.text;
      waiting.delete(shown);
      if (!current.ended) break;
      yield lineEnded ? "" : "\n";
      shown++;
      if (waiting.has(shown)) yield "\n";
    }
  }
}

/** A line of JSON for each text, in order. @param citationsIn what each text has copied; by default not shown */
export async function* linesOf(
  pieces: AsyncIterable<Piece>,
  citationsIn?: (texts: readonly string[]) => Promise<Citation[]>,
): AsyncGenerator<string> {
  const texts: string[] = [];
  for await (const { sample, text } of pieces) texts[sample] = (texts[sample] ?? "") + text;
  const citations = await citationsIn?.(texts);
  for (const [index, text] of texts.entries())
    yield `${JSON.stringify({ sample: index + 1, text, ...(citations && { copied: citations[index] }) })}\n`;
}

/**
 * A line for each text: prompt and text with escaped line ends, or JSON.
 * @param prompts whether the text begins with its prompt
 */
export async function* textLines(
  texts: AsyncIterable<GeneratedText | Unreadable>,
  { json, prompts }: { json: boolean; prompts: boolean },
): AsyncGenerator<string> {
  for await (const one of texts) {
    if (isUnreadable(one)) {
      const { reason, line } = one;
      yield json ? `${JSON.stringify({ error: reason, line })}\n` : `${tsvError(reason, 1)}\n`;
    } else {
      const { prompt, sample, tokens, score, end } = one;
      const text = prompts ? prompt + one.text : one.text;
      yield json
        ? `${JSON.stringify({ prompt, sample: sample + 1, text, tokens, score, end })}\n`
        : `${tsvCell(text)}\n`;
    }
  }
}

/** Pieces without the first one of each text, which is its prompt. */
export async function* withoutPrompts(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  const begun = new Set<number>();
  for await (const piece of pieces) {
    yield begun.has(piece.sample) ? piece : { ...piece, text: "" };
    begun.add(piece.sample);
  }
}
