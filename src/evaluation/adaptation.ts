/** @file Evaluations in which a generator adapts to the text that it reads: a neural cache. */
import { noContexts } from "../baselines/ngramModel.js";
import { UsageError } from "../common/errors.js";
import { dispose } from "../engine/tfjs.js";
import type { TokenBatch } from "../examples/batch.js";
import { GrowingNumbers } from "../examples/growingNumbers.js";
import type { Sequence } from "../examples/tokenStore.js";
import type { Mixture } from "../model/mixture.js";
import { inputsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import { softmaxAt } from "../network/softmax.js";
import { isPooled } from "../network/spec.js";
import { endId } from "../tokenizers/specialTokens.js";
import { bestWeight } from "./mixtureScore.js";
import { NeuralCache } from "./neuralCache.js";

/** theta: how much similar states count; weight: of the cache in the mix with the model. */
export type CacheSettings = { size: number; theta: number; weight: number };

/** A generator that reads a text in order. documents: whether each document starts from the initial state. */
export type AdaptedModel = { network: Network; mixture?: Mixture | undefined; documents: boolean };

const segmentTokens = 64;
/** As in other evaluations, the network starts anew after so many tokens: the states of some networks drift in longer texts. The cache goes on. */
const stretch = 4096;

/** Tokens of the validation part that the cache is fitted on. */
const mostFitted = 20_000;
const thetas = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8];

/** The mean loss of a text in nats, read in order as one text. The network's weights are as before afterwards. */
export function scoreAdapted(
  model: AdaptedModel,
  text: Sequence,
  cache: CacheSettings,
): { loss: number; targets: number } {
  let sum = 0;
  let targets = 0;
  const settings = { size: cache.size, thetas: [cache.theta] };
  eachAdapted(model, text, settings, (probability, [ofCache = 0]) => {
    const share = targets > 0 ? cache.weight : 0; // it is empty before the first
    sum -= Math.log(share * ofCache + (1 - share) * probability);
    targets++;
  });
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
  eachAdapted(model, part, { size, thetas }, (probability, fromCache) => {
    ofModel.push(probability);
    for (const [index, one] of fromCache.entries()) ofCaches[index]!.push(one);
  });
  const fits = ofCaches.map((ofCache, index) => {
    const { networkWeight: weight, losses } = bestWeight(ofCache, ofModel);
    return { size, theta: thetas[index]!, weight, loss: losses.mix };
  });
  const { loss: _loss, ...best } = fits.reduce((left, right) => (right.loss < left.loss ? right : left));
  return best;
}

/** Calls a function for each token of a text but the first, with its probability by the model and by a cache with each theta. */
function eachAdapted(
  { network, mixture, documents }: AdaptedModel,
  text: Sequence,
  { size, thetas: tried }: { size: number; thetas: readonly number[] },
  onTarget: (probability: number, ofCache: number[]) => void,
): void {
  if (isPooled(network.spec))
    throw new UsageError("a network that reads windows has no state that a cache could keep; remove --neural-cache");
  const { classes } = network.spec;
  let cache: NeuralCache | null = null;
  let state: NetworkState | null = null;
  let read = 0; // tokens since the initial state
  let contexts = noContexts;
  try {
    for (const ids of segments(text, segmentTokens, documents)) {
      const batch = batchOf(ids);
      read += batch.time;
      if ((documents && ids[0] === endId) || read > stretch) {
        read = batch.time;
        if (state) dispose(state);
        state = null;
      }
      const { logits, vectors, state: next } = network.readWithVectors(() => inputsOf(batch), state);
      const width = vectors.length / batch.time;
      for (let step = 0; step < batch.time; step++) {
        const target = ids[step + 1]!;
        const ofNetwork = softmaxAt(logits, step * classes, classes, target);
        if (mixture) contexts = mixture.ngrams.after(contexts, ids[step]!);
        const vector = vectors.subarray(step * width, (step + 1) * width);
        cache ??= new NeuralCache(size, width);
        onTarget(
          mixture?.probability(contexts, target, ofNetwork) ?? ofNetwork,
          cache.probabilities(vector, target, tried),
        );
        cache.add(vector, target);
      }
      if (state) dispose(state);
      state = next;
    }
  } finally {
    if (state) dispose(state);
  }
}

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

function batchOf(ids: ArrayLike<number>): TokenBatch {
  const all = Int32Array.from(ids);
  const time = all.length - 1;
  return { time, rows: 1, lengths: null, tokens: all.slice(0, time), targets: all.slice(1), continues: true };
}
