/** @file The options of generated texts: their defaults, and their checks. */
import type { RandomName } from "../../common/names.js";
import { freshSeed } from "../../common/random.js";
import { wordRange, type WordRange } from "../../options/optionKinds.js";
import { camelCase } from "../../options/option.js";
import { samplingOptions } from "../../options/samplingOptions.js";
import type { TextModel } from "../../model/model.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { allOf } from "./constraint.js";
import type { DistributionOptions } from "./distribution.js";
import { bannedTokens } from "./promptIds.js";
import { checked, checkTemperature, type SamplerValues } from "./samplerChoice.js";
import type { Limits } from "./textLimits.js";
import { tokenOptions, type TokenRules } from "./tokenRules.js";

/** Every field is optional. Fields of samplers (`topK`, `topP`, `samplers` and others) have no default: without a value a sampler is not applied. */
export type GenerationOptions = {
  /** The text that the generated text continues, and begins with; by default empty. */
  prompt?: string | undefined;
  /**
   * Largest number of tokens to generate, from 0; by default 500, or 10,000 with `lines`, `sentences` or `words`. The prompt's tokens do not count. A text of
   * subwords may have up to three more, to end with a whole character.
   */
  maxTokens?: number | undefined;
  /** From 0: 0 takes the most probable token each time, 1 draws with the network's probabilities; by default 0.5. */
  temperature?: number | undefined;
  /** Number of texts, 1 … 1024, each drawn from a random stream of its own; by default 1. */
  numSamples?: number | undefined;
  /** A text ends before the first of these. */
  stop?: string | readonly string[] | undefined;
  /** A text ends after so many lines that have text, from 1. Its prompt does not count. */
  lines?: number | undefined;
  /** A text ends after so many sentences, from 1. Its prompt does not count. */
  sentences?: number | undefined;
  /** As `"20..40"`: a text ends with the first sentence that ends from 20 words on, or after 40 words; a number: after so many words. Its prompt does not count. */
  words?: WordRange | string | number | undefined;
  /** Whether a word that may go on after `maxTokens` is left out; by default only with `lines`, `sentences` or `words`. */
  wholeWords?: boolean | undefined;
  /** A whole number from 0: the same seed gives the same texts; by default a new one each time. */
  seed?: number | undefined;
  /** The random numbers of the draws: by default `"xoroshiro"`; `"numpy"` draws what `np.random.RandomState(seed).choice(n, p=p)` does, for text n with the seed `seed + n`. */
  random?: RandomName | undefined;
  /** Makes what limits the tokens of a text, from the tokens of its prompt; by default all may follow. */
  constraint?: DistributionOptions["constraint"];
} & TokenRules &
  SamplerValues;

/** Options with their defaults. */
export type GenerationSettings = {
  prompt: string;
  maxTokens: number;
  temperature: number;
  numSamples: number;
  stop: GenerationOptions["stop"];
  limits: Limits;
  wholeWords: boolean;
  seed: number;
  random: RandomName;
  constraint: DistributionOptions["constraint"];
  samplers: SamplerValues;
  rules: TokenRules;
};

/** A text that a number of lines, sentences or words ends; a model may never end a line. */
const limitedTokens = 10_000;

/** @throws UserError for an option out of range */
export function generationSettings(options: GenerationOptions): GenerationSettings {
  const { prompt = "", stop, wholeWords, seed = freshSeed(), lines, sentences, words, ...rest } = options;
  const { maxTokens, temperature, numSamples, constraint, random = "xoroshiro", ...others } = rest;
  const { logitBias, ban, drySequenceBreaker, ...samplers } = others;
  checkTemperature(options);
  const limits: Limits = {
    lines: limitOf("lines", lines),
    sentences: limitOf("sentences", sentences),
    words: typeof words === "object" || words === undefined ? words : checked("words", wordRange, words),
  };
  const isLimited = Object.values(limits).some((limit) => limit !== undefined);
  return {
    prompt,
    stop,
    limits,
    samplers,
    constraint,
    rules: { logitBias, ban, drySequenceBreaker },
    wholeWords: wholeWords ?? isLimited,
    maxTokens: valueOf("max-tokens", maxTokens ?? (isLimited ? limitedTokens : undefined)),
    temperature: valueOf("temperature", temperature),
    numSamples: valueOf("num-samples", numSamples),
    seed: checked("seed", samplingOptions.seed, seed),
    random: checked("random", samplingOptions.random, random),
  };
}

const limitOf = (name: "lines" | "sentences", value: number | undefined): number | undefined =>
  value === undefined ? undefined : checked(name, samplingOptions[name], value);

const valueOf = (name: "max-tokens" | "temperature" | "num-samples", value: number | undefined): number =>
  checked(camelCase(name), samplingOptions[name], value ?? samplingOptions[name].default);

/** What the samplers of a model's texts are given. @throws UserError as `novelty` does */
export function samplingOf(
  model: TextModel,
  { samplers, rules, temperature, random, limits, constraint }: GenerationSettings,
): DistributionOptions {
  const endsEarly = (limits.words?.min ?? 0) > 0; // the model may end the document before the least number of words
  const isDry = samplers.dryMultiplier !== undefined;
  const { banned = [], constraint: ban, ...fromTexts } = tokenOptions(model.tokenizer, rules, isDry);
  const excluded = [...bannedTokens(model.document.corpus.shape), ...(endsEarly ? [endId] : []), ...banned];
  const starts = [ban, constraint].filter((start) => start !== undefined);
  return {
    ...samplers,
    ...fromTexts,
    temperature,
    banned: excluded,
    exact: random === "numpy",
    ...(starts.length > 0 && { constraint: (text: readonly number[]) => allOf(starts.map((start) => start(text))) }),
  };
}
