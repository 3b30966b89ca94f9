/** @file Conformal label sets: their coverage by simulation, their sizes, and their stored scores. */
import { expect, test } from "vitest";
import { randomStream } from "../../src/common/random.js";
import { conformalMethods } from "../../src/common/names.js";
import { conformalQuantile, conformalRecord, conformalSetSize } from "../../src/evaluation/conformal.js";
import { softmax } from "../../src/network/softmax.js";

/** Texts of five labels, and predictions that are overconfident: label sets must not depend on calibrated probabilities. */
function simulated(count: number, random: () => number) {
  const classes = 5;
  const actual = new Int32Array(count);
  const probabilities = new Float64Array(count * classes);
  for (let row = 0; row < count; row++) {
    const logits = Float64Array.from({ length: classes }, () => 5 * random());
    let rest = random();
    actual[row] = Math.max(
      0,
      softmax(logits).findIndex((probability) => (rest -= probability) < 0),
    );
    probabilities.set(softmax(logits.map((logit) => 2 * logit)), row * classes);
  }
  return { classes, documents: Uint32Array.from(actual.keys()), actual, probabilities };
}

const cases = conformalMethods.flatMap((method) =>
  [0.05, 0.1, 0.3].flatMap((error) => [60, 1500].map((held) => ({ method, error, held }))),
);

test.each(cases)(
  "conformal: $method sets miss the label in at most $error of the texts, after $held held-out ones",
  (one) => {
    const { method, error, held } = one;
    const random = randomStream(2, "conformal", method, error, held);
    const [trials, tested] = [held < 100 ? 150 : 20, 200];
    let covered = 0;
    let size = 0;
    for (let trial = 0; trial < trials; trial++) {
      const quantile = conformalQuantile(conformalRecord(simulated(held, random)), method, error);
      const { actual, probabilities, classes } = simulated(tested, random);
      for (let row = 0; row < tested; row++) {
        const own = probabilities.slice(row * classes, (row + 1) * classes);
        const descending = own.toSorted((left, right) => right - left);
        const labels = conformalSetSize(descending, method, quantile);
        covered += Number(descending.indexOf(own[actual[row]!]!) < labels);
        size += labels;
      }
    }
    const coverage = covered / trials / tested;
    expect(coverage).toBeGreaterThan(1 - error - 0.015); // the standard error of the mean is below 0.006
    expect(coverage).toBeLessThan(Math.max(1 - error + 0.05, 0.8)); // the most probable label is always in the set
    expect(size / trials / tested).toBeLessThan(4);
  },
);

test("conformal: thinned-out scores give quantiles that are the exact ones or a little above", () => {
  const predictions = simulated(3000, randomStream(4, "quantiles"));
  const record = conformalRecord(predictions);
  expect(record.lac).toHaveLength(400);
  const exact = predictions.actual
    .reduce<number[]>((scores, label, row) => [...scores, 1 - predictions.probabilities[row * 5 + label]!], [])
    .toSorted((left, right) => left - right);
  for (const error of [0.02, 0.1, 0.25, 0.5]) {
    const rank = Math.ceil(3001 * (1 - error));
    const found = conformalQuantile(record, "lac", error);
    expect(found).toBeGreaterThanOrEqual(exact[rank - 1]!);
    expect(found).toBeLessThanOrEqual(exact[rank + 7]! + 1e-6);
  }
});

test("conformal: too few held-out texts give all labels, and a set is never empty", () => {
  const record = conformalRecord(simulated(15, randomStream(5, "few")));
  const quantile = conformalQuantile(record, "aps", 0.05);
  expect(quantile).toBe(Infinity);
  expect(conformalSetSize(Float64Array.of(0.9, 0.06, 0.04), "aps", quantile)).toBe(3);
  for (const method of conformalMethods) expect(conformalSetSize(Float64Array.of(0.6, 0.4), method, 0)).toBe(1);
});
