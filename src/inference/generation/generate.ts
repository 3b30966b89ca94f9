/** @file New text from a generator, piece by piece. */
import type { TextModel } from "../../model/model.js";
import { type GenerationOptions, generationSettings, samplingOf } from "./generationSettings.js";
import { promptIds } from "./promptIds.js";
import { sampleRandom } from "./sampleRandom.js";
import { type TextEnd, TextWriter } from "./textWriter.js";
import { modelTokenSource } from "./tokenSource.js";

export type { GenerationOptions } from "./generationSettings.js";

/** A part of one of the texts, and how many tokens were drawn for it; `ended` is true for a text's last piece, and `end` says why it ended. */
export type Piece = { sample: number; text: string; tokens: number; ended: boolean; end?: TextEnd };

/**
 * Draws texts, a few tokens at a time; the first piece of each text is the prompt. A text ends after `maxTokens` tokens, before a stop
 * text, or where the model ends a document. The same model, options and seed give the same texts, and a text does not depend on the number
 * of texts.
 * @param onPromptRead called while a prompt of many tokens is read, and when it is read
 * @throws UserError for an option out of range, for an unknown sampler, and for logits that are not finite
 */
export async function* generate(
  model: TextModel,
  options: GenerationOptions = {},
  onPromptRead?: (read: number, tokens: number) => void,
): AsyncGenerator<Piece> {
  const { tokenizer, recipe } = model;
  const { shape } = model.document.corpus;
  const settings = generationSettings(options);
  const { prompt, numSamples: rows, random, seed } = settings;
  const encoded = tokenizer.encode(prompt);
  const ids = promptIds(tokenizer, shape, encoded);
  const writers = Array.from({ length: rows }, (_, sample) => {
    const uniforms = sampleRandom(random, seed, sample);
    return new TextWriter(tokenizer, encoded, { ...settings, sample, random: uniforms });
  });
  const onRead = onPromptRead && ((read: number) => onPromptRead(read, ids.length));
  const read = { ids, text: encoded, rows, window: recipe.sequenceLength, onRead };
  const source = modelTokenSource(model, samplingOf(model, settings), read);
  onRead?.(ids.length);
  try {
    for (const { sample, end } of writers) yield piece(sample, prompt, 0, end);
    const pace = new Pace();
    while (writers.some(({ end }) => !end)) {
      const steps = Math.min(pace.steps, ...writers.map(({ left }) => left).filter((left) => left > 0));
      const uniforms = Float64Array.from({ length: steps * rows }, (_, index) => writers[index % rows]!.random());
      const tokens = pace.measure(() => source.next(uniforms)); // [steps, rows]
      for (const writer of writers) if (!writer.end) yield written(writer, tokens, rows);
    }
  } finally {
    source.dispose();
  }
}

/** The next piece of a text. @param tokens [steps, rows], of which one column is the text's */
function written(writer: TextWriter, tokens: Int32Array, rows: number): Piece {
  const { sample } = writer;
  const before = writer.tokens;
  let text = "";
  for (let index = sample; index < tokens.length && !writer.end; index += rows) text += writer.write(tokens[index]!);
  return piece(sample, text, writer.tokens - before, writer.end);
}

export const piece = (sample: number, text: string, tokens: number, end: TextEnd | null): Piece => ({
  sample,
  text,
  tokens,
  ended: end !== null,
  ...(end && { end }),
});

/** The number of tokens that one call draws: as many as take about `maxDrawMs`, so that the text appears steadily. */
class Pace {
  steps = 1;

  /** Runs a call that draws `steps` tokens, and adapts `steps` to its duration. */
  measure<Result>(drawSteps: () => Result): Result {
    const start = performance.now();
    const result = drawSteps();
    const elapsedMs = performance.now() - start;
    if (elapsedMs < maxDrawMs / 2) this.steps *= 2;
    else if (elapsedMs > maxDrawMs) this.steps = Math.max(1, Math.floor((this.steps * maxDrawMs) / elapsedMs));
    return result;
  }
}

const maxDrawMs = 4;
