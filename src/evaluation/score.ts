/** @file How well a network does on examples: its loss, and what it says of each document that has a label or a number. */
import { dispose, tidy } from "../engine/tfjs.js";
import { type Examples, targetCount } from "../examples/batch.js";
import type { Task } from "../common/names.js";
import { inputsOf, targetsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import { likeliest, softmax } from "../network/softmax.js";

/** loss: mean cross-entropy in nats a target. */
export type TextScore = { loss: number; targets: number };

export type LabelScore = TextScore & {
  accuracy: number;
  /** The class of each target and what the network says, in the order of the examples. */
  truth: number[];
  predicted: number[];
  /** The probability of what it says. */
  confidence: number[];
};

/** loss: mean squared error of the scaled numbers. */
export type NumberScore = TextScore & {
  /** The number that each target is and what the network says, as they are scaled, in the order of the examples. */
  truth: number[];
  predicted: number[];
};

/** What each task's network is scored by. */
type Scores = { generator: TextScore; classifier: LabelScore; tagger: LabelScore; regressor: NumberScore };

export type Score = TextScore & Partial<LabelScore>;

/** Mean loss over the examples, the state carried where they continue. */
export function scoreText(network: Network, examples: Examples): TextScore {
  let sum = 0;
  let targets = 0;
  let state: NetworkState | null = null;
  for (let index = 0; index < examples.batchesPerEpoch; index++) {
    const batch = examples.batch(0, index);
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
  return { loss: sum / targets, targets };
}

/** Loss and accuracy over what has a class: a document each, or each of its steps. */
export function scoreLabels(network: Network, examples: Examples): LabelScore {
  const truth: number[] = [];
  const predicted: number[] = [];
  const confidence: number[] = [];
  let sum = 0;
  for (let index = 0; index < examples.batchesPerEpoch; index++) {
    const batch = examples.batch(0, index);
    const classes = network.spec.classes;
    const { logits, state } = network.read(() => inputsOf(batch), null); // [targets · classes]
    dispose(state);
    for (const [row, target] of batch.targets.entries()) {
      if (target < 0) continue;
      const probabilities = softmax(logits.subarray(row * classes, (row + 1) * classes));
      sum -= Math.log(Math.max(Number.MIN_VALUE, probabilities[target]!));
      truth.push(target);
      const answer = likeliest(probabilities);
      predicted.push(answer);
      confidence.push(probabilities[answer]!);
    }
  }
  const right = truth.filter((label, index) => label === predicted[index]).length;
  const targets = truth.length;
  return { loss: sum / targets, targets, accuracy: right / targets, truth, predicted, confidence };
}

/** Loss over what has a number. */
export function scoreNumbers(network: Network, examples: Examples): NumberScore {
  const truth: number[] = [];
  const predicted: number[] = [];
  for (let index = 0; index < examples.batchesPerEpoch; index++) {
    const batch = examples.batch(0, index);
    const { logits, state } = network.read(() => inputsOf(batch), null); // [targets · 1]
    dispose(state);
    truth.push(...batch.targets);
    predicted.push(...logits);
  }
  const squares = truth.reduce((sum, number, index) => sum + (number - predicted[index]!) ** 2, 0);
  return { loss: squares / truth.length, targets: truth.length, truth, predicted };
}

const scores: { [Kind in Task]: (network: Network, examples: Examples) => Scores[Kind] } = {
  generator: scoreText,
  classifier: scoreLabels,
  tagger: scoreLabels,
  regressor: scoreNumbers,
};

/** The score that fits the network's task. */
export const score = (network: Network, examples: Examples): Score => scores[network.spec.task](network, examples);
