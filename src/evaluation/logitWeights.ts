/** @file The weights of two models whose logits are added: those with the lowest cross-entropy on a validation part. */
import { type LogitWeights, weightedLogits } from "../model/storedBag.js";
import { softmax } from "../network/softmax.js";

/** [documents · classes] of each model, and [documents] class ids. */
export type LogitPair = {
  network: Float32Array | Float64Array;
  bag: Float32Array | Float64Array;
  actual: ArrayLike<number>;
  classes: number;
};

/** Only for two models with the same logits, whose weights would not be determined. */
const ridge = 1e-6;
const mostSteps = 50;
const tolerance = 1e-9;

/**
 * Stacking (Wolpert 1992) with one weight for each model: argmin over a, b ≥ 0 of the mean −log softmax(a · network + b · bag)[actual], a convex function, by
 * Newton's method with halved steps. Of each target, 1 / (n + 2) is spread over all labels, as in Platt scaling: labels that are all predicted correctly would have
 * no best weights. A model that does not help gets 0. The probabilities of the sum are calibrated as by a temperature.
 */
export function fitLogitWeights(pair: LogitPair): LogitWeights {
  const both = minimum(pair, { network: 0.5, bag: 0.5 }, [true, true]);
  if (both.network >= 0 && both.bag >= 0) return both;
  const { network, bag } = fitEachWeight(pair);
  return crossEntropyOf(pair, network) < crossEntropyOf(pair, bag) ? network : bag;
}

/** The best weight of each model alone: the inverse of its temperature. */
export function fitEachWeight(pair: LogitPair): { network: LogitWeights; bag: LogitWeights } {
  const { network } = minimum(pair, { network: 1, bag: 0 }, [true, false]);
  const { bag } = minimum(pair, { network: 0, bag: 1 }, [false, true]);
  return { network: { network: Math.max(0, network), bag: 0 }, bag: { network: 0, bag: Math.max(0, bag) } };
}

/** @param free which of the two weights may change */
function minimum(pair: LogitPair, start: LogitWeights, [a, b]: readonly [boolean, boolean]): LogitWeights {
  let weights = start;
  let value = penalized(pair, weights);
  for (let step = 0; step < mostSteps; step++) {
    const { slopes, curvatures } = derivativesAt(pair, weights);
    const [slopeA, slopeB] = [a ? slopes[0] : 0, b ? slopes[1] : 0];
    const [aa, ab, bb] = [a ? curvatures[0] : 1, a && b ? curvatures[1] : 0, b ? curvatures[2] : 1];
    const determinant = aa * bb - ab * ab;
    const move = {
      network: -(bb * slopeA - ab * slopeB) / determinant,
      bag: -(aa * slopeB - ab * slopeA) / determinant,
    };
    let next = weights;
    let found = Infinity;
    for (let share = 1; share > 1e-6 && !(found <= value); share /= 2) {
      next = { network: weights.network + share * move.network, bag: weights.bag + share * move.bag };
      found = penalized(pair, next);
    }
    if (!(found <= value)) break;
    const gain = value - found;
    [weights, value] = [next, found];
    if (gain < tolerance) break;
  }
  return weights;
}

/** What is minimized: the cross-entropy of the spread targets. */
function penalized(pair: LogitPair, weights: LogitWeights): number {
  const { actual, classes } = pair;
  const spread = spreadOf(pair);
  let sum = 0;
  for (let document = 0; document < actual.length; document++) {
    for (const [label, probability] of softmax(sumOf(pair, weights, document)).entries()) {
      const target = spread / classes + (label === actual[document] ? 1 - spread : 0);
      sum -= target * Math.log(Math.max(Number.MIN_VALUE, probability));
    }
  }
  return sum / actual.length + (ridge / 2) * (weights.network ** 2 + weights.bag ** 2);
}

const spreadOf = ({ actual }: LogitPair): number => 1 / (actual.length + 2);

/** The same for one document of a pair. */
const sumOf = ({ network, bag, classes }: LogitPair, weights: LogitWeights, document: number): Float64Array => {
  const [start, end] = [document * classes, (document + 1) * classes];
  return weightedLogits(weights, network.subarray(start, end), bag.subarray(start, end));
};

/** The mean over the documents, in nats. */
export function crossEntropyOf(pair: LogitPair, weights: LogitWeights): number {
  let sum = 0;
  for (let document = 0; document < pair.actual.length; document++) {
    const probability = softmax(sumOf(pair, weights, document))[pair.actual[document]!]!;
    sum -= Math.log(Math.max(Number.MIN_VALUE, probability));
  }
  return sum / pair.actual.length;
}

/** First and second derivatives by a and b: means and covariances of the two models' logits under the probabilities of the sum. */
function derivativesAt(
  pair: LogitPair,
  weights: LogitWeights,
): { slopes: [number, number]; curvatures: [number, number, number] } {
  const { network, bag, actual, classes } = pair;
  const spread = spreadOf(pair);
  const slopes: [number, number] = [0, 0];
  const curvatures: [number, number, number] = [0, 0, 0];
  for (let document = 0; document < actual.length; document++) {
    const probabilities = softmax(sumOf(pair, weights, document));
    let [meanA, meanB, squareA, product, squareB] = [0, 0, 0, 0, 0];
    for (let label = 0; label < classes; label++) {
      const [p, x, y] = [probabilities[label]!, network[document * classes + label]!, bag[document * classes + label]!];
      meanA += p * x;
      meanB += p * y;
      squareA += p * x * x;
      product += p * x * y;
      squareB += p * y * y;
      const target = spread / classes + (label === actual[document] ? 1 - spread : 0);
      slopes[0] -= target * x;
      slopes[1] -= target * y;
    }
    slopes[0] += meanA;
    slopes[1] += meanB;
    curvatures[0] += squareA - meanA * meanA;
    curvatures[1] += product - meanA * meanB;
    curvatures[2] += squareB - meanB * meanB;
  }
  const count = actual.length;
  return {
    slopes: [slopes[0] / count + ridge * weights.network, slopes[1] / count + ridge * weights.bag],
    curvatures: [curvatures[0] / count + ridge, curvatures[1] / count, curvatures[2] / count + ridge],
  };
}
