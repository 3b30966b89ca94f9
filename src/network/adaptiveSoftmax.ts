/**
 * @file The adaptive softmax of a large vocabulary (Grave et al. 2017, arXiv 1609.04309), as PyTorch's AdaptiveLogSoftmaxWithLoss: the head computes logits
 * of the most frequent classes and one of each cluster of rarer classes; a cluster's own logits are computed from fewer features, and in training for its
 * own targets only. P(class) = P(cluster) · P(class | cluster).
 */
import { crossEntropyHead } from "../engine/ops/crossEntropyHead.js";
import {
  add,
  concat,
  logSoftmax,
  matMul,
  type Scalar,
  slice,
  tensor1d,
  type Tensor1D,
  type Tensor2D,
  zeros as zeroTensor,
} from "../engine/tfjs.js";
import { UsageError } from "../common/errors.js";
import type { Initialization } from "./initializers.js";
import type { WeightSpec } from "./layers/layer.js";
import type { Spec } from "./spec.js";

export type AdaptiveSpec = NonNullable<Spec["adaptive"]>;

/** The classes `first` … `last` - 1, whose logits are (features · projection) · kernel: [width, `units`] · [`units`, classes]. */
type Cluster = { first: number; last: number; units: number };

/** A cluster's weights, and its classes. */
export type Tail = { first: number; last: number; projection: Tensor2D; kernel: Tensor2D };

/** The head's weights; kernel: [width, shortlist + clusters]. */
export type AdaptiveHead = { kernel: Tensor2D; bias: Tensor1D; tails: readonly Tail[] };

const clustersOf = ({ cutoffs, divValue }: AdaptiveSpec, classes: number, width: number): Cluster[] =>
  cutoffs.map((first, index) => ({
    first,
    last: cutoffs[index + 1] ?? classes,
    units: Math.max(1, Math.floor(width / divValue ** (index + 1))),
  }));

/** The head's outputs: the most frequent classes, then one for each cluster. */
export const adaptiveOutputs = ({ cutoffs }: AdaptiveSpec): number => cutoffs[0]! + cutoffs.length;

const tailName = (index: number): string => `head/tail/${index}`;

/** The weights of the clusters, by name. @param width of the features */
export function tailWeights(
  adaptive: AdaptiveSpec,
  classes: number,
  width: number,
  { kernel: initialize }: Initialization,
): Map<string, WeightSpec> {
  return new Map(
    clustersOf(adaptive, classes, width).flatMap(({ first, last, units }, index) => [
      [`${tailName(index)}/projection`, { shape: [width, units], initialize }],
      [`${tailName(index)}/kernel`, { shape: [units, last - first], initialize }],
    ]),
  );
}

export const tailsOf = (adaptive: AdaptiveSpec, classes: number, weight: (name: string) => Tensor2D): Tail[] =>
  clustersOf(adaptive, classes, 1).map(({ first, last }, index) => ({
    first,
    last,
    projection: weight(`${tailName(index)}/projection`),
    kernel: weight(`${tailName(index)}/kernel`),
  }));

/** The logarithms of all probabilities, [rows, classes], which are logits too: their softmax is the probabilities. */
export function adaptiveLogProbabilities(features: Tensor2D, { kernel, bias, tails }: AdaptiveHead): Tensor2D {
  const outputs = logSoftmax<Tensor2D>(add(matMul(features, kernel), bias));
  const shortlist = tails[0]!.first;
  const parts = tails.map((tail, index) => {
    const within = logSoftmax<Tensor2D>(matMul(matMul(features, tail.projection), tail.kernel));
    return add<Tensor2D>(slice(outputs, [0, shortlist + index], [-1, 1]), within);
  });
  return concat<Tensor2D>([slice(outputs, [0, 0], [-1, shortlist]), ...parts], 1);
}

/** The targets of the head, in which a cluster is one class, and of each cluster; -1 where a row has none. */
function targetsWithin(targets: Int32Array, tails: readonly Tail[]): { head: Int32Array; within: Int32Array[] } {
  const shortlist = tails[0]!.first;
  const head = targets.slice();
  const within = tails.map(({ first, last }, index) =>
    targets.map((target, row) => {
      if (target < first || target >= last) return -1;
      head[row] = shortlist + index;
      return target - first;
    }),
  );
  return { head, within };
}

/** The mean of -log P(target) over the rows whose target is not -1; 0 without such rows. */
export function adaptiveCrossEntropy(
  features: Tensor2D,
  { kernel, bias, tails }: AdaptiveHead,
  targets: Tensor1D,
  mode: { training: boolean },
): Scalar {
  const { head, within } = targetsWithin(targets.dataSync<"int32">(), tails);
  const meanOver = Math.max(
    1,
    head.reduce((count, target) => (target >= 0 ? count + 1 : count), 0),
  );
  let loss = crossEntropyHead(features, kernel, bias, tensor1d(head, "int32"), { ...mode, meanOver });
  for (const [index, tail] of tails.entries()) {
    const own = within[index]!;
    if (own.every((target) => target < 0)) continue;
    const projected: Tensor2D = matMul(features, tail.projection);
    const unbiased: Tensor1D = zeroTensor([tail.last - tail.first]);
    loss = add(loss, crossEntropyHead(projected, tail.kernel, unbiased, tensor1d(own, "int32"), { ...mode, meanOver }));
  }
  return loss;
}

/** The parts of the text that the classes before each usual cutoff make up. */
const usualShares = [0.8, 0.95];

/**
 * Cutoffs for classes in the order of their frequency: those before each make up a usual part of the text.
 * @param counts how often each class occurs
 * @throws UsageError for fewer classes than clusters take
 */
export function usualCutoffs(counts: ArrayLike<number>): number[] {
  let total = 0;
  for (let id = 0; id < counts.length; id++) total += counts[id]!;
  const cutoffs: number[] = [];
  let sum = 0;
  for (let id = 0; id < counts.length - 1 && cutoffs.length < usualShares.length; id++) {
    sum += counts[id]!;
    if (sum >= usualShares[cutoffs.length]! * total) cutoffs.push(id + 1);
  }
  if (cutoffs.length === usualShares.length) return cutoffs;
  throw new UsageError(
    `--softmax adaptive needs a larger vocabulary than ${counts.length} tokens, or --cutoffs; remove it`,
  );
}
