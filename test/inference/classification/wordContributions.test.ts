/** @file What words weigh: the bundled critic's sentences, and the odds that the weights are made of. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { classifyBatch } from "../../../src/inference/classification/classify.js";
import { wordsOf, wordWeights } from "../../../src/inference/classification/wordContributions.js";
import { loadModel, type Model } from "../../../src/model/model.js";
import { packageFolder } from "../../../src/common/packageFolder.js";

let critic: Model;
beforeAll(async () => {
  critic = await loadModel(join(packageFolder, "checkpoints/critic"), { backend: "auto" });
});

const weighed = (text: string) =>
  [...wordWeights(critic, text)].map(({ start, end, weights }) => ({ word: text.slice(start, end), weights }));
const oddsOf = (text: string, label: string): number => {
  const { probability } = classifyBatch(critic, [text])[0]!.find((found) => found.label === label)!;
  return probability / (1 - probability);
};

test("a weight is the logarithm of how many times the odds fall without the word and the space before it", () => {
  const text = "The room was small, but the staff were great.";
  const positive = critic.labels.indexOf("positive");
  const staff = weighed(text).find(({ word }) => word === "great")!;
  const fall = oddsOf(text, "positive") / oddsOf("The room was small, but the staff were.", "positive");
  expect(staff.weights[positive]).toBeCloseTo(Math.log(fall), 2);
  const first = weighed(text)[0]!;
  const rest = oddsOf(text, "positive") / oddsOf("room was small, but the staff were great.", "positive");
  expect(first.weights[positive]).toBeCloseTo(Math.log(rest), 2);
});

test("of two labels, what speaks for one speaks as much against the other", () => {
  for (const { weights } of weighed("not bad at all")) expect(weights[0]).toBeCloseTo(-weights[1]!, 5);
});

test("the word that carries an opinion weighs most, and what turns it weighs against it", () => {
  const positive = critic.labels.indexOf("positive");
  const heaviest = weighed("The soup was excellent and warm.").toSorted(
    (left, right) => right.weights[positive]! - left.weights[positive]!,
  )[0]!;
  expect(heaviest.word).toBe("excellent");
  expect(weighed("The soup was not good.").find(({ word }) => word === "not")!.weights[positive]).toBeLessThan(-1);
});

test("words past what the model reads have no weights, and no words have none", () => {
  const short = { ...critic, recipe: { ...critic.recipe, maxLength: 3 } };
  expect([...wordWeights(short, "The soup was good.")].map(({ start }) => start)).toEqual([0, 4, 9]);
  expect(weighed(" \n\t ")).toEqual([]);
});

test("words are apart from marks and white space, and keep their places", () => {
  const text = "  I don't,\n\nreally!";
  expect(wordsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual(["I", "don't", ",", "really", "!"]);
});
