/** @file A bag of n-grams: its choice of settings, its logits, and its arrays. */
import { expect, test } from "vitest";
import { fitBag, type LabeledDocuments } from "../../src/baselines/fitBag.js";
import { argmax, softmax } from "../../src/network/softmax.js";
import { randomStream } from "../../src/common/random.js";

const vocabulary = 40;
const passedOver = new Uint8Array(vocabulary);

/** The class is the pair that occurs: each of its tokens alone says nothing. */
function pairs(count: number, classes: number, seed: number): LabeledDocuments {
  const random = randomStream(seed, "pairs");
  const texts = Array.from({ length: count }, (_, index) => {
    const label = index % classes;
    const noise = Array.from({ length: 6 }, () => 10 + Math.floor(random() * 30));
    const [left, right] = [2 + ((index >> 3) % 4), 6 + (((index >> 3) + label) % 4)];
    return { ids: [...noise.slice(0, 3), left, right, ...noise.slice(3)], label };
  });
  return { count, ids: (index) => texts[index]!.ids, label: (index) => texts[index]!.label };
}

const accuracyOf = (model: { logits(ids: ArrayLike<number>): Float32Array }, documents: LabeledDocuments): number => {
  let hits = 0;
  for (let index = 0; index < documents.count; index++)
    hits += Number(argmax(model.logits(documents.ids(index))) === documents.label(index));
  return hits / documents.count;
};

test.each([2, 4])(
  "bag of n-grams: pairs of words that single words do not tell are learned (%i classes)",
  (classes) => {
    const [training, validation, heldOut] = [pairs(400, classes, 1), pairs(100, classes, 2), pairs(100, classes, 3)];
    const options = { classes, passedOver };
    const { model, settings, tried } = fitBag(training, validation, options);
    expect(settings.order).toBeGreaterThanOrEqual(2);
    expect(accuracyOf(model, heldOut)).toBeGreaterThan(0.97);
    expect(accuracyOf(fitBag(training, validation, { ...options, order: 1 }).model, heldOut)).toBeLessThan(0.8);
    const best = Math.min(...tried.map(({ loss }) => loss));
    const chosen = tried.find((one) =>
      Object.entries(settings).every(([name, value]) =>
        Object.entries(one).some(([key, other]) => key === name && other === value),
      ),
    );
    expect(chosen!.loss).toBeLessThan(best + 0.001);
  },
);

test("bag of n-grams: a text without features has the bias, and order and copies of texts do not matter", () => {
  const training = pairs(200, 3, 1);
  const { model } = fitBag(training, pairs(60, 3, 2), { classes: 3, passedOver });
  expect(model.logits([])).toEqual(model.parameters.bias);
  expect(model.logits([0, 0])).toEqual(model.parameters.bias);
  const again = fitBag(training, pairs(60, 3, 2), { classes: 3, passedOver }).model;
  expect(again.logits(training.ids(7))).toEqual(model.logits(training.ids(7)));
  expect(softmax(model.logits(training.ids(7))).reduce((sum, one) => sum + one)).toBeCloseTo(1, 6);
});

test("bag of n-grams: without a validation part the usual settings hold, and after the time nothing else is tried", () => {
  const training = pairs(200, 2, 1);
  const none: LabeledDocuments = { ...training, count: 0 };
  const usual = fitBag(training, none, { classes: 2, passedOver });
  expect(usual).toMatchObject({ settings: { order: 2, weighting: "naive-bayes", C: 10 }, tried: [] });
  const late = fitBag(training, pairs(60, 2, 2), { classes: 2, passedOver, until: performance.now() - 1 });
  expect(late.tried.length).toBeLessThanOrEqual(5);
});
