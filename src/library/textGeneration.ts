/** @file Generators from the library: new text, and the tokens that a generator expects. */
import type { GenerationOptions, Piece } from "../inference/generation/generate.js";
import { generatePieces } from "../inference/generation/generatePieces.js";
import { type GeneratedText, generateEach as generateTexts } from "../inference/generation/generateEach.js";
import { logprobs as logprobsOf, type NextTokens } from "../inference/generation/logprobs.js";
import { samplerOptions } from "../inference/generation/samplerChoice.js";
import { isUnreadable } from "../corpus/document.js";
import type { Engine, TextModel } from "../model/model.js";
import { type ConstraintOptions, constraintsOf } from "../inference/textConstraints.js";
import { samplingOptions } from "../options/samplingOptions.js";
import { checkNames, eachText, type ModelSource, type Texts, withModel } from "./libraryInputs.js";
import { listStream, ResultStream } from "./resultStream.js";

export type GenerateOptions = Omit<GenerationOptions, "constraint"> & ConstraintOptions & Engine;

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
    return withModel(model, "generator", { backend, threads }, async function* (loaded) {
      yield* generatePieces(loaded, await limited(loaded, options));
    });
  };
  return new ResultStream(start, textsOf);
}

/** Options of `generateEach`: those of `generate`, whose prompt stands elsewhere. */
export type GenerateEachOptions = Omit<GenerateOptions, "prompt">;

/**
 * Generates a text after each of many prompts, in their order; several go through the model at the same time, so that it takes a fraction of the time of
 * `generate` for each:
 *
 *     for await (const { prompt, text, score } of generateEach("storyteller", lines, { lines: 1, seed: 1 })) console.log(prompt + text, score);
 *
 * With a seed, a prompt has the same text in any company.
 * @param prompts one, several or an iterable, which may be endless
 * @throws UserError as `generate` does
 */
export function generateEach(
  model: ModelSource<"generator">,
  prompts: Texts,
  { backend, threads, ...options }: GenerateEachOptions = {},
): ResultStream<GeneratedText> {
  return listStream(() => {
    checkNames({ ...samplingOptions, ...samplerOptions, samplers: null, samplerOrder: null }, options);
    return withModel(model, "generator", { backend, threads }, (loaded) => textsAfter(loaded, prompts, options));
  });
}

async function* textsAfter(
  model: TextModel,
  prompts: Texts,
  options: GenerateEachOptions,
): AsyncGenerator<GeneratedText> {
  const settings = await limited(model, options);
  for await (const text of generateTexts(model, eachText(prompts), settings)) if (!isUnreadable(text)) yield text;
}

/** The options with what limits the tokens of a text. @throws UserError as `constraintsOf` */
async function limited<Options extends ConstraintOptions>(
  model: TextModel,
  { novel, form, pattern, ...options }: Options,
): Promise<Omit<Options, "novel" | "form" | "pattern"> & Pick<GenerationOptions, "constraint" | "lines">> {
  return { ...options, ...(await constraintsOf(model, { novel, form, pattern, lines: options.lines })) };
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
