/** @file Scores a network and the bag of n-grams beside it on the same documents, and the weighted sum of their logits. */
import type { BagModel } from "../baselines/bagModel.js";
import type { IdDocuments } from "../baselines/bagFeatures.js";
import type { Batch, Examples } from "../examples/batch.js";
import { GrowingNumbers } from "../examples/growingNumbers.js";
import type { Network } from "../network/network.js";
import { argmax, softmax } from "../network/softmax.js";
import { type LogitWeights, weightedLogits } from "../model/storedBag.js";
import type { LogitPair } from "./logitWeights.js";
import { batchesOf, type LabelScore, logitsOf, type OwnScore, type ScoreOptions } from "./score.js";

/** A network and a bag of n-grams: a · network + b · bag. */
export type WideModel = { network: Network; bag: BagModel; weights: LogitWeights };

/** documents: the whole texts of the part, which the bag reads; the network reads what the examples have of them. */
export type WideParts = Pick<WideModel, "network" | "bag"> & { documents: IdDocuments };

/** The logits of both parts for each document. @param until when the time is over, in milliseconds of `performance.now` */
export function logitPairOf(parts: WideParts, examples: Examples, until?: number): LogitPair {
  const [network, bag] = [new GrowingNumbers(Float32Array), new GrowingNumbers(Float32Array)];
  const actual = new GrowingNumbers(Int32Array);
  eachDocument(parts, examples, until, (own) => {
    for (const logit of own.network) network.push(logit);
    for (const logit of own.bag) bag.push(logit);
    actual.push(own.actual);
  });
  const classes = parts.bag.classes;
  return {
    network: Float32Array.from(network),
    bag: Float32Array.from(bag),
    actual: Int32Array.from(actual),
    classes,
  };
}

/** Loss and accuracy of a · network + b · bag, and of both alone as they are. */
export function scoreWide(
  parts: WideParts,
  weights: LogitWeights,
  examples: Examples,
  { until, onPrediction }: ScoreOptions = {},
): LabelScore {
  const counts = { sum: new OwnCount(), network: new OwnCount(), bag: new OwnCount() };
  const batches = eachDocument(parts, examples, until, ({ network, bag, actual }, batch, position) => {
    counts.network.add(softmax(network), actual);
    counts.bag.add(softmax(bag), actual);
    const probabilities = softmax(weightedLogits(weights, network, bag));
    const predicted = counts.sum.add(probabilities, actual);
    onPrediction?.({ actual, predicted, confidence: probabilities[predicted]!, probabilities }, batch, position);
  });
  const { targets } = counts.sum;
  return { ...counts.sum.mean, targets, batches, parts: { network: counts.network.mean, bag: counts.bag.mean } };
}

class OwnCount {
  targets = 0;
  private loss = 0;
  private hits = 0;

  /** @returns the predicted class */
  add(probabilities: Float64Array, actual: number): number {
    const predicted = argmax(probabilities);
    this.targets++;
    this.loss -= Math.log(Math.max(Number.MIN_VALUE, probabilities[actual]!));
    if (predicted === actual) this.hits++;
    return predicted;
  }

  get mean(): OwnScore {
    return { loss: this.loss / this.targets, accuracy: this.hits / this.targets };
  }
}

type DocumentLogits = { network: Float32Array; bag: Float32Array; actual: number };

/** @returns the number of batches that were read */
function eachDocument(
  { network, bag, documents }: WideParts,
  examples: Examples,
  until: number | undefined,
  visit: (logits: DocumentLogits, batch: Batch, position: number) => void,
): number {
  const { classes } = bag;
  let batches = 0;
  for (const batch of batchesOf(examples, until)) {
    batches++;
    const logits = logitsOf(network, batch); // [rows · classes]
    for (const [row, actual] of batch.targets.entries()) {
      const own = {
        network: logits.subarray(row * classes, (row + 1) * classes),
        bag: bag.logits(documents.ids(batch.documents![row]!)),
        actual,
      };
      visit(own, batch, row);
    }
  }
  return batches;
}
