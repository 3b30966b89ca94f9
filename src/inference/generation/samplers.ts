/**
 * @file The samplers. An entry of `samplers` defines one completely: its command-line options, its fields in `GenerationOptions` and the checks of their
 * values derive from it. Names and definitions are llama.cpp's.
 */
import type { SamplerOfSettings } from "./sampler.js";
import { dry, noRepeatNgram, penalize } from "./penalties.js";
import { dynamicTemperature, temper } from "./temperatures.js";
import { adaptedSurprise, minP, mirostat, topK, topNSigma, topP, typicalP, xtc } from "./truncations.js";

const orElse = (value: number, neutral: number): number => (Number.isNaN(value) ? neutral : value);

/**
 * The samplers that come with rnn, in the order in which they are applied unless another one is given. Of equally probable tokens, those with lower
 * ids stay.
 */
export const samplers = {
  noRepeatNgram: {
    settings: {
      noRepeatNgram: {
        describe: "never repeat N tokens of the text, the prompt included",
        range: { from: 1 },
        integer: true,
      },
    },
    isFirst: true,
    readsLogits: true,
    onlyRemoves: true,
    apply: (candidates, { noRepeatNgram: n }, { text }) => noRepeatNgram(candidates, text, n!),
  },

  penalties: {
    settings: {
      repeatPenalty: {
        describe: "divide positive logits of tokens among the last ones by X, multiply negative ones; 1 is none",
        range: { above: 0 },
      },
      presencePenalty: { describe: "subtract X from the logits of tokens among the last ones", range: {} },
      frequencyPenalty: {
        describe: "subtract X from the logits of tokens for each time that they are among the last ones",
        range: {},
      },
      repeatLastN: {
        describe: "number of last tokens that the penalties count; -1 for all",
        range: { from: -1 },
        integer: true,
        default: 64,
      },
    },
    readsLogits: true,
    onlyTokensOfText: true,
    apply: (candidates, { repeatPenalty, presencePenalty, frequencyPenalty, repeatLastN }, { text }) => {
      penalize(candidates, text, {
        repeat: orElse(repeatPenalty!, 1),
        presence: orElse(presencePenalty!, 0),
        frequency: orElse(frequencyPenalty!, 0),
        lastN: repeatLastN!,
      });
      return candidates.count;
    },
  },

  dry: {
    settings: {
      dryMultiplier: {
        describe:
          "DRY: lower the logit of a token that would continue a repetition of L tokens by X * base^(L - allowed length)",
        range: { from: 0 },
      },
      dryBase: { describe: "DRY: growth of the penalty with each repeated token", range: { from: 1 }, default: 1.75 },
      dryAllowedLength: {
        describe: "DRY: tokens of a repetition that cost nothing",
        range: { from: 0 },
        integer: true,
        default: 2,
      },
      dryPenaltyLastN: {
        describe: "DRY: number of last tokens to search for repetitions; -1 for all",
        range: { from: -1 },
        integer: true,
        default: -1,
      },
    },
    readsLogits: true,
    onlyTokensOfText: true,
    apply: (candidates, { dryMultiplier, dryBase, dryAllowedLength, dryPenaltyLastN }, { text, breakers }) => {
      dry(candidates, text, {
        multiplier: dryMultiplier!,
        base: dryBase!,
        allowedLength: dryAllowedLength!,
        lastN: dryPenaltyLastN!,
        breakers,
      });
      return candidates.count;
    },
  },

  topNSigma: {
    settings: {
      topNSigma: {
        describe: "sample from the tokens whose logits are at most X standard deviations below the largest one",
        range: { above: 0 },
        aliases: ["top-nsigma"],
      },
    },
    readsLogits: true,
    onlyRemoves: true,
    apply: (candidates, { topNSigma: n }) => topNSigma(candidates, n!),
  },

  /** Its number, `temperature`, is an option of every draw; these make it depend on the entropy. */
  temperature: {
    settings: {
      dynatempRange: {
        describe: "vary the temperature by up to X, with the entropy of the probabilities",
        range: { above: 0 },
      },
      dynatempExp: {
        describe: "exponent of entropy / largest entropy, which sets the temperature in its range",
        range: { above: 0 },
        default: 1,
      },
    },
    readsLogits: true,
    apply: (candidates, { temperature, dynatempRange, dynatempExp }) => {
      const range = dynatempRange ?? Number.NaN;
      if (Number.isNaN(range)) return temper(candidates, temperature!);
      const varied = dynamicTemperature(candidates, { temperature: temperature!, range, exponent: dynatempExp! });
      return temper(candidates, varied);
    },
  },

  topK: {
    settings: {
      topK: { describe: "sample from the N most probable tokens only", range: { from: 1 }, integer: true },
    },
    readsLogits: true,
    onlyRemoves: true,
    apply: (candidates, { topK: k }) => topK(candidates, k!),
  },

  typicalP: {
    settings: {
      typicalP: {
        describe: "sample from the fewest tokens of a probability near the entropy that sum to more than X",
        range: { above: 0, to: 1 },
        aliases: ["typical"],
      },
    },
    onlyRemoves: true,
    apply: (candidates, { typicalP: p }) => typicalP(candidates, p!),
  },

  topP: {
    settings: {
      topP: {
        describe: "sample from the fewest most probable tokens whose probabilities sum to X",
        range: { above: 0, to: 1 },
      },
    },
    onlyRemoves: true,
    apply: (candidates, { topP: p }) => topP(candidates, p!),
  },

  minP: {
    settings: {
      minP: {
        describe: "sample from the tokens that are at least X times as probable as the most probable one",
        range: { from: 0, to: 1 },
      },
    },
    onlyRemoves: true,
    apply: (candidates, { minP: p }) => minP(candidates, p!),
  },

  xtc: {
    settings: {
      xtcProbability: {
        describe: "XTC: with this probability, exclude the most probable tokens of each draw",
        range: { from: 0, to: 1 },
      },
      xtcThreshold: {
        describe: "XTC: probability from which tokens are excluded, but for the least probable of them",
        range: { above: 0, to: 0.5 },
        default: 0.1,
      },
    },
    onlyRemoves: true,
    apply: (candidates, { xtcProbability, xtcThreshold }, { chance }) =>
      xtc(candidates, xtcThreshold!, chance < xtcProbability!),
  },

  /** The last one: it adapts to the probability of the drawn token. */
  mirostat: {
    settings: {
      mirostat: {
        describe: "2: remove improbable tokens such that the drawn ones have a constant surprise (Mirostat 2)",
        range: { from: 2, to: 2 },
        integer: true,
      },
      mirostatEnt: { describe: "Mirostat: surprise to reach, in bits per token", range: { above: 0 }, default: 5 },
      mirostatLr: { describe: "Mirostat: learning rate", range: { above: 0 }, default: 0.1 },
    },
    onlyRemoves: true,
    apply: (candidates, { mirostatEnt }, { memory }) =>
      mirostat(candidates, memory.get("mirostat") ?? 2 * mirostatEnt!),
    drawn: (probability, { mirostatEnt, mirostatLr }, { memory }) => {
      const mu = memory.get("mirostat") ?? 2 * mirostatEnt!;
      memory.set("mirostat", adaptedSurprise(mu, probability, mirostatEnt!, mirostatLr!));
    },
  },
} as const satisfies Record<string, SamplerOfSettings>;

export type SamplerName = keyof typeof samplers;

type SettingsOf<Definition> = Definition extends { settings: infer Settings } ? keyof Settings : never;
/** The names of the numbers of all samplers, as in `topK`. */
export type SettingName = SettingsOf<(typeof samplers)[SamplerName]>;
