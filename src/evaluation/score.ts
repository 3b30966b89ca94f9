/** @file Scores a network on examples: its loss, and its predictions for labels and numbers. */
import { dispose, tidy } from "../engine/tfjs.js";
import { type Batch, type Examples, targetCount } from "../examples/batch.js";
import { firstBatches } from "../examples/sampledExamples.js";
import type { Task } from "../common/names.js";
import { inputsOf, targetsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import { argmax, softmax } from "../network/softmax.js";

/** loss: mean cross-entropy of a target, in nats. */
export type TextScore = {
  loss: number;
  targets: number;
  /** The batches that were read: all of them, unless the time was over. */
  batches: number;
};

export type LabelScore = TextScore & {
  accuracy: number;
  /** The actual and the predicted class id of each target, in the order of the examples. */
  actual: number[];
  predicted: number[];
  /** The probability of each predicted class. */
  confidence: number[];
};

/** loss: mean squared error of the scaled numbers. */
export type NumberScore = TextScore & {
  /** The actual and the predicted number of each target, scaled, in the order of the examples. */
  actual: number[];
  predicted: number[];
};

/** The type of the score of each task. */
type TaskScores = { generator: TextScore; classifier: LabelScore; tagger: LabelScore; regressor: NumberScore };

export type Score = TextScore & Partial<LabelScore>;

/** The batches in order; at least one, and no further one after a time. @param until in milliseconds of `performance.now` */
function* batchesOf(examples: Examples, until = Infinity): Generator<Batch> {
  for (let index = 0; index < examples.batchesPerEpoch; index++) {
    if (index > 0 && performance.now() >= until) return;
    yield examples.batch(0, index);
  }
}

/** The mean loss over the examples; the state is carried if a batch continues the previous one. */
export function scoreText(network: Network, examples: Examples, until?: number): TextScore {
  let sum = 0;
  let targets = 0;
  let batches = 0;
  let state: NetworkState | null = null;
  for (const batch of batchesOf(examples, until)) {
    batches++;
    const before = batch.continues ? state : null;
    const result = tidy(() => {
      const { loss, state: next } = network.loss(inputsOf(batch), targetsOf(batch), before, {
        training: false,
        seed: 0,
      });
      return { loss: loss.dataSync()[0]!, state: next };
    });
    if (state) dispose(state);
    state = result.state;
    const count = targetCount(batch);
    sum += result.loss * count;
    targets += count;
  }
  if (state) dispose(state);
  return { loss: sum / targets, targets, batches };
}

/** Loss, accuracy and predictions over all targets: documents, or words of a tagger. */
export function scoreLabels(network: Network, examples: Examples, until?: number): LabelScore {
  const actual: number[] = [];
  const predicted: number[] = [];
  const confidence: number[] = [];
  let sum = 0;
  let batches = 0;
  for (const batch of batchesOf(examples, until)) {
    batches++;
    const classes = network.spec.classes;
    const { logits, state } = network.read(() => inputsOf(batch), null); // [targets · classes]
    dispose(state);
    for (const [row, target] of batch.targets.entries()) {
      if (target < 0) continue;
      const probabilities = softmax(logits.subarray(row * classes, (row + 1) * classes));
      sum -= Math.log(Math.max(Number.MIN_VALUE, probabilities[target]!));
      actual.push(target);
      const best = argmax(probabilities);
      predicted.push(best);
      confidence.push(probabilities[best]!);
    }
  }
  const right = actual.filter((label, index) => label === predicted[index]).length;
  const targets = actual.length;
  return { loss: sum / targets, targets, batches, accuracy: right / targets, actual, predicted, confidence };
}

/** Mean squared error and predictions over all targets. */
export function scoreNumbers(network: Network, examples: Examples, until?: number): NumberScore {
  const actual: number[] = [];
  const predicted: number[] = [];
  let batches = 0;
  for (const batch of batchesOf(examples, until)) {
    batches++;
    const { logits, state } = network.read(() => inputsOf(batch), null); // [targets · 1]
    dispose(state);
    actual.push(...batch.targets);
    predicted.push(...logits);
  }
  const squares = actual.reduce((sum, number, index) => sum + (number - predicted[index]!) ** 2, 0);
  return { loss: squares / actual.length, targets: actual.length, batches, actual, predicted };
}

const scores: { [Kind in Task]: (network: Network, examples: Examples, until?: number) => TaskScores[Kind] } = {
  generator: scoreText,
  classifier: scoreLabels,
  tagger: scoreLabels,
  regressor: scoreNumbers,
};

/** The score of the network's task. @param until when the time is over, in milliseconds of `performance.now`; default: all batches are read */
export const score = (network: Network, examples: Examples, until?: number): Score =>
  scores[network.spec.task](network, examples, until);

/**
 * The mean seconds of a batch in an evaluation.
 * @param examples in the order of a sample
 * @param seconds that the measurement takes, but for one batch to warm up
 */
export function secondsOfBatch(network: Network, examples: Examples, seconds: number): number {
  score(network, firstBatches(examples, 1));
  const started = performance.now();
  const { batches } = score(network, examples, started + 1000 * seconds);
  return (performance.now() - started) / 1000 / batches;
}
