/** @file Generators from the library: new text, and the tokens that a generator expects. */
import { generate as generatePieces, type GenerationOptions, type Piece } from "../inference/generation/generate.js";
import { logprobs as logprobsOf, type NextTokens } from "../inference/generation/logprobs.js";
import { samplerOptions } from "../inference/generation/samplerChoice.js";
import type { Engine } from "../model/model.js";
import { samplingOptions } from "../options/samplingOptions.js";
import { checkNames, type ModelSource, withModel } from "./libraryInputs.js";
import { listStream, ResultStream } from "./resultStream.js";

export type GenerateOptions = GenerationOptions & Engine;

/**
 * Generates new text. Iterate for pieces as they are generated, or await the whole texts, each with its prompt:
 *
 *     const [text] = await generate("storyteller", { prompt: "Once", maxTokens: 100 });
 *     for await (const { text } of generate("storyteller", { prompt: "Once" })) process.stdout.write(text);
 *
 * A text ends after `maxTokens` tokens, before a stop text, or where the model ends a document.
 * @throws UserError for an option out of its range, for an unknown sampler, and for a model that is not a generator
 */
export function generate(
  model: ModelSource<"generator">,
  { backend, threads, ...options }: GenerateOptions = {},
): ResultStream<Piece, string[]> {
  const start = (): AsyncGenerator<Piece> => {
    checkNames({ ...samplingOptions, ...samplerOptions, samplers: null, samplerOrder: null }, options);
    return withModel(model, "generator", { backend, threads }, (loaded) => generatePieces(loaded, options));
  };
  return new ResultStream(start, textsOf);
}

async function textsOf(pieces: AsyncIterable<Piece>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { sample, text } of pieces) texts[sample] = (texts[sample] ?? "") + text;
  return texts;
}

/**
 * The most likely next tokens after each token of a text, with their probabilities at temperature 1. For an empty text, the most likely first tokens.
 * @param options.top the number of next tokens, from 1; default: 5
 * @throws UserError for a model that is not a generator
 */
export const logprobs = (
  model: ModelSource<"generator">,
  text: string,
  { top = 5, ...engine }: Engine & { top?: number | undefined } = {},
): ResultStream<NextTokens> =>
  listStream(() => withModel(model, "generator", engine, (loaded) => logprobsOf(loaded, text, top)));
