/** @file The table of samplers: the options that follow from it, and samplers that a program adds. */
import { afterEach, expect, test } from "vitest";
import { decoderSamplers } from "../../../src/engine/ops/decoder.js";
import { distribution } from "../../../src/inference/generation/distribution.js";
import type { Sampler } from "../../../src/inference/generation/sampler.js";
import {
  chosenSamplers,
  defineSampler,
  removeSampler,
  samplerOptions,
} from "../../../src/inference/generation/samplerChoice.js";
import { samplers } from "../../../src/inference/generation/samplers.js";

const onlyFirst: Sampler = {
  describe: "keep one token",
  range: { from: 0, to: 1 },
  apply: () => 1,
};
afterEach(() => ["own", "second"].forEach(removeSampler));

test("samplers: each has an option on the command line, and the kernel applies them in the same order", () => {
  expect(Object.keys(samplerOptions)).toEqual(expect.arrayContaining(["top-k", "repeat-last-n", "no-repeat-ngram"]));
  expect(samplerOptions["top-k"].value).toBe("N");
  expect(samplerOptions["min-p"].parse("0.25")).toBe(0.25);
  expect(() => samplerOptions["top-p"].parse("0")).toThrow("expected a number above 0 to 1, got 0");
  expect(Object.keys(samplers).filter((name) => (decoderSamplers as readonly string[]).includes(name))).toEqual([
    ...decoderSamplers,
  ]);
});

test("samplers: order of application is the table's, then the order of definition", () => {
  defineSampler("own", onlyFirst);
  defineSampler("second", onlyFirst);
  const chosen = chosenSamplers({ temperature: 0.8, minP: 0.1, topK: 3, samplers: { second: 0.5, own: 1 } });
  expect(chosen.map(({ name, values }) => [name, values[name]])).toEqual([
    ["temperature", 0.8],
    ["topK", 3],
    ["minP", 0.1],
    ["own", 1],
    ["second", 0.5],
  ]);
});

test("defineSampler: a sampler changes the distribution, and its range is checked", () => {
  defineSampler("own", onlyFirst);
  const logits = Float32Array.of(1, 1, 1);
  expect([...distribution(logits, { temperature: 1, samplers: { own: 1 } })]).toEqual([1, 0, 0]);
  expect(() => distribution(logits, { temperature: 1, samplers: { own: 2 } })).toThrow(
    "own: expected a number from 0 to 1, got 2",
  );
  expect(() => distribution(logits, { temperature: 1, samplers: { owm: 1 } })).toThrow("did you mean own?");
  expect(() => defineSampler("topK", onlyFirst)).toThrow("topK");
});

test("defineSampler: a sampler that keeps no token is an error that names it", () => {
  defineSampler("own", { ...onlyFirst, apply: () => 0 });
  expect(() => distribution(Float32Array.of(1, 1), { temperature: 1, samplers: { own: 1 } })).toThrow(
    "sum to 0 after temperature, own",
  );
});
