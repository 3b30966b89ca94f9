/** @file The options of `rnn generate`, without those of the samplers, which stand beside the samplers (inference/generation/samplers.ts). */
import { number, repeated, text, whole, type Options } from "./option.js";

export const samplingOptions = {
  prompt: { ...text("TEXT"), short: "p", describe: "text to continue" },
  "max-tokens": {
    ...whole({ from: 0 }),
    aliases: ["length", "n", "n-predict", "num-tokens"],
    default: 500,
    describe: "largest number of tokens to generate",
  },
  temperature: {
    ...number({ from: 0 }),
    default: 0.5,
    short: "t",
    aliases: ["temp"],
    describe: "0 takes the most probable token, 1 samples with the network's own probabilities",
  },
  "num-samples": { ...whole({ to: 1024 }), aliases: ["samples"], default: 1, describe: "number of texts to generate" },
  stop: { ...repeated(text("TEXT")), describe: "end a text before this one; may be given several times" },
  seed: { ...whole({ from: 0 }), describe: "the same seed generates the same text; by default a new one each time" },
  logprobs: {
    ...whole({}),
    aliases: ["show"],
    describe:
      "generate nothing; show the N most probable tokens after each token of the prompt, with their probabilities",
  },
} as const satisfies Options;
