/** @file Chance: independent streams of uniform numbers from one seed. Nothing else in the project draws numbers of its own. */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * A stream of its own for each purpose: the same seed and path give the same numbers, whatever else was drawn before.
 * @param seed a whole number
 * @param path what the numbers are for, as in `randomStream(seed, "shuffle", epoch)`
 */
export function randomStream(seed: number, ...path: (string | number)[]): Random {
  const generator = xoroshiro128plus(seed32(seed, ...path));
  return () => uniformFloat64(generator);
}

/** 32 bits that stand for a seed and a path (FNV-1a, then MurmurHash3's finalizer): seeds these streams and the engine's dropout masks. */
export function seed32(seed: number, ...path: (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of [seed, ...path].join("/")) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A seed that nobody chose. */
export const freshSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;

/** Fisher–Yates, in place; returns its argument. */
export function shuffle<Items extends { length: number; [index: number]: unknown }>(
  items: Items,
  random: Random,
): Items {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = items[last];
    items[last] = items[other];
    items[other] = kept;
  }
  return items;
}
