/** @file Baselines for inputs of numbers and for regressors: a linear model, and the mean of the training part. */
import type { NumberDocuments } from "../examples/numberExamples.js";
import { GrowingNumbers } from "../examples/growingNumbers.js";
import { scaled, scaledInput, type Scale, unscaled } from "../examples/scaling.js";
import type { LabeledSequences } from "../examples/sequences.js";
import type { TokenDocuments } from "../examples/tokenDocuments.js";
import { argmax } from "../network/softmax.js";
import { crossEntropy, type Features, LinearModel, squaredError } from "./linearModel.js";
import { fittingUntil, type Sampled, sampleOfPasses, TimedPass } from "./timedPass.js";
import { type RegressionErrors, regressionErrors } from "../common/lossMetrics.js";

export type Documents = LabeledSequences<TokenDocuments | NumberDocuments>;

type Sizes = { vocabulary: number; longest: number };
type Featured = { inputs: number; featuresOf: (documents: Documents, index: number) => Features };

/** The linear model reads at most this number of inputs from the end of a sequence, because it has a weight for each. */
const maxInputs = 20_000;

/** The set of tokens; or the last numbers of a sequence, aligned at its end. */
function featuresFor({ inputs: store }: Documents, { vocabulary, longest }: Sizes): Featured {
  if (store.inputs === "tokens") {
    return {
      inputs: vocabulary,
      featuresOf: ({ inputs }, index) => {
        const indices = [...new Set((inputs as TokenDocuments).document(index, longest))];
        return { indices, values: new Float64Array(indices.length).fill(1 / Math.sqrt(Math.max(1, indices.length))) };
      },
    };
  }
  const { width } = store.shape;
  let steps = 1;
  for (let index = 0; index < store.count; index++) steps = Math.max(steps, Math.min(longest, store.lengthOf(index)));
  const inputs = Math.min(steps * width, Math.max(1, Math.floor(maxInputs / width)) * width);
  return {
    inputs,
    featuresOf: ({ inputs: numbers }, index) => {
      const { scaling } = numbers as NumberDocuments;
      const read = (numbers as NumberDocuments).document(index, longest);
      const last = read.subarray(Math.max(0, read.length - inputs));
      const values = Float64Array.from(last, (value, at) => scaledInput(value, scaling[at % width]!));
      return { indices: Float64Array.from(last, (_, at) => inputs - last.length + at), values };
    },
  };
}

/** Until when a baseline may take, in milliseconds of `performance.now`. */
type Limit = { until?: number | undefined };

/** The accuracy of a linear classifier. */
export function linearAccuracy(
  training: Documents,
  heldOut: Documents,
  classes: number,
  { until, ...sizes }: Sizes & Limit,
): { accuracy: number } & Sampled {
  const { inputs, featuresOf } = featuresFor(training, sizes);
  const model = new LinearModel(inputs, classes);
  const count = model.fit(
    training.count,
    (index) => ({ features: featuresOf(training, index), target: training.labels.at(index) }),
    crossEntropy,
    fittingUntil(until),
  );
  let hits = 0;
  const pass = new TimedPass(heldOut.count, until);
  for (const index of pass)
    hits += Number(argmax(model.predict(featuresOf(heldOut, index))) === heldOut.labels.at(index));
  return {
    accuracy: heldOut.count === 0 ? 0 : hits / pass.reached,
    ...sampleOfPasses("documents", { count, of: training.count }, pass.share),
  };
}

/** The errors of a linear regression, and of the mean of the training part. */
export function numberBaselines(
  training: Documents,
  heldOut: Documents,
  target: Scale,
  { until, ...sizes }: Sizes & Limit,
): { mean: RegressionErrors; linear: RegressionErrors & Sampled } {
  const { inputs, featuresOf } = featuresFor(training, sizes);
  const model = new LinearModel(inputs, 1);
  const count = model.fit(
    training.count,
    (index) => ({ features: featuresOf(training, index), target: scaled(training.labels.at(index), target) }),
    squaredError,
    fittingUntil(until),
  );
  const actual = heldOut.labels;
  const predicted = new GrowingNumbers(Float64Array);
  const compared = new GrowingNumbers(Float64Array);
  const pass = new TimedPass(heldOut.count, until);
  for (const index of pass) {
    predicted.push(unscaled(model.predict(featuresOf(heldOut, index))[0]!, target));
    compared.push(actual.at(index));
  }
  return {
    mean: regressionErrors(actual, { length: actual.length, at: () => target.mean }),
    linear: {
      ...regressionErrors(compared, predicted),
      ...sampleOfPasses("documents", { count, of: training.count }, pass.share),
    },
  };
}
