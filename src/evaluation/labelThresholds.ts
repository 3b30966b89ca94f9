/** @file The threshold of each label of a set (--multilabel), which the validation part tunes. */
import { dispose } from "../engine/tfjs.js";
import { f1Of, usualThreshold } from "../common/labelSetCounts.js";
import type { Batch, Examples } from "../examples/batch.js";
import { GrowingNumbers } from "../examples/growingNumbers.js";
import { inputsOf } from "../network/inputs.js";
import type { Network } from "../network/network.js";
import { sigmoidOf } from "../network/softmax.js";

/** The probabilities of a batch, [rows · classes], by which its sets are predicted. */
function setProbabilities(network: Network, batch: Batch): Float64Array {
  const { logits, state } = network.read(() => inputsOf(batch), null);
  dispose(state);
  return Float64Array.from<number>(logits, sigmoidOf);
}

/**
 * For each label the threshold with the highest F1 on examples; the usual one for a label that none of them has.
 * @param examples in the order of a sample
 * @param until when the time is over, in milliseconds of `performance.now`: no further batch is read
 */
export function tunedThresholds(network: Network, examples: Examples, until = Infinity): number[] {
  const { classes } = network.spec;
  const probabilities = new GrowingNumbers(Float64Array);
  const targets = new GrowingNumbers(Uint8Array);
  for (let index = 0; index < examples.batchesPerEpoch && (index === 0 || performance.now() < until); index++) {
    const batch = examples.batch(0, index);
    for (const probability of setProbabilities(network, batch)) probabilities.push(probability);
    for (const target of batch.targets) targets.push(target);
  }
  const rows = targets.length / classes;
  return Array.from({ length: classes }, (_, label) =>
    bestThreshold(
      Array.from({ length: rows }, (__, row) => {
        const at = row * classes + label;
        return { probability: probabilities.at(at), has: targets.at(at) === 1 };
      }),
    ),
  );
}

/** The threshold with the highest F1: halfway between two probabilities; of several, the one nearest to the usual one. */
export function bestThreshold(rows: readonly { probability: number; has: boolean }[]): number {
  const support = rows.filter(({ has }) => has).length;
  if (support === 0) return usualThreshold;
  const falling = rows.toSorted((left, right) => right.probability - left.probability);
  let best = { f1: 0, threshold: usualThreshold };
  let hits = 0;
  for (const [index, { probability, has }] of falling.entries()) {
    if (has) hits++;
    const next = falling[index + 1]?.probability ?? 0;
    if (next === probability) continue;
    const f1 = f1Of({ hits, predicted: index + 1, support });
    const threshold =
      next < usualThreshold && probability >= usualThreshold ? usualThreshold : (probability + next) / 2;
    const isNearer = Math.abs(threshold - usualThreshold) < Math.abs(best.threshold - usualThreshold);
    if (f1 > best.f1 || (f1 === best.f1 && isNearer)) best = { f1, threshold };
  }
  return best.threshold;
}
