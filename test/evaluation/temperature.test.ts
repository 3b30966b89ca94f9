/** @file Temperature scaling: the best temperature, and what it leaves as it is. */
import { expect, test } from "vitest";
import { randomStream } from "../../src/common/random.js";
import { predictedClasses } from "../../src/evaluation/labelPredictions.js";
import { fitTemperature, temperatureScaling, withTemperature } from "../../src/evaluation/temperature.js";
import { softmax } from "../../src/network/softmax.js";

/** Labels drawn from the probabilities of random logits; the predictions are those of logits that are `sharpening` times as large. */
function drawn(count: number, sharpening: number, classes = 3) {
  const random = randomStream(3, "temperature", count, sharpening);
  const actual = new Int32Array(count);
  const probabilities = new Float64Array(count * classes);
  for (let row = 0; row < count; row++) {
    const logits = Float64Array.from({ length: classes }, () => 4 * random());
    let rest = random();
    actual[row] = Math.max(
      0,
      softmax(logits).findIndex((probability) => (rest -= probability) < 0),
    );
    probabilities.set(softmax(logits.map((logit) => sharpening * logit)), row * classes);
  }
  return { classes, documents: Uint32Array.from(actual.keys()), actual, probabilities };
}

test.each([0.5, 1, 3])("temperature: logits that are %d times too large get that temperature", (sharpening) => {
  expect(fitTemperature(drawn(20_000, sharpening)) / sharpening).toBeCloseTo(1, 1);
});

test.each([0.5, 3])(
  "temperature: it removes the calibration error of logits that are %d times too large",
  (sharpening) => {
    const scaling = temperatureScaling(drawn(20_000, sharpening))!;
    expect(scaling.errorBefore).toBeGreaterThan(0.05);
    expect(scaling.errorAfter).toBeLessThan(0.01);
  },
);

test("temperature: calibrated logits stay as they are, unless chance makes another temperature better", () => {
  const scaled = [100, 200, 300, 400, 500, 600, 700, 800].filter((count) => temperatureScaling(drawn(count, 1)));
  expect(scaled.length).toBeLessThanOrEqual(3); // Akaike's criterion: one in six
});

test("temperature: no other temperature has a lower cross-entropy", () => {
  const predictions = drawn(400, 2);
  const lossAt = (temperature: number): number => {
    const { probabilities, classes, actual } = withTemperature(predictions, temperature);
    return actual.reduce((sum, label, row) => sum - Math.log(probabilities[row * classes + label]!), 0);
  };
  const best = fitTemperature(predictions);
  for (const factor of [0.9, 1.1]) expect(lossAt(best)).toBeLessThan(lossAt(best * factor));
});

test("temperature: no prediction changes", () => {
  const predictions = drawn(400, 2);
  expect(predictedClasses(withTemperature(predictions, 2.7))).toEqual(predictedClasses(predictions));
});

test("temperature: predictions that are all right, or all wrong, have one in bounds", () => {
  const { classes, documents, probabilities, ...predictions } = drawn(200, 1);
  const all = { classes, documents, probabilities };
  const right = fitTemperature({ ...all, actual: predictedClasses({ ...all, ...predictions }) });
  expect(right).toBeGreaterThanOrEqual(0.02);
  expect(right).toBeLessThan(1);
  const wrong = predictedClasses({ ...all, ...predictions }).map((label) => (label + 1) % classes);
  expect(fitTemperature({ ...all, actual: wrong })).toBeLessThanOrEqual(50);
});

test("temperature: fewer than 50 examples are not scaled", () => {
  expect(temperatureScaling(drawn(49, 3))).toBeNull();
  expect(temperatureScaling(drawn(50, 3))).not.toBeNull();
});
