/** @file Which texts are listed to be labeled next. */
import { beforeAll, expect, test } from "vitest";
import { label, loadModel } from "../../../src/index.js";
import { labelStrategies } from "../../../src/common/names.js";
import { diverseChoice } from "../../../src/inference/activeLearning/diverseChoice.js";
import { SimilarTexts, wordCosine, WordNumbers } from "../../../src/inference/activeLearning/textSimilarity.js";
import { uncertaintyBy } from "../../../src/inference/activeLearning/uncertainty.js";
import type { Model, ModelOf } from "../../../src/model/model.js";

let critic: ModelOf<"classifier">;
beforeAll(async () => {
  critic = await loadModel("critic", { task: "classifier" });
});

const predictionsOf = (...probabilities: number[]) =>
  probabilities.map((probability, index) => ({ label: `l${index}`, probability }));

test("label: margin, entropy and least confidence are those of the field", () => {
  const model = { labels: ["l0", "l1", "l2"], recipe: {} } as unknown as Model;
  const of = (...probabilities: number[]): number[] =>
    labelStrategies.map((strategy) => uncertaintyBy(strategy, model)(predictionsOf(...probabilities)));
  const entropy = -(0.5 * Math.log(0.5) + 0.3 * Math.log(0.3) + 0.2 * Math.log(0.2)) / Math.log(3);
  expect(of(0.5, 0.3, 0.2).map((number) => number.toFixed(9))).toEqual(
    [0.8, entropy, 0.5].map((number) => number.toFixed(9)),
  );
  expect(of(1, 0, 0)).toEqual([0, 0, 0]);
  expect(of(1 / 3, 1 / 3, 1 / 3)[1]).toBeCloseTo(1, 12);
});

test("label: of a model of label sets, what counts is the distance from each threshold", () => {
  const model = { labels: ["l0", "l1"], thresholds: [0.2, 0.5], recipe: { multilabel: true } } as unknown as Model;
  const of = (...probabilities: number[]): number[] =>
    labelStrategies.map((strategy) => uncertaintyBy(strategy, model)(predictionsOf(...probabilities)));
  const [margin, entropy, leastConfidence] = of(0.3, 0.1);
  expect(margin).toBeCloseTo(0.9, 12); // |0.3 − 0.2| is the smaller one
  expect(leastConfidence).toBeCloseTo(1 - 0.3 * 0.9, 12);
  expect(entropy).toBeGreaterThan(0);
  expect(of(0.2, 0)[0]).toBe(1);
});

test("label: case, punctuation and digits do not make texts different; other words do", () => {
  const words = new WordNumbers();
  const cosine = (one: string, other: string): number => wordCosine(words.of(one), words.of(other));
  expect(cosine("Order 17 has arrived!", "order 2,005 has arrived")).toBeCloseTo(1, 12);
  expect(cosine("the bell rang", "the bell fell down")).toBeCloseTo(2 / Math.sqrt(12), 12);
  expect(cosine("the bell", "")).toBe(0);
  const similar = new SimilarTexts();
  for (const text of ["a b c d", "the bell rang", "..."]) similar.add(words.of(text));
  expect(similar.nearest(words.of("the bell fell down"))).toBeCloseTo(2 / Math.sqrt(12), 12);
  expect(similar.nearest(words.of("nothing else"))).toBe(0);
});

const unsure = "it was fine at first and then it was not";
const clear = ["a lovely and warm evening", "a rude waiter and a cold soup", "I loved every page of it"];

test("label: the most uncertain texts come first, and a labeled or empty one is never listed", async () => {
  const rows = [...clear, "", { text: unsure, label: "" }, { text: "so so", label: "negative" }];
  const found = await label(critic, rows, { next: 3 });
  expect(found.map(({ uncertainty }) => uncertainty)).toEqual(
    found.map(({ uncertainty }) => uncertainty).toSorted((left, right) => right - left),
  );
  expect(found.map(({ index }) => index)).not.toContain(3);
  expect(await label(critic, rows, { next: 100 })).toHaveLength(4);
  const [first] = found;
  expect(first!.predictions.map(({ label: name }) => name).toSorted()).toEqual(["negative", "positive"]);
});

test("label: near-copies are chosen after other uncertain texts", () => {
  const words = new WordNumbers();
  const candidates = (
    [
      ["it was fine at first", 0.9],
      ["it was really fine at first", 0.95],
      ["it was fine at first indeed", 0.94],
      ["the second half dragged", 0.5],
      ["clearly good", 0.1],
    ] as const
  ).map(([text, uncertainty]) => ({ text, uncertainty, words: words.of(text) }));
  const chosen = (labeled: readonly string[]): string[] => {
    const similar = new SimilarTexts();
    for (const text of labeled) similar.add(words.of(text));
    return diverseChoice(candidates, { labeled: similar, sample: [words.of("fine half")] }, 3).map(({ text }) => text);
  };
  expect(chosen([])).toEqual([candidates[1], candidates[3], candidates[2]].map((candidate) => candidate!.text));
  expect(chosen(["it was fine at first"])[0]).toBe("the second half dragged");
});

test("label: a copy that differs in case, punctuation and numbers counts once", async () => {
  expect(await label(critic, ["ready by 8 o'clock", "Ready by 10 o'clock!", "not ready"], {})).toHaveLength(2);
});

test("label: of texts of the same uncertainty, one like most others comes before an outlier", () => {
  const words = new WordNumbers();
  const others = ["the bell rang again", "the bell fell", "again the lamp fell"].map((text) => words.of(text));
  const candidates = ["qwerty zxcvb", "the bell broke"].map((text) => ({
    text,
    uncertainty: 1,
    words: words.of(text),
  }));
  const [first] = diverseChoice(candidates, { labeled: new SimilarTexts(), sample: others }, 1);
  expect(first!.text).toBe("the bell broke");
});

test("label: a copy of a labeled text comes last", async () => {
  const rows = [unsure, ...clear];
  const [first] = await label(critic, rows, { next: 1 });
  const withLabel = await label(critic, [...rows, { text: unsure, label: "negative" }], { next: 4 });
  expect(first!.index).toBe(0);
  expect(withLabel.at(-1)!.index).toBe(0);
});

test("label: options are checked, and a model of another task is refused", async () => {
  await expect(label(critic, ["a"], { next: 0 })).rejects.toThrow(/next: expected a whole number from 1, got 0/);
  await expect(label("storyteller", ["a"])).rejects.toThrow(
    /storyteller is a generator; this command needs a classifier/,
  );
});
