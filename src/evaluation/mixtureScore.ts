/** @file Scores an n-gram model, alone or mixed with a network, on the examples of a generator. */
import { type NgramContexts, type NgramModel, noContexts } from "../baselines/ngramModel.js";
import { dispose } from "../engine/tfjs.js";
import type { NumberSequence } from "../common/lossMetrics.js";
import type { Examples, TokenBatch } from "../examples/batch.js";
import { GrowingNumbers } from "../examples/growingNumbers.js";
import type { Mixture } from "../model/mixture.js";
import { inputsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import { maxLogits, softmaxAt } from "../network/softmax.js";
import type { ScoreOptions, TextScore } from "./score.js";

/** A network and the n-gram model beside it; null for the n-gram model alone. */
export type Mixed = { network: Network | null; mixture: Mixture };

/** The probabilities of a target by each part; the network's is 0 without one. */
type ScoredTarget = { network: number; ngrams: number };

/** The losses of both parts beside that of the mix. */
export type MixtureScore = TextScore & { network?: number; ngrams: number };

/** What `fitNetworkWeight` found: the weight, and the mean losses on the examples that were read. */
export type FittedWeight = { networkWeight: number; losses: { network: number; ngrams: number; mix: number } };

/** The weight of the network with the lowest loss of the mix, which is a convex function of it: where its slope is 0, by bisection. */
export function fitNetworkWeight(
  parts: { network: Network; ngrams: NgramModel },
  examples: Examples,
  options: Pick<ScoreOptions, "until"> = {},
): FittedWeight {
  const ofNetwork = new GrowingNumbers(Float64Array);
  const ofNgrams = new GrowingNumbers(Float64Array);
  eachTarget(parts, examples, options, ({ network, ngrams }) => {
    ofNetwork.push(network);
    ofNgrams.push(ngrams);
  });
  return bestWeight(ofNetwork, ofNgrams);
}

/** Of the weight. */
const precision = 1e-6;

/** @param network the probabilities of some targets @param ngrams those of the same targets */
export function bestWeight(network: NumberSequence, ngrams: NumberSequence): FittedWeight {
  const count = network.length;
  /** Of the loss, which rises with the weight. */
  const slopeAt = (share: number): number => {
    let sum = 0;
    for (let index = 0; index < count; index++) {
      const [ofNetwork, ofNgrams] = [network.at(index)!, ngrams.at(index)!];
      sum -= (ofNetwork - ofNgrams) / Math.max(Number.MIN_VALUE, share * ofNetwork + (1 - share) * ofNgrams);
    }
    return sum;
  };
  let [low, high] = [0, 1];
  if (slopeAt(0) >= 0) high = 0;
  else if (slopeAt(1) <= 0) low = 1;
  while (high - low > precision) {
    const middle = (low + high) / 2;
    if (slopeAt(middle) < 0) low = middle;
    else high = middle;
  }
  const weight = (low + high) / 2;
  const lossAt = (share: number): number => {
    let sum = 0;
    for (let index = 0; index < count; index++)
      sum -= Math.log(Math.max(Number.MIN_VALUE, share * network.at(index)! + (1 - share) * ngrams.at(index)!));
    return sum / count;
  };
  return { networkWeight: weight, losses: { network: lossAt(1), ngrams: lossAt(0), mix: lossAt(weight) } };
}

/** The mean loss over the examples, of the mix and of its parts. */
export function scoreMixture(
  { network, mixture }: Mixed,
  examples: Examples,
  options: ScoreOptions = {},
): MixtureScore {
  const sums = { mix: 0, network: 0, ngrams: 0 };
  let targets = 0;
  const share = mixture.networkWeight;
  const batches = eachTarget({ network, ngrams: mixture.ngrams }, examples, options, (target) => {
    targets++;
    sums.mix -= Math.log(share * target.network + (1 - share) * target.ngrams);
    sums.network -= Math.log(Math.max(Number.MIN_VALUE, target.network));
    sums.ngrams -= Math.log(target.ngrams);
  });
  return {
    loss: sums.mix / targets,
    ...(network && { network: sums.network / targets }),
    ngrams: sums.ngrams / targets,
    targets,
    batches,
  };
}

/**
 * Calls a function for each target of the examples, in their order.
 * @returns the batches that were read
 */
export function eachTarget(
  { network, ngrams }: { network: Network | null; ngrams: Mixture["ngrams"] },
  examples: Examples,
  { until = Infinity }: Pick<ScoreOptions, "until">,
  onTarget: (target: ScoredTarget) => void,
): number {
  let state: NetworkState | null = null;
  let contexts: NgramContexts[] = []; // of each row
  let index = 0;
  for (; index < examples.batchesPerEpoch && (index === 0 || performance.now() < until); index++) {
    const batch = examples.batch(0, index) as TokenBatch;
    const { rows, time, tokens, targets } = batch;
    if (!batch.continues) {
      if (state) dispose(state);
      state = null;
      contexts = Array.from({ length: rows }, () => noContexts);
    }
    const read: { probabilities: Float64Array | null; state: NetworkState | null } = network
      ? targetProbabilities(network, batch, state)
      : { probabilities: null, state: null };
    state = read.state;
    for (let step = 0; step < time; step++) {
      for (let row = 0; row < rows; row++) {
        const position = step * rows + row;
        const target = targets[position]!;
        if (target < 0) continue; // the rest of the row is padding
        const after = ngrams.after(contexts[row]!, tokens[position]!);
        contexts[row] = after;
        onTarget({ network: read.probabilities?.[position] ?? 0, ngrams: ngrams.probability(after, target) });
      }
    }
  }
  if (state) dispose(state);
  return index;
}

/**
 * The network's probabilities of the targets of a batch, [time · rows]; 0 where there is none. Disposes of the state before it.
 * @param batch with a target for each step
 */
function targetProbabilities(
  network: Network,
  batch: TokenBatch,
  before: NetworkState | null,
): { probabilities: Float64Array; state: NetworkState } {
  const { rows, time, targets } = batch;
  const { classes } = network.spec;
  const probabilities = new Float64Array(time * rows);
  const steps = Math.max(1, Math.floor(maxLogits / (rows * classes)));
  let state = before;
  for (let first = 0; first < time; first += steps) {
    const part = stepsOf(batch, first, Math.min(time, first + steps));
    const { logits, state: next } = network.read(() => inputsOf(part), state);
    if (state) dispose(state);
    state = next;
    for (let position = 0; position < part.time * rows; position++) {
      const target = targets[first * rows + position]!;
      if (target >= 0) probabilities[first * rows + position] = softmaxAt(logits, position * classes, classes, target);
    }
  }
  return { probabilities, state: state! };
}

/** Some steps of a batch. */
const stepsOf = ({ tokens, lengths, rows }: TokenBatch, first: number, end: number) => ({
  time: end - first,
  rows,
  tokens: tokens.subarray(first * rows, end * rows),
  lengths: lengths && lengths.map((length) => Math.min(end, Math.max(first, length)) - first),
});
