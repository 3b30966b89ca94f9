/** @file Evaluations in which a generator adapts to the text that it reads: a neural cache. */
import { GrowingNumbers } from "../examples/growingNumbers.js";
import type { Sequence } from "../examples/tokenStore.js";
import { endId } from "../tokenizers/specialTokens.js";
import { type AdaptedModel, AdaptingReader } from "./adaptingReader.js";
import { bestWeight } from "./mixtureScore.js";

/** theta: how much similar states count; weight: of the cache in the mix with the model. */
export type CacheSettings = { size: number; theta: number; weight: number };

export const segmentTokens = 64;

/** Tokens of the validation part that the cache is fitted on. */
const mostFitted = 20_000;
const thetas = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8];

/** The probability of a token by the model and its cache. */
export class AdaptedProbabilities {
  private readonly reader: AdaptingReader;

  constructor(
    model: AdaptedModel,
    private readonly cache: CacheSettings,
  ) {
    this.reader = new AdaptingReader(model, { size: cache.size, thetas: [cache.theta] });
  }

  /** Those of all ids but the first, which has been read if it is the last one of the call before. @param ids at most `segmentTokens` + 1 */
  after(ids: ArrayLike<number>): number[] {
    const found: number[] = [];
    this.reader.read(ids, (probability, [ofCache]) => {
      const share = ofCache === undefined ? 0 : this.cache.weight;
      found.push(share * (ofCache ?? 0) + (1 - share) * probability);
    });
    return found;
  }

  dispose(): void {
    this.reader.dispose();
  }
}

/** The mean loss of a text in nats, read in order as one text. */
export function scoreAdapted(
  model: AdaptedModel,
  text: Sequence,
  cache: CacheSettings,
): { loss: number; targets: number } {
  let sum = 0;
  let targets = 0;
  const adapted = new AdaptedProbabilities(model, cache);
  try {
    for (const ids of segments(text, model.documents)) {
      for (const probability of adapted.after(ids)) sum -= Math.log(probability);
      targets += ids.length - 1;
    }
  } finally {
    adapted.dispose();
  }
  return { loss: sum / targets, targets };
}

/** The theta and the weight with the lowest loss on a text. */
export function fitCache(model: AdaptedModel, text: Sequence, size: number): CacheSettings {
  const ofModel = new GrowingNumbers(Float64Array);
  const ofCaches = thetas.map(() => new GrowingNumbers(Float64Array));
  const part = {
    length: Math.min(text.length, mostFitted),
    slice: (start: number, end: number) => text.slice(start, end),
  };
  const reader = new AdaptingReader(model, { size, thetas });
  try {
    for (const ids of segments(part, model.documents)) {
      reader.read(ids, (probability, fromCache) => {
        ofModel.push(probability);
        for (const [index, ofCache] of ofCaches.entries()) ofCache.push(fromCache[index] ?? 0);
      });
    }
  } finally {
    reader.dispose();
  }
  const fits = ofCaches.map((ofCache, index) => {
    const { networkWeight: weight, losses } = bestWeight(ofCache, ofModel);
    return { size, theta: thetas[index]!, weight, loss: losses.mix };
  });
  const { loss: _loss, ...best } = fits.reduce((left, right) => (right.loss < left.loss ? right : left));
  return best;
}

/** Token ids of which all but the first are targets, each once; a document ends a segment. */
function* segments(text: Sequence, documents: boolean): Generator<ArrayLike<number>> {
  for (let start = 0; start + 1 < text.length;) {
    const ids = text.slice(start, Math.min(text.length, start + segmentTokens + 1));
    const end = documents ? ids.indexOf(endId, 1) : -1;
    const length = end === -1 ? ids.length : end + 1;
    yield ids.slice(0, length);
    start += length - 1;
  }
}
