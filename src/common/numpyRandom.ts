/** @file NumPy's legacy random numbers: the Mersenne Twister MT19937 of Matsumoto & Nishimura 1998, as `np.random.RandomState` seeds and reads it. */
import { UserError } from "./errors.js";
import type { Random } from "./random.js";

const stateWords = 624;
const distance = 397; // between the words that a new one is made of

/** The largest seed that `np.random.RandomState` takes. */
export const largestNumpySeed = 2 ** 32 - 1;

/**
 * The numbers of `np.random.RandomState(seed).random_sample()`, one after another.
 * @param seed a whole number from 0 to 2³² − 1
 * @throws UserError for another seed
 */
export function numpyRandom(seed: number): Random {
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= largestNumpySeed))
    throw new UserError(`seed: NumPy's random numbers take whole numbers from 0 to ${largestNumpySeed}, got ${seed}`);
  const state = seededState(seed);
  let next = stateWords;
  const word = (): number => {
    if (next === stateWords) {
      twist(state);
      next = 0;
    }
    return tempered(state[next++]!);
  };
  return () => {
    const high = word() >>> 5; // 27 bits
    const low = word() >>> 6; // 26 bits
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
}

function seededState(seed: number): Uint32Array {
  const state = new Uint32Array(stateWords);
  state[0] = seed;
  for (let index = 1; index < stateWords; index++) {
    const before = state[index - 1]!;
    state[index] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + index;
  }
  return state;
}

/** Replaces all words by the next ones. */
function twist(state: Uint32Array): void {
  for (let index = 0; index < stateWords; index++) {
    const joined = (state[index]! & 0x80000000) | (state[(index + 1) % stateWords]! & 0x7fffffff);
    const odd = joined & 1 ? 0x9908b0df : 0;
    state[index] = state[(index + distance) % stateWords]! ^ (joined >>> 1) ^ odd;
  }
}

function tempered(word: number): number {
  let bits = word;
  bits ^= bits >>> 11;
  bits ^= (bits << 7) & 0x9d2c5680;
  bits ^= (bits << 15) & 0xefc60000;
  return bits ^ (bits >>> 18);
}
