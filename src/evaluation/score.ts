/** @file Scores a network on examples: its loss, and its predictions for labels and numbers. */
import { dispose, tidy } from "../engine/tfjs.js";
import { type Batch, type Examples, targetCount } from "../examples/batch.js";
import { firstBatches } from "../examples/sampledExamples.js";
import type { BagModel } from "../baselines/bagModel.js";
import type { Task } from "../common/names.js";
import { documentMeans } from "../examples/documentChunks.js";
import { tokenRows } from "../examples/documentExamples.js";
import { inputsOf, targetsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import { argmax, sigmoidOf, softmax } from "../network/softmax.js";

/** loss: mean cross-entropy of a target, in nats. */
export type TextScore = {
  loss: number;
  targets: number;
  /** The batches that were read: all of them, unless the time was over. */
  batches: number;
};

/** The scores of a part of a model alone. */
export type OwnScore = { loss: number; accuracy: number };

/** parts: of a network with a bag of n-grams. */
export type LabelScore = TextScore & { accuracy: number; parts?: { network: OwnScore; bag: OwnScore } };

/** The loss of numbers is the mean squared error of the scaled numbers. */
export type Score = TextScore & Partial<LabelScore>;

/**
 * A target that was predicted: class ids with the probability of the predicted one and of every class; or scaled numbers; or a set of labels, whose ids
 * are -1, with the probability of every label and `actualSet`, which has 1 for a label of the set.
 */
export type Prediction = {
  actual: number;
  predicted: number;
  confidence?: number;
  probabilities?: Float64Array;
  actualSet?: ArrayLike<number>;
};

export type ScoreOptions = {
  /** When the time is over, in milliseconds of `performance.now`. Default: all batches are read. */
  until?: number | undefined;
  /** Called for each target of labels and numbers, in the order of the examples. `position`: of the target in its batch. */
  onPrediction?: ((prediction: Prediction, batch: Batch, position: number) => void) | undefined;
};

/** The batches in order; at least one, and no further one after the time. @param until in milliseconds of `performance.now` */
export function* batchesOf(examples: Examples, until = Infinity): Generator<Batch> {
  for (let index = 0; index < examples.batchesPerEpoch; index++) {
    if (index > 0 && performance.now() >= until) return;
    yield examples.batch(0, index);
  }
}

/** The mean loss over the examples; the state is carried if a batch continues the previous one. */
export function scoreText(network: Network, examples: Examples, { until }: ScoreOptions = {}): TextScore {
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

/** Loss and accuracy over all targets: documents, or words of a tagger. */
export const scoreLabels = (network: Network, examples: Examples, options?: ScoreOptions): LabelScore =>
  scoreLogits((batch) => logitsOf(network, batch), network.spec.classes, examples, options);

/** The same for a bag of n-grams. */
export const scoreBag = (bag: BagModel, examples: Examples, options?: ScoreOptions): LabelScore =>
  scoreLogits(
    (batch) => Float32Array.from(tokenRows(batch).flatMap((ids) => Array.from(bag.logits(ids)))),
    bag.classes,
    examples,
    options,
  );

/** [targets · outputs]; of documents in chunks, the means over their chunks. */
export function logitsOf(network: Network, batch: Batch): Float32Array {
  const { logits, state } = network.read(() => inputsOf(batch), null);
  dispose(state);
  return documentMeans(logits, batch.chunks, network.spec.classes);
}

/** @param logitsAt [targets · classes] */
function scoreLogits(
  logitsAt: (batch: Batch) => Float32Array,
  classes: number,
  examples: Examples,
  { until, onPrediction }: ScoreOptions = {},
): LabelScore {
  let sum = 0;
  let targets = 0;
  let right = 0;
  let batches = 0;
  for (const batch of batchesOf(examples, until)) {
    batches++;
    const logits = logitsAt(batch);
    for (const [position, actual] of batch.targets.entries()) {
      if (actual < 0) continue;
      const probabilities = softmax(logits.subarray(position * classes, (position + 1) * classes));
      sum -= Math.log(Math.max(Number.MIN_VALUE, probabilities[actual]!));
      const predicted = argmax(probabilities);
      targets++;
      if (predicted === actual) right++;
      onPrediction?.({ actual, predicted, confidence: probabilities[predicted]!, probabilities }, batch, position);
    }
  }
  return { loss: sum / targets, targets, batches, accuracy: right / targets };
}

/** The mean binary cross-entropy of all labels of all documents. */
export function scoreLabelSets(
  network: Network,
  examples: Examples,
  { until, onPrediction }: ScoreOptions = {},
): TextScore {
  const { classes } = network.spec;
  let sum = 0;
  let targets = 0;
  let batches = 0;
  for (const batch of batchesOf(examples, until)) {
    batches++;
    const logits = logitsOf(network, batch);
    for (let row = 0; row < batch.targets.length / classes; row++, targets++) {
      const [from, to] = [row * classes, (row + 1) * classes];
      const actualSet = batch.targets.subarray(from, to);
      const probabilities = Float64Array.from<number>(logits.subarray(from, to), sigmoidOf);
      for (const [label, probability] of probabilities.entries())
        sum -= Math.log(
          Math.max(Number.MIN_VALUE, actualSet[label] === 1 ? probability : sigmoidOf(-logits[from + label]!)),
        );
      onPrediction?.({ actual: -1, predicted: -1, probabilities, actualSet }, batch, row);
    }
  }
  return { loss: sum / (targets * classes), targets, batches };
}

/** Mean squared error over all targets. */
export function scoreNumbers(
  network: Network,
  examples: Examples,
  { until, onPrediction }: ScoreOptions = {},
): TextScore {
  let squares = 0;
  let targets = 0;
  let batches = 0;
  for (const batch of batchesOf(examples, until)) {
    batches++;
    const logits = logitsOf(network, batch);
    for (const [position, actual] of batch.targets.entries()) {
      const predicted = logits[position]!;
      squares += (actual - predicted) ** 2;
      targets++;
      onPrediction?.({ actual, predicted }, batch, position);
    }
  }
  return { loss: squares / targets, targets, batches };
}

const scores: { [Kind in Task]: (network: Network, examples: Examples, options?: ScoreOptions) => Score } = {
  generator: scoreText,
  classifier: scoreLabels,
  tagger: scoreLabels,
  regressor: scoreNumbers,
};

/** The score of the network's task. Memory does not grow with the examples. */
export const score = (network: Network, examples: Examples, options?: ScoreOptions): Score =>
  (network.spec.multilabel ? scoreLabelSets : scores[network.spec.task])(network, examples, options);

/**
 * The mean seconds of a batch in an evaluation.
 * @param examples in the order of a sample
 * @param seconds that the measurement takes, but for one batch to warm up
 */
export const secondsOfBatch = (network: Network, examples: Examples, seconds: number): number =>
  secondsOfScoring((some, options) => score(network, some, options), examples, seconds);

/** The same for other scores. @param scoreOn scores the examples that it gets */
export function secondsOfScoring(
  scoreOn: (examples: Examples, options?: ScoreOptions) => { batches: number },
  examples: Examples,
  seconds: number,
): number {
  scoreOn(firstBatches(examples, 1));
  const started = performance.now();
  const { batches } = scoreOn(examples, { until: started + 1000 * seconds });
  return (performance.now() - started) / 1000 / batches;
}
