/** @file What a sampler is: it narrows or reweighs the candidates of one draw, by one number or several. */
import type { Candidates } from "./candidates.js";

/** A number that a sampler takes. */
export type SamplerSetting = {
  /** One line for `rnn generate --help`. */
  describe: string;
  /** The valid values: `from` and `to` are included, `above` is not. */
  range: { from?: number; above?: number; to?: number };
  /** Whether its value is a whole number. */
  integer?: boolean;
  /** Of a number that refines a sampler: a number without a default turns the sampler on. */
  default?: number;
  /** Other names of the option. */
  aliases?: readonly string[];
};

/** What a sampler may read beside the candidates. */
export type DrawContext = {
  /** The tokens of the text so far, the prompt's first. */
  text: readonly number[];
  /** Uniform in [0, 1), independent of the number that chooses the token. */
  chance: number;
  /** Sequences of tokens over which no repetition extends. */
  breakers: readonly (readonly number[])[];
  /** What samplers keep from draw to draw of one text. */
  memory: Map<string, number>;
};

type Input = {
  /** Whether it reads the candidates' `logits` and not their `weights`. */
  readsLogits?: boolean;
};

/** A sampler with one number. */
export type Sampler = SamplerSetting &
  Input & {
    /**
     * Moves the ids to keep to the start of `ids` and returns their number, at least 1. It may also change the weights, or with `readsLogits` the
     * logits.
     * @param value the option's value, inside the range
     */
    apply: (candidates: Candidates, value: number, context: DrawContext) => number;
  };

/** A sampler with several numbers, each an option of its own. */
export type SamplerOfSettings = Input & {
  settings: Readonly<Record<string, SamplerSetting>>;
  /** Whether it is applied before all others, in any order of these. */
  isFirst?: boolean;
  /** Whether it never changes weights or logits. */
  onlyRemoves?: boolean;
  /** Whether it changes nothing but logits of tokens of the text. */
  onlyTokensOfText?: boolean;
  /** @param values by name: of numbers without a value or default NaN; `temperature` for every sampler */
  apply: (candidates: Candidates, values: Readonly<Record<string, number>>, context: DrawContext) => number;
  /** Called after a draw. @param probability of the drawn token, among those that stayed */
  drawn?: (probability: number, values: Readonly<Record<string, number>>, context: DrawContext) => void;
};
