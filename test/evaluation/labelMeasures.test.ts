/** @file Scores of predicted probabilities against scikit-learn, SciPy and statsmodels, and the intervals by simulation. */
import { expect, test } from "vitest";
import { randomStream } from "../../src/common/random.js";
import { calibrationInterval } from "../../src/evaluation/intervals.js";
import { labelMeasures } from "../../src/evaluation/labelMeasures.js";
import { mcNemarTest } from "../../src/evaluation/mcNemar.js";
import { rankingOf } from "../../src/evaluation/ranking.js";
import peers from "../parity/labelMeasures.json" with { type: "json" };

const predictionsOf = (truth: number[], probabilities: number[][]) => ({
  classes: probabilities[0]!.length,
  documents: Uint32Array.from(truth, (_, index) => index),
  actual: Int32Array.from(truth),
  probabilities: Float64Array.from(probabilities.flat()),
});

test.each(peers.cases)("metrics: scores of probabilities are scikit-learn's: $name", (expected) => {
  const measures = labelMeasures(predictionsOf(expected.truth, expected.probabilities));
  expect(measures.brierScore).toBeCloseTo(expected.brierScore, 10);
  expect(measures.rocAuc).toBeCloseTo(expected.rocAuc, 10);
  expect(measures.averagePrecision).toBeCloseTo(expected.averagePrecision, 10);
  expect(measures.calibration.error).toBeCloseTo(expected.calibrationError, 10);
  for (const [label, { rocAuc, averagePrecision }] of measures.rankings.entries()) {
    expect(rocAuc).toBeCloseTo(expected.rocAucs[label]!, 10);
    expect(averagePrecision).toBeCloseTo(expected.averagePrecisions[label]!, 10);
  }
  const [low, high] = measures.accuracyInterval;
  expect(low).toBeCloseTo(expected.accuracyInterval[0]!, 10);
  expect(high).toBeCloseTo(expected.accuracyInterval[1]!, 10);
});

test.each(peers.mcnemar)("metrics: McNemar's test is statsmodels': $firstAlone and $secondAlone", (expected) => {
  const { firstAlone, secondAlone, p } = expected;
  expect(mcNemarTest(firstAlone, secondAlone).p / p).toBeCloseTo(1, 9);
  expect(mcNemarTest(secondAlone, firstAlone).p / p).toBeCloseTo(1, 9);
  expect(mcNemarTest(firstAlone, secondAlone).method).toBe(
    firstAlone + secondAlone < 25 ? "exact binomial" : "chi-squared",
  );
});

test("metrics: classifiers that are right on as many examples are equal, however many differ", () => {
  expect(mcNemarTest(500, 500).p).toBe(1);
});

test("metrics: a label without examples is left out of the mean of the rankings", () => {
  const measures = labelMeasures(
    predictionsOf(
      [0, 0, 1, 1],
      [
        [0.7, 0.2, 0.1],
        [0.6, 0.3, 0.1],
        [0.2, 0.7, 0.1],
        [0.1, 0.7, 0.2],
      ],
    ),
  );
  expect(measures.rankings[2]).toEqual({ rocAuc: null, averagePrecision: null });
  expect(measures.rocAuc).toBe(1);
  expect(measures.averagePrecision).toBe(1);
});

test("metrics: examples of one label have no ROC AUC", () => {
  expect(rankingOf([true, true], Float64Array.of(0.2, 0.9))).toEqual({ rocAuc: null, averagePrecision: 1 });
});

/** Predictions whose odds are `sharpening` times as far from even as they should be. */
function simulated(count: number, sharpening: number, random: () => number) {
  const confidences = new Float64Array(count);
  const hits = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const logit = 4 * random(); // of the predicted label
    confidences[index] = 1 / (1 + Math.exp(-logit * sharpening));
    hits[index] = Number(random() < 1 / (1 + Math.exp(-logit)));
  }
  return { confidences, hits };
}

test.each([1.3, 2])("metrics: nine of ten calibration intervals contain the true error (odds × %d)", (sharpening) => {
  const random = randomStream(5, "simulation", sharpening);
  const steps = 100_000;
  let truth = 0; // the signed gap has one sign, so that the error is its mean
  for (let step = 0; step < steps; step++) {
    const logit = (4 * (step + 0.5)) / steps;
    truth += (1 / (1 + Math.exp(-logit * sharpening)) - 1 / (1 + Math.exp(-logit))) / steps;
  }
  const trials = 40;
  let contained = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { confidences, hits } = simulated(400, sharpening, random);
    const [low, high] = calibrationInterval(confidences, hits);
    if (low <= truth && truth <= high) contained++;
  }
  expect(contained / trials).toBeGreaterThanOrEqual(0.85);
});
