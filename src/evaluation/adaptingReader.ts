/** @file Reads a text in order with a generator that adapts to it. */
import { noContexts } from "../baselines/ngramModel.js";
import { UsageError } from "../common/errors.js";
import { dispose } from "../engine/tfjs.js";
import type { TokenBatch } from "../examples/batch.js";
import type { Mixture } from "../model/mixture.js";
import { inputsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import { softmaxAt } from "../network/softmax.js";
import { isPooled } from "../network/spec.js";
import { endId } from "../tokenizers/specialTokens.js";
import { type DynamicSettings, DynamicWeights } from "./dynamicWeights.js";
import { NeuralCache } from "./neuralCache.js";

/** A generator that reads a text in order. documents: whether each document starts from the initial state. */
export type AdaptedModel = { network: Network; mixture?: Mixture | undefined; documents: boolean };

/** @throws UsageError for a network of windows */
export function refuseWindows({ network }: AdaptedModel): void {
  if (isPooled(network.spec))
    throw new UsageError(
      "a network that reads windows carries no state from token to token, and cannot adapt so; remove --neural-cache and --dynamic",
    );
}

/** As in other evaluations, the network starts anew after so many tokens: the states of some networks drift in longer texts. The cache goes on. */
const stretch = 4096;

/** The states of a network, the n-grams before a token and the cache, from one segment of a text to the next. */
export class AdaptingReader {
  private cache: NeuralCache | null = null;
  private state: NetworkState | null = null;
  private sinceStart = 0; // tokens since the initial state
  private contexts = noContexts;

  private readonly weights: DynamicWeights | null;

  /**
   * @param settings.cache the number of its states, and the thetas that are tried; null without one
   * @param settings.dynamic null for weights that stay as they are
   * @throws UsageError for a network of windows
   */
  constructor(
    private readonly model: AdaptedModel,
    private readonly settings: {
      cache: { size: number; thetas: readonly number[] } | null;
      dynamic: DynamicSettings | null;
    },
  ) {
    refuseWindows(model);
    this.weights = settings.dynamic && new DynamicWeights(model.network, settings.dynamic);
  }

  /**
   * Reads some tokens of a text.
   * @param ids all but the first are targets; the first one is the last of the segment before
   * @param onTarget is called with the probability of each target by the model, and by the cache with each theta: none while it is empty
   */
  read(ids: ArrayLike<number>, onTarget: (probability: number, ofCache: readonly number[]) => void): void {
    const { network, mixture, documents } = this.model;
    const { classes } = network.spec;
    const batch = batchOf(ids);
    this.sinceStart += batch.time;
    if ((documents && ids[0] === endId) || this.sinceStart > stretch) this.startAnew(batch.time);
    const { logits, vectors, state: next } = network.readWithVectors(() => inputsOf(batch), this.state);
    const width = vectors.length / batch.time;
    for (let step = 0; step < batch.time; step++) {
      const target = ids[step + 1]!;
      const ofNetwork = softmaxAt(logits, step * classes, classes, target);
      if (mixture) this.contexts = mixture.ngrams.after(this.contexts, ids[step]!);
      const vector = vectors.subarray(step * width, (step + 1) * width);
      const probability = mixture?.probability(this.contexts, target, ofNetwork) ?? ofNetwork;
      onTarget(probability, this.ofCache(vector, target));
    }
    this.weights?.step(batch, this.state);
    if (this.state) dispose(this.state);
    this.state = next;
  }

  /** Restores the weights of the network. */
  dispose(): void {
    this.disposeState();
    this.weights?.restore();
  }

  /** The probabilities of a token by the cache, which then keeps it; none while it is empty. */
  private ofCache(vector: Float32Array, target: number): readonly number[] {
    const { cache: settings } = this.settings;
    if (!settings) return [];
    const cache = (this.cache ??= new NeuralCache(settings.size, vector.length));
    const found = cache.length > 0 ? cache.probabilities(vector, target, settings.thetas) : [];
    cache.add(vector, target);
    return found;
  }

  private disposeState(): void {
    if (this.state) dispose(this.state);
    this.state = null;
  }

  /** @param read the tokens that are read next */
  private startAnew(read: number): void {
    this.disposeState();
    this.sinceStart = read;
  }
}

/** Token ids of which all but the first are targets. */
export function batchOf(ids: ArrayLike<number>): TokenBatch {
  const all = Int32Array.from(ids);
  const time = all.length - 1;
  return { time, rows: 1, lengths: null, tokens: all.slice(0, time), targets: all.slice(1), continues: true };
}
