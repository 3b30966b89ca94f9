/** @file Samples of a part, for evaluations in a limited time. */
import { randomStream, shuffle } from "../common/random.js";
import { numbersTo } from "./arrangement.js";
import type { Examples } from "./batch.js";

/**
 * The batches of the first epoch in another order: the first ones, however many, are a sample of all. Batches that continue each other stay together, in
 * their order. Without such batches each one is drawn with the same chance.
 */
export function inSampleOrder(examples: Examples, seed: number): Examples {
  const continues = (index: number): boolean => index > 0 && (examples.continues?.(index) ?? false);
  const starts = numbersTo(examples.batchesPerEpoch).filter((index) => !continues(index));
  const order = new Int32Array(examples.batchesPerEpoch);
  let at = 0;
  for (const start of shuffle(starts, randomStream(seed, "evaluation"))) {
    let index = start;
    do order[at++] = index++;
    while (index < examples.batchesPerEpoch && continues(index));
  }
  return {
    batchesPerEpoch: examples.batchesPerEpoch,
    targetsPerEpoch: examples.targetsPerEpoch,
    batch: (_epoch, index) => examples.batch(0, order[index]!),
    continues: (index) => continues(order[index]!),
  };
}

/** The first batches; the number of their targets is that of as many average ones. */
export const firstBatches = (examples: Examples, count: number): Examples => ({
  ...examples,
  batchesPerEpoch: Math.min(count, examples.batchesPerEpoch),
  targetsPerEpoch: Math.round(
    (examples.targetsPerEpoch * Math.min(count, examples.batchesPerEpoch)) / examples.batchesPerEpoch,
  ),
});

/** A sample of some batches, the same for the same seed. */
export const sampleOf = (examples: Examples, batches: number, seed: number): Examples =>
  firstBatches(inSampleOrder(examples, seed), batches);

/**
 * The numbers 0 … count − 1, so that those up to any place are spread over all of them. Most neighbors ascend, so that what is stored in this order is read forward.
 */
export function* spreadNumbers(count: number): Generator<number> {
  for (let pass = 0; pass < spreadPasses; pass++) {
    for (let index = reversedBits(pass); index < count; index += spreadPasses) yield index;
  }
}

const spreadBits = 6;
const spreadPasses = 2 ** spreadBits;

/** 0 … 63 → 0, 32, 16, 48, 8 …: the bits of a number in reverse. */
function reversedBits(number: number): number {
  let reversed = 0;
  for (let bit = 0; bit < spreadBits; bit++) reversed = 2 * reversed + ((number >> bit) & 1);
  return reversed;
}
