/** @file Training steps of the project's training loop, one at a time. */
import { streamExamples } from "../dist/examples/streamExamples.js";
import { Trainer } from "../dist/training/trainer.js";
import { createNetwork, optimization, randomTokens } from "./model.mjs";

/**
 * @param {object} [options] of the optimizer, in place of those of the benchmark's rows
 * @returns a function that performs one training step and returns its number of targets
 */
export function trainingSteps(shape, network, examples, options = {}) {
  const trainer = new Trainer(network, examples, null, {
    ...optimization(shape),
    ...options,
    schedule: "constant",
    lrDecay: 1,
    lrDecayAfter: 1,
    wordDropout: 0,
  });
  const events = trainer.run({ steps: Infinity, evaluateEvery: Infinity }, new AbortController().signal);
  return async () => {
    const { value } = await events.next();
    if (value.type !== "step") throw new Error(`training ended: ${value.reason}`);
    return value.targets;
  };
}

/** `trainingSteps` of a generator on random tokens. */
export function generatorSteps(shape) {
  const { batch, steps } = shape;
  const tokens = randomTokens(50 * batch * steps + 1, shape);
  return trainingSteps(shape, createNetwork("generator", shape), streamExamples(tokens, { rows: batch, time: steps }));
}
