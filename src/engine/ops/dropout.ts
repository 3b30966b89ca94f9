/** @file Dropout whose mask is a function of seed and position alone. */
import { type GradConfig, mul, type Tensor, tensor, where, zerosLike } from "../tfjs.js";
import { hasKernel, runKernel } from "./dispatch.js";

/** Elements that share a draw: each run of `run` adjacent elements has one draw, and the draws repeat after `period` of them. By default each element has its own draw. */
export type Sharing = { run?: number; period?: number };

/**
 * Keeps each element with probability 1 - rate, scaled by 1 / (1 - rate); the others become 0.
 * @param rate 0 ≤ rate < 1
 * @param seed 32 bits; the same seed gives the same mask
 */
export function dropout<Values extends Tensor>(
  values: Values,
  rate: number,
  seed: number,
  sharing: Sharing = {},
): Values {
  if (rate === 0 || values.size === 0) return values;
  if (!hasKernel("Dropout")) return dropoutReference(values, rate, seed, sharing);
  const { run = 1, period = values.size } = sharing;
  return runKernel("Dropout", { values }, { rate, seed, run, period }) as Values;
}

export function dropoutReference<Values extends Tensor>(
  values: Values,
  rate: number,
  seed: number,
  { run = 1, period = values.size }: Sharing = {},
): Values {
  const draw = dropoutDraws(seed);
  const threshold = Math.floor(rate * 2 ** 24);
  const kept = new Uint8Array(values.size); // filled by a plain loop: through Uint8Array.from it takes several times as long
  for (let index = 0; index < kept.length; index++)
    if (draw(Math.floor(index / run) % period) >= threshold) kept[index] = 1;
  return where(tensor(kept, values.shape, "bool"), mul(values, Math.fround(1 / (1 - rate))), zerosLike(values));
}

/** 24 random bits for each position. They are mixed twice: mixed once, the draws of one seed would be a permutation of another's. */
function dropoutDraws(seed: number): (position: number) => number {
  const key = mix(seed ^ 0x9e3779b9);
  const otherKey = mix(key + seed);
  return (position) => mix(mix(position ^ key) + otherKey) >>> 8;
}

/** MurmurHash3's finalizer: each bit of the input changes each bit of the result half the time. */
function mix(bits: number): number {
  let mixed = bits | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export type DropoutAttributes = { rate: number; seed: number; run: number; period: number };

export const dropoutGradient: GradConfig = {
  kernelName: "Dropout",
  gradFunc: (gradient, _, attributes) => ({
    values: () => runKernel("Dropout", { values: gradient as Tensor }, attributes) as Tensor,
  }),
};
