/** @file The weights of a network and of a bag of n-grams whose logits are added. */
import { expect, test } from "vitest";
import { randomStream } from "../../src/common/random.js";
import { crossEntropyOf, fitLogitWeights, type LogitPair } from "../../src/evaluation/logitWeights.js";

/** Two models that see the label with noise. @param noise of each model; Infinity: noise alone */
function pairOf(documents: number, classes: number, noise: { network: number; bag: number }): LogitPair {
  const random = randomStream(3, "logit weights");
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const actual = Array.from({ length: documents }, () => Math.floor(random() * classes));
  const logits = (deviation: number): Float64Array =>
    Float64Array.from({ length: documents * classes }, (_, at) => {
      const isActual = at % classes === actual[Math.floor(at / classes)]!;
      return deviation === Infinity ? normal() : (isActual ? 1 : 0) + deviation * normal();
    });
  return { network: logits(noise.network), bag: logits(noise.bag), actual, classes };
}

test.each([2, 5])("logit weights: no other weights near them have a lower loss, %i classes", (classes) => {
  const pair = pairOf(400, classes, { network: 1, bag: 0.7 });
  const best = fitLogitWeights(pair);
  const loss = crossEntropyOf(pair, best);
  for (const [network, bag] of [
    [0.1, 0],
    [-0.1, 0],
    [0, 0.1],
    [0, -0.1],
    [0.1, 0.1],
    [-0.1, -0.1],
  ] as const)
    expect(crossEntropyOf(pair, { network: best.network + network, bag: best.bag + bag })).toBeGreaterThan(loss);
  expect(best.bag).toBeGreaterThan(best.network); // it is the better one
});

test("logit weights: the sum is better than each model alone where both know something", () => {
  const pair = pairOf(2000, 3, { network: 1, bag: 1 });
  const sum = crossEntropyOf(pair, fitLogitWeights(pair));
  const none = new Float64Array(pair.network.length);
  for (const alone of [
    { ...pair, bag: none },
    { ...pair, network: none },
  ])
    expect(sum).toBeLessThan(crossEntropyOf(alone, fitLogitWeights(alone)) - 0.05);
});

test("logit weights: a model of noise gets next to nothing, and no weight is negative", () => {
  const { network, bag } = fitLogitWeights(pairOf(2000, 2, { network: Infinity, bag: 0.5 }));
  expect(network).toBeGreaterThanOrEqual(0);
  expect(network).toBeLessThan(0.15);
  expect(bag).toBeGreaterThan(1);
});

test("logit weights: labels that are all predicted correctly give finite weights", () => {
  const pair = pairOf(50, 2, { network: 0, bag: 0 });
  const { network, bag } = fitLogitWeights(pair);
  expect(network + bag).toBeGreaterThan(1);
  expect(Number.isFinite(network + bag)).toBe(true);
});
