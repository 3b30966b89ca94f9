/** @file Generated texts as output: the first sample streams, the others follow in order. */
import type { Piece } from "../inference/generation/generate.js";

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

/** A line of JSON for each text, in order. */
export async function* linesOf(pieces: AsyncIterable<Piece>): AsyncGenerator<string> {
  const texts: string[] = [];
  for await (const { sample, text } of pieces) texts[sample] = (texts[sample] ?? "") + text;
  for (const [index, text] of texts.entries()) yield `${JSON.stringify({ sample: index + 1, text })}\n`;
}

/** The same without the first piece of each text, which is its prompt. */
export async function* withoutPrompts(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  const begun = new Set<number>();
  for await (const piece of pieces) {
    yield begun.has(piece.sample) ? piece : { ...piece, text: "" };
    begun.add(piece.sample);
  }
}
