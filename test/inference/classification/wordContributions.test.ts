/** @file Word contributions in the sentences of the bundled critic. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { classifyBatch } from "../../../src/inference/classification/classify.js";
import { wordSpans, wordContributions } from "../../../src/inference/classification/wordContributions.js";
import { loadModel, type Model } from "../../../src/model/model.js";
import { packageFolder } from "../../../src/common/packageFolder.js";

let critic: Model;
beforeAll(async () => {
  critic = await loadModel(join(packageFolder, "checkpoints/critic"), { backend: "auto" });
});

const contributionsOf = (text: string) =>
  [...wordContributions(critic, text)].map(({ start, end, contributions }) => ({
    word: text.slice(start, end),
    contributions,
  }));
const oddsOf = (text: string, label: string): number => {
  const { probability } = classifyBatch(critic, [text])[0]!.find((found) => found.label === label)!;
  return probability / (1 - probability);
};

test("contributions: a word's contribution is the decrease of the log odds without the word and the space before it", () => {
  const text = "The room was small, but the staff were great.";
  const positive = critic.labels.indexOf("positive");
  const staff = contributionsOf(text).find(({ word }) => word === "great")!;
  const fall = oddsOf(text, "positive") / oddsOf("The room was small, but the staff were.", "positive");
  expect(staff.contributions[positive]).toBeCloseTo(Math.log(fall), 2);
  const first = contributionsOf(text)[0]!;
  const rest = oddsOf(text, "positive") / oddsOf("room was small, but the staff were great.", "positive");
  expect(first.contributions[positive]).toBeCloseTo(Math.log(rest), 2);
});

test("contributions: with two labels, support for one opposes the other as much", () => {
  for (const { contributions } of contributionsOf("not bad at all"))
    expect(contributions[0]).toBeCloseTo(-contributions[1]!, 5);
});

test("contributions: the word with the opinion supports the label most, and a negation opposes it", () => {
  const positive = critic.labels.indexOf("positive");
  const strongest = contributionsOf("The soup was excellent and warm.").toSorted(
    (left, right) => right.contributions[positive]! - left.contributions[positive]!,
  )[0]!;
  expect(strongest.word).toBe("excellent");
  expect(
    contributionsOf("The soup was not good.").find(({ word }) => word === "not")!.contributions[positive],
  ).toBeLessThan(-1);
});

test("contributions: words after the maximum length and blank text have none", () => {
  const { bag, ...network } = { ...critic, recipe: { ...critic.recipe, maxLength: 3 } };
  expect([...wordContributions(network, "The soup was good.")].map(({ start }) => start)).toEqual([0, 4, 9]);
  expect([...wordContributions({ ...network, ...(bag && { bag }) }, "The soup was good.")]).toHaveLength(5);
  expect(contributionsOf(" \n\t ")).toEqual([]);
});

test("contributions: spans are words and punctuation marks without whitespace", () => {
  const text = "  I don't,\n\nreally!";
  expect(wordSpans(text).map(({ start, end }) => text.slice(start, end))).toEqual(["I", "don't", ",", "really", "!"]);
});
