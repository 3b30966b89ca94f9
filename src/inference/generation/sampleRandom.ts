/** @file The random numbers of the draws of a text. */
import type { RandomName } from "../../common/names.js";
import { numpyRandom } from "../../common/numpyRandom.js";
import { type Random, randomStream } from "../../common/random.js";

/** A stream for each of several texts; of NumPy's, the one of text n has the seed `seed + n`. */
const streams: { [Name in RandomName]: (seed: number, sample: number) => Random } = {
  xoroshiro: (seed, sample) => randomStream(seed, "sample", sample),
  numpy: (seed, sample) => numpyRandom(seed + sample),
};

/**
 * The uniform numbers of one of several texts.
 * @param sample from 0
 * @throws UserError for a seed that NumPy does not take
 */
export const sampleRandom = (name: RandomName, seed: number, sample: number): Random => streams[name](seed, sample);
