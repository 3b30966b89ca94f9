/** @file New text piece by piece: as it is drawn, or at once if it is chosen among several. */
import { isUnreadable } from "../../corpus/document.js";
import type { TextModel } from "../../model/model.js";
import { generate, type GenerationOptions, type Piece, piece } from "./generate.js";

/** As `generate`; the texts of a beam search, and the best of several, are pieces of their own after their prompts. @throws UserError as `generate` does */
export async function* generatePieces(
  model: TextModel,
  options: GenerationOptions = {},
  onPromptRead?: (read: number, tokens: number) => void,
): AsyncGenerator<Piece> {
  if (options.beams === undefined && options.bestOf === undefined) yield* generate(model, options, onPromptRead);
  else yield* chosenPieces(model, options);
}

async function* chosenPieces(model: TextModel, { prompt = "", ...options }: GenerationOptions): AsyncGenerator<Piece> {
  const { generateEach } = await import("./generateEach.js");
  for await (const one of generateEach(model, each([prompt]), options)) {
    if (isUnreadable(one)) continue; // prompts that are given can be read
    const { sample, text, tokens, end } = one;
    yield piece(sample, prompt, 0, null);
    yield piece(sample, text, tokens, end);
  }
}

// oxlint-disable-next-line typescript/require-await -- the prompts of `generateEach` may take time
async function* each<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
