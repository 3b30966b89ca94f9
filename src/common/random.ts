/** @file Independent streams of uniform random numbers from one seed. All random numbers of the project come from here. */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * A separate stream for each purpose: the same seed and path give the same numbers, whatever other streams are used.
 * @param seed an integer
 * @param path the purpose, as in `randomStream(seed, "shuffle", epoch)`
 */
export function randomStream(seed: number, ...path: (string | number)[]): Random {
  const generator = xoroshiro128plus(seed32(seed, ...path));
  return () => uniformFloat64(generator);
}

/** A 32-bit hash of a seed and a path (FNV-1a, then the finalizer of MurmurHash3); it seeds these streams and the engine's dropout masks. */
export function seed32(seed: number, ...path: (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of [seed, ...path].join("/")) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A seed from the system's random numbers. */
export const freshSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;

/** Fisher–Yates, in place; returns its argument. */
export function shuffle<Items extends { length: number; [index: number]: unknown }>(
  items: Items,
  random: Random,
): Items {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const item = items[last];
    items[last] = items[other];
    items[other] = item;
  }
  return items;
}
