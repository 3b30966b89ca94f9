/** @file Scores of text from the library: its probability, and its likely misspellings. */
import { type CheckedLine, findMisspellings } from "../inference/scoring/misspellings.js";
import { adaptationFor, type AdaptationOptions, isAdaptive } from "../evaluation/adaptationSettings.js";
import { scoreAdaptedLines } from "../inference/scoring/adaptedScores.js";
import { type LineScore, scoreLines } from "../inference/scoring/scoreLines.js";
import type { Engine } from "../model/model.js";
import { suspectOptions } from "../options/options.js";
import { readAdaptationOptions } from "./adaptationInputs.js";
import { eachText, type ModelSource, type Texts, withModel } from "./libraryInputs.js";
import { listStream, type ResultStream } from "./resultStream.js";

export type ScoreOptions = Engine & AdaptationOptions;

/**
 * The probability of each text under a generator, as a line or a document of its own. With a neural cache or dynamic evaluation each text is read after those before it.
 * @returns for each text, in order: its perplexity, its negative log-likelihood in nats with its end included, and the probability of each token
 * @throws UserError for a model that is not a generator
 */
export const score = (
  model: ModelSource<"generator">,
  texts: Texts,
  { neuralCache, cacheTheta, cacheWeight, dynamic, ...engine }: ScoreOptions = {},
): ResultStream<LineScore> =>
  listStream(() =>
    withModel(model, "generator", engine, async function* (loaded) {
      const options = readAdaptationOptions({ neuralCache, cacheTheta, cacheWeight, dynamic });
      const scores = isAdaptive(options)
        ? scoreAdaptedLines(loaded, eachText(texts), await adaptationFor(loaded, options))
        : scoreLines(loaded, eachText(texts));
      for await (const { tokens, ...totals } of scores)
        yield { ...totals, tokens: Array.isArray(tokens) ? tokens : [...tokens] };
    }),
  );

export type MisspellingOptions = Engine & {
  /** Nats by which another spelling must make the text more likely, from 0; a larger threshold finds fewer words. Default: 8. */
  threshold?: number | undefined;
};

/**
 * The words of each text that a generator finds less likely than another spelling of them.
 * @returns for each text, in order, its misspelled words with the spellings that fit better, best first
 * @throws UserError for a model that is not a generator
 */
export const misspellings = (
  model: ModelSource<"generator">,
  texts: Texts,
  { threshold = suspectOptions.threshold.default, ...engine }: MisspellingOptions = {},
): ResultStream<CheckedLine> =>
  listStream(() =>
    withModel(model, "generator", engine, (loaded) => findMisspellings(loaded, eachText(texts), { threshold })),
  );
