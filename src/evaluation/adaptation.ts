/** @file Evaluations in which a generator adapts to the text that it reads: by a neural cache, and by gradient steps (dynamic evaluation). */
import type { TokenBatch } from "../examples/batch.js";
import { GrowingNumbers } from "../examples/growingNumbers.js";
import type { Sequence } from "../examples/tokenStore.js";
import { endId } from "../tokenizers/specialTokens.js";
import { type AdaptedModel, AdaptingReader, batchOf, refuseWindows } from "./adaptingReader.js";
import { type DynamicSettings, type GradientSizes, gradientSizes } from "./dynamicWeights.js";
import { bestWeight } from "./mixtureScore.js";

/** theta: how much similar states count; weight: of the cache in the mix with the model. */
export type CacheSettings = { size: number; theta: number; weight: number };

/** Null for what does not adapt. */
export type Adaptation = { cache: CacheSettings | null; dynamic: DynamicSettings | null };

/** The most tokens between two gradient steps. */
const dynamicTokens = 20;
/** The fraction of the way back to the trained weights in each step. */
const usualDecay = 0.003;
const staticTokens = 64;
/** The most tokens that are read at once. */
export const segmentTokens = ({ dynamic }: Pick<Adaptation, "dynamic">): number =>
  dynamic ? dynamicTokens : staticTokens;

/** Tokens of the validation part that the cache is fitted on. */
const mostFitted = 20_000;
const thetas = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8];

/** The probability of a token by the model and its cache; `dispose` restores the weights of the network. */
export class AdaptedProbabilities {
  private readonly reader: AdaptingReader;

  constructor(
    model: AdaptedModel,
    private readonly adaptation: Adaptation,
  ) {
    const { cache, dynamic } = adaptation;
    this.reader = new AdaptingReader(model, { cache: cache && { ...cache, thetas: [cache.theta] }, dynamic });
  }

  /** Those of all ids but the first, which has been read if it is the last one of the call before. @param ids at most `segmentTokens(…)` + 1 */
  after(ids: ArrayLike<number>): number[] {
    const found: number[] = [];
    this.reader.read(ids, (probability, [ofCache]) => {
      const share = ofCache === undefined ? 0 : this.adaptation.cache!.weight;
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
  adaptation: Adaptation,
): { loss: number; targets: number } {
  let sum = 0;
  let targets = 0;
  const adapted = new AdaptedProbabilities(model, adaptation);
  try {
    for (const ids of segments(text, segmentTokens(adaptation), model.documents)) {
      for (const probability of adapted.after(ids)) sum -= Math.log(probability);
      targets += ids.length - 1;
    }
  } finally {
    adapted.dispose();
  }
  return { loss: sum / targets, targets };
}

/** The theta and the weight with the lowest loss on a text. */
export function fitCache(
  model: AdaptedModel,
  text: Sequence,
  { size, dynamic }: { size: number; dynamic: DynamicSettings | null },
): CacheSettings {
  const ofModel = new GrowingNumbers(Float64Array);
  const ofCaches = thetas.map(() => new GrowingNumbers(Float64Array));
  const reader = new AdaptingReader(model, { cache: { size, thetas }, dynamic });
  try {
    for (const ids of segments(firstTokens(text, mostFitted), segmentTokens({ dynamic }), model.documents)) {
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

const rates = [0.0003, 0.001, 0.002, 0.004];
/** Tokens of the validation part that the rate is fitted on. */
const mostForRate = 8000;
/** Segments of the training part that the sizes of gradients are measured on. */
const measuredSegments = 500;

/** The sizes of the network's gradients on segments all over a text. */
export function sizesOn(model: AdaptedModel, text: Sequence): GradientSizes {
  refuseWindows(model);
  const last = text.length - dynamicTokens - 1;
  const count = Math.max(1, Math.min(measuredSegments, Math.floor(last / dynamicTokens)));
  function* segmentsAllOver(): Generator<TokenBatch> {
    for (let index = 0; index < count; index++) {
      const start = Math.max(0, Math.floor((index * last) / count));
      yield batchOf(text.slice(start, Math.min(text.length, start + dynamicTokens + 1)));
    }
  }
  return gradientSizes(model.network, segmentsAllOver());
}

/** Steps with a rate. */
export const dynamicSettings = (rate: number, sizes: GradientSizes): DynamicSettings => ({
  rate,
  decay: usualDecay,
  sizes,
});

/** The steps with the lowest loss on a text. */
export function fitDynamic(model: AdaptedModel, text: Sequence, sizes: GradientSizes): DynamicSettings {
  const part = firstTokens(text, mostForRate);
  const fits = rates.map((rate) => {
    const dynamic = dynamicSettings(rate, sizes);
    return { dynamic, loss: scoreAdapted(model, part, { cache: null, dynamic }).loss };
  });
  return fits.reduce((left, right) => (right.loss < left.loss ? right : left)).dynamic;
}

const firstTokens = (text: Sequence, most: number): Sequence => ({
  length: Math.min(text.length, most),
  slice: (start, end) => text.slice(start, end),
});

/** Token ids of which all but the first are targets, each once; a document ends a segment. */
function* segments(text: Sequence, longest: number, documents: boolean): Generator<ArrayLike<number>> {
  for (let start = 0; start + 1 < text.length;) {
    const ids = text.slice(start, Math.min(text.length, start + longest + 1));
    const end = documents ? ids.indexOf(endId, 1) : -1;
    const length = end === -1 ? ids.length : end + 1;
    yield ids.slice(0, length);
    start += length - 1;
  }
}
