/** @file The options of `rnn generate`, without those of the samplers, which stand beside the samplers (inference/generation/samplers.ts). */
import { randomNames } from "../common/names.js";
import { type Condition, inGroup } from "./option.js";
import { choice, escapedText, flag, number, repeated, text, tokenBias, whole, wordRange } from "./optionKinds.js";

const withBeams: readonly Condition[] = [{ beams: "given" }];

export const samplingOptions = inGroup("Sampling", {
  prompt: { ...text("TEXT"), short: "p", describe: "text to continue" },
  "max-tokens": {
    ...whole({ from: 0 }),
    short: "n",
    aliases: ["length", "n-predict", "num-tokens"],
    default: 500,
    describe: "maximum number of tokens to generate",
  },
  temperature: {
    ...number({ from: 0 }),
    default: 0.5,
    short: "t",
    aliases: ["temp"],
    describe: "sampling temperature; 0 always takes the most probable token",
  },
  "num-samples": { ...whole({ to: 1024 }), aliases: ["samples"], default: 1, describe: "number of texts to generate" },
  stop: {
    ...repeated(escapedText("TEXT")),
    describe: "end a text before this one; \\n is a newline; may be given several times",
  },
  sentences: { ...whole({}), describe: "end a text after N sentences" },
  lines: { ...whole({}), advanced: true, describe: "end a text after N lines that have text" },
  words: {
    ...wordRange,
    advanced: true,
    describe: "end a text with the first sentence that ends from MIN words on, or after MAX words; N: after N words",
  },
  "whole-words": {
    ...flag,
    advanced: true,
    describe: "leave out a last word that --max-tokens may have cut; --sentences, --lines and --words always do",
  },
  "best-of": {
    ...whole({ to: 1024 }),
    advanced: true,
    describe: "draw N texts and print the one with the highest mean log probability per token",
  },
  beams: {
    ...whole({ to: 256 }),
    advanced: true,
    describe: "find the most probable texts by a beam search of this width; nothing is drawn",
  },
  "length-penalty": {
    ...number({ from: 0, to: 10 }),
    needs: withBeams,
    advanced: true,
    describe: "rank the texts of --beams by log probability / tokens ^ X; by default 1",
  },
  "beam-groups": {
    ...whole({ to: 256 }),
    needs: withBeams,
    advanced: true,
    describe: "divide --beams into N groups that avoid the tokens of earlier groups (diverse beam search)",
  },
  "diversity-penalty": {
    ...number({ from: 0 }),
    needs: [{ "beam-groups": "given" }],
    advanced: true,
    describe: "log probability that a token loses for each beam of earlier groups with it; by default 0.5",
  },
  seed: { ...whole({ from: 0 }), describe: "random seed; by default a new one each time" },
  ban: {
    ...repeated(escapedText("TEXT")),
    advanced: true,
    describe: "never generate this word, character or text; may be given several times",
  },
  "logit-bias": {
    ...repeated(tokenBias),
    advanced: true,
    describe: "add X to the logit of a token, or -inf; may be given several times",
  },
  "dry-sequence-breaker": {
    ...repeated(escapedText("TEXT")),
    advanced: true,
    describe:
      'DRY: a text over which no repetition extends; may be given several times; by default \\n, ":", \'"\' and "*"',
  },
  samplers: {
    value: "LIST",
    parse: (given: string): string[] => given.split(/[;,]/),
    aliases: ["sampler-order"],
    advanced: true,
    describe:
      'names of the samplers in their order, as in "top-k;min-p;temperature"; by default that of docs/samplers.md',
  },
  random: {
    ...choice(randomNames),
    default: "xoroshiro",
    advanced: true,
    describe: "random numbers of the draws; numpy draws what np.random.choice does with the same seed",
  },
  form: {
    ...repeated(text("RULE")),
    advanced: true,
    describe:
      "form of the lines: acrostic=SPRING, syllables=5,7,5, characters=20, rhyme=ABAB or contains=fox,moon; may be given several times",
  },
  pattern: {
    ...text("REGEX"),
    advanced: true,
    describe: "a regular expression that each line matches as a whole",
  },
  novel: {
    ...whole({ to: 1000 }),
    advanced: true,
    describe:
      "copy no run of more than N words (5 N characters) from the training text; a text ends where nothing else may follow",
  },
  cite: {
    ...flag,
    advanced: true,
    describe: "after each text, print the longest run that it has copied from the corpus, and where, on standard error",
  },
  logprobs: {
    ...whole({}),
    aliases: ["show"],
    describe: "generate nothing; print the N most probable next tokens after each token of the prompt",
  },
});
