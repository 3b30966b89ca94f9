/** @file The options of generated texts: their defaults, and their checks. */
import { UsageError } from "../../common/errors.js";
import type { RandomName } from "../../common/names.js";
import { freshSeed } from "../../common/random.js";
import { wordRange, type WordRange } from "../../options/optionKinds.js";
import { camelCase } from "../../options/option.js";
import { refuseWithoutEffect } from "../../options/optionEffect.js";
import { samplingOptions } from "../../options/samplingOptions.js";
import type { TextModel } from "../../model/model.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { allOf } from "./constraint.js";
import type { DistributionOptions } from "./distribution.js";
import { bannedTokens } from "./promptIds.js";
import { checked, checkTemperature, samplerOptions, type SamplerValues } from "./samplerChoice.js";
import type { SettingName } from "./samplers.js";
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
  /** From 1 to 1024: so many texts are drawn for each that is returned, the one whose tokens have the highest mean log probability by the model. */
  bestOf?: number | undefined;
  /** Beam search of this width, 1 … 256, in place of draws: the most probable texts, the best first. Samplers and seeds have no effect with it. */
  beams?: number | undefined;
  /** From 0: beams are ranked by log probability / tokens ^ X; by default 1. */
  lengthPenalty?: number | undefined;
  /** Groups of beams that avoid each other's tokens; by default 1. It divides `beams`. */
  beamGroups?: number | undefined;
  /** From 0: what a token's log probability loses for each beam of earlier groups with the token; by default 0.5 with several groups. */
  diversityPenalty?: number | undefined;
  /** A whole number from 0: the same seed gives the same texts; by default a new one each time. */
  seed?: number | undefined;
  /** The random numbers of the draws: by default `"xoroshiro"`; `"numpy"` draws what `np.random.RandomState(seed).choice(n, p=p)` does, for text n with the seed `seed + n`. */
  random?: RandomName | undefined;
  /** Makes what limits the tokens of a text, from the tokens of its prompt; by default all may follow. */
  constraint?: DistributionOptions["constraint"];
} & TokenRules &
  SamplerValues;

/** The options of a beam search. */
export type BeamSettings = { width: number; groups: number; diversity: number; lengthPenalty: number };

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
  bestOf: number | undefined;
  /** Undefined for texts that are drawn. */
  beams: BeamSettings | undefined;
};

/** A text that a number of lines, sentences or words ends; a model may never end a line. */
const limitedTokens = 10_000;

/** @throws UserError for an option out of range */
export function generationSettings(options: GenerationOptions): GenerationSettings {
  const { prompt = "", stop, wholeWords, seed = freshSeed(), lines, sentences, words, ...rest } = options;
  const { maxTokens, temperature, numSamples, constraint, random = "xoroshiro", ...others } = rest;
  const { bestOf: _bestOf, beams: _beams, ...unranked } = others;
  const { lengthPenalty: _penalty, beamGroups: _groups, diversityPenalty: _diversity, ...free } = unranked;
  const { logitBias, ban, drySequenceBreaker, ...samplers } = free;
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
    bestOf: bestOfIn(options),
    beams: beamSettings(options, samplers),
  };
}

/** @throws UsageError beside several texts */
function bestOfIn({ bestOf, numSamples = 1 }: GenerationOptions): number | undefined {
  if (bestOf === undefined) return undefined;
  if (numSamples > 1) throw new UsageError("--best-of prints one text; remove --num-samples or --best-of");
  return checked("bestOf", samplingOptions["best-of"], bestOf);
}

/** @param samplers those that are given @throws UsageError for an option that has no effect, and for groups of different sizes */
function beamSettings(options: GenerationOptions, samplers: SamplerValues): BeamSettings | undefined {
  const { beams, beamGroups = 1, lengthPenalty = 1, numSamples = 1 } = options;
  refuseWithoutEffect(samplingOptions, options, options);
  if (beams === undefined) return undefined;
  const { temperature, seed, random, bestOf, constraint, logitBias, ban, drySequenceBreaker } = options;
  const numbers = Object.keys(samplerOptions).map((name) => [name, samplers[camelCase(name) as SettingName]] as const);
  const drawing = Object.entries({
    temperature,
    seed,
    random,
    "best-of": bestOf,
    [constraints]: constraint,
    "logit-bias": logitBias,
    ban,
    "dry-sequence-breaker": drySequenceBreaker,
    samplers: samplers.samplers ?? samplers.samplerOrder,
    ...Object.fromEntries(numbers),
  });
  const unused = drawing.find(([, value]) => value !== undefined);
  if (unused)
    throw new UsageError(`--${unused[0]} has no effect with --beams, which draws nothing; remove one of them`);
  const width = checked("beams", samplingOptions.beams, beams);
  const groups = checked("beamGroups", samplingOptions["beam-groups"], beamGroups);
  if (width % groups !== 0)
    throw new UsageError(
      `--beams ${width} is not a multiple of --beam-groups ${groups}; the groups have the same size`,
    );
  if (numSamples > width)
    throw new UsageError(
      `--beams ${width} finds ${width} texts at most; give --num-samples ${width} or fewer, or more beams`,
    );
  const { diversityPenalty = groups > 1 ? usualDiversity : 0 } = options;
  const diversity = checked("diversityPenalty", samplingOptions["diversity-penalty"], diversityPenalty);
  return {
    width,
    groups,
    diversity,
    lengthPenalty: checked("lengthPenalty", samplingOptions["length-penalty"], lengthPenalty),
  };
}

/** The options that make a constraint, as a message names them. */
const constraints = "form, --pattern or --novel";

const usualDiversity = 0.5;

const limitOf = (name: "lines" | "sentences", value: number | undefined): number | undefined =>
  value === undefined ? undefined : checked(name, samplingOptions[name], value);

const valueOf = (name: "max-tokens" | "temperature" | "num-samples", value: number | undefined): number =>
  checked(camelCase(name), samplingOptions[name], value ?? samplingOptions[name].default);

/** What the samplers of a model's texts are given. @throws UserError as `tokenOptions` does */
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
