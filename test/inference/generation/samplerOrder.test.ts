/** @file Which samplers a draw applies, in which order, and numbers that would have no effect. */
import { expect, test } from "vitest";
import { distribution, type DistributionOptions } from "../../../src/inference/generation/distribution.js";
import { checkTemperature, chosenSamplers } from "../../../src/inference/generation/samplerChoice.js";

const names = (options: DistributionOptions): string[] => chosenSamplers(options).map(({ name }) => name);

test("sampler order: names are the options', or llama.cpp's", () => {
  const options = { temperature: 1, topK: 4, topNSigma: 1, typicalP: 0.9, minP: 0.1, noRepeatNgram: 3 };
  const expected = ["noRepeatNgram", "topNSigma", "minP", "typicalP", "topK", "temperature"];
  for (const samplerOrder of [
    ["top-n-sigma", "min-p", "typical-p", "top-k", "temperature"],
    ["top_n_sigma", " min_p", "typ_p", "top_k", "temp"],
    ["topNSigma", "minP", "typicalP", "topK", "temperature"],
  ])
    expect(names({ ...options, samplerOrder })).toEqual(expected);
  expect(names(options)).toEqual(["noRepeatNgram", "topNSigma", "temperature", "topK", "typicalP", "minP"]);
});

test("sampler order: without temperature the probabilities are those of temperature 1", () => {
  const logits = Float32Array.of(1, 3, 2, 0);
  expect(distribution(logits, { temperature: 0.1, topK: 3, samplerOrder: ["top-k"] })).toEqual(
    distribution(logits, { temperature: 1, topK: 3 }),
  );
  expect(() => checkTemperature({ temperature: 0.1, samplerOrder: ["top-k"] })).toThrow("--temperature has no effect");
});

test.each<[Omit<DistributionOptions, "temperature">, string]>([
  [{ samplerOrder: ["top-k", "temperature"] }, "--samplers names top-k, which has no value; give --top-k"],
  [{ topK: 3, minP: 0.1, samplerOrder: ["top-k"] }, "--min-p has no effect: --samplers does not name min-p"],
  [{ topK: 3, samplerOrder: ["top-k", "top_k"] }, "--samplers names top-k twice"],
  [{ topK: 3, samplerOrder: ["top-q"] }, "unknown sampler topQ; did you mean"],
  [{ samplerOrder: ["no-repeat-ngram"] }, "no-repeat-ngram always comes first"],
  [{ repeatLastN: 9 }, "--repeat-last-n has no effect without --repeat-penalty or --presence-penalty or"],
  [{ dryBase: 2 }, "--dry-base has no effect without --dry-multiplier"],
  [{ xtcThreshold: 0.2 }, "--xtc-threshold has no effect without --xtc-probability"],
  [{ dynatempExp: 2 }, "--dynatemp-exp has no effect without --dynatemp-range"],
  [{ mirostatLr: 0.1 }, "--mirostat-lr has no effect without --mirostat"],
  [{ mirostat: 2, topK: 3 }, "--top-k does not go with --mirostat"],
  [{ mirostat: 2, samplerOrder: ["mirostat", "temperature"] }, "it must be the last one of --samplers"],
  [{ mirostat: 1 }, "mirostat: expected a whole number from 2 to 2, got 1"],
])("samplers: numbers that would have no effect are an error: %o", (options, message) => {
  expect(() => chosenSamplers({ temperature: 1, ...options })).toThrow(message);
});
