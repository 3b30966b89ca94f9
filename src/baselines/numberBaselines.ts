/** @file What a network that reads numbers, or predicts one, is measured against. */
import type { NumberDocuments } from "../examples/numberExamples.js";
import { scaled, scaledInput, type Scale, unscaled } from "../examples/scaling.js";
import type { LabelledSequences } from "../examples/sequences.js";
import type { TokenDocuments } from "../examples/tokenDocuments.js";
import { likeliest } from "../network/softmax.js";
import { crossEntropy, type Features, LinearModel, squaredError } from "./linearModel.js";
import { type Errors, errorsOf } from "../common/measures.js";

export type Documents = LabelledSequences<TokenDocuments | NumberDocuments>;

type Sizes = { vocabulary: number; longest: number };
type Featured = { inputs: number; featuresOf: (documents: Documents, index: number) => Features };

/** What is farther back than so many numbers is not read: a linear model needs a weight for each number. */
const mostNumbers = 20_000;

/** Which tokens occur, however often; or all the numbers from the last backwards, so that sequences of all lengths end alike. */
function featuresFor({ inputs: store }: Documents, { vocabulary, longest }: Sizes): Featured {
  if (store.inputs === "tokens") {
    return {
      inputs: vocabulary,
      featuresOf: ({ inputs }, index) => {
        const places = [...new Set((inputs as TokenDocuments).document(index).subarray(0, longest))];
        return { places, values: new Float64Array(places.length).fill(1 / Math.sqrt(Math.max(1, places.length))) };
      },
    };
  }
  const { width } = store.shape;
  let steps = 1;
  for (let index = 0; index < store.count; index++) steps = Math.max(steps, Math.min(longest, store.lengthOf(index)));
  const inputs = Math.min(steps * width, Math.max(1, Math.floor(mostNumbers / width)) * width);
  return {
    inputs,
    featuresOf: ({ inputs: numbers }, index) => {
      const { scaling } = numbers as NumberDocuments;
      const read = (numbers as NumberDocuments).document(index).subarray(0, longest * width);
      const last = read.subarray(Math.max(0, read.length - inputs));
      const values = Float64Array.from(last, (value, place) => scaledInput(value, scaling[place % width]!));
      return { places: Float64Array.from(last, (_, place) => inputs - last.length + place), values };
    },
  };
}

/** The share of labels that a linear model finds. */
export function linearAccuracy(training: Documents, heldOut: Documents, classes: number, sizes: Sizes): number {
  const { inputs, featuresOf } = featuresFor(training, sizes);
  const model = new LinearModel(inputs, classes);
  model.learn(
    training.count,
    (index) => ({ features: featuresOf(training, index), target: training.labels[index]! }),
    crossEntropy,
  );
  const hits = heldOut.labels.filter((label, index) => likeliest(model.predict(featuresOf(heldOut, index))) === label);
  return heldOut.count === 0 ? 0 : hits.length / heldOut.count;
}

/** How far off a linear model is, and who always says the mean of the training part. */
export function numberBaselines(
  training: Documents,
  heldOut: Documents,
  target: Scale,
  sizes: Sizes,
): { mean: Errors; linear: Errors } {
  const { inputs, featuresOf } = featuresFor(training, sizes);
  const model = new LinearModel(inputs, 1);
  model.learn(
    training.count,
    (index) => ({ features: featuresOf(training, index), target: scaled(training.labels[index]!, target) }),
    squaredError,
  );
  const predicted = heldOut.labels.map((_, index) => unscaled(model.predict(featuresOf(heldOut, index))[0]!, target));
  return {
    mean: errorsOf(
      heldOut.labels,
      heldOut.labels.map(() => target.mean),
    ),
    linear: errorsOf(heldOut.labels, predicted),
  };
}
