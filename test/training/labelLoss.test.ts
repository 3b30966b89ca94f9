/** @file Training with class weights and label smoothing. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Recipe } from "../../src/options/recipe.js";
import { conlluText, simpleSentences } from "../support/conllu.js";
import { folderWith } from "../support/folder.js";
import { trainInto } from "../support/models.js";
import { csvOf, opinions } from "../support/texts.js";

const rare = opinions(60).filter(({ label }, index) => label === "praise" || index % 6 === 1); // 30 and 10
const folder = folderWith({
  "rare.csv": csvOf(rare),
  "opinions.csv": csvOf(opinions(60)),
  "tags.conllu": conlluText(simpleSentences(30)),
});

const trained = async (out: string, corpus: string, given: Partial<Recipe>) => {
  const events = await trainInto(join(folder, out), join(folder, corpus), { validation: "0", test: "0", ...given });
  return events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
};

test("class weights: balanced equals the weights rows / (labels · rows of the label)", async () => {
  const balanced = await trained("balanced", "rare.csv", { classWeight: ["balanced"] });
  const given = [`praise=${40 / (2 * 30)}`, `blame=${40 / (2 * 10)}`];
  expect(await trained("given", "rare.csv", { classWeight: given })).toEqual(balanced);
  expect(await trained("plain", "rare.csv", {})).not.toEqual(balanced);
});

test("class weights: a weight of 1 for every label is the plain loss", async () => {
  const plain = await trained("unweighted", "opinions.csv", { epochs: 1 });
  const ones = await trained("ones", "opinions.csv", { epochs: 1, classWeight: ["praise=1"] });
  for (const [step, loss] of ones.entries()) expect(loss).toBeCloseTo(plain[step]!, 4);
});

test("class weights: an unknown label is an error with the known ones", async () => {
  await expect(trained("unknown", "opinions.csv", { classWeight: ["prais=2"] })).rejects.toThrow(
    "--class-weight prais=2: prais is not one of the labels blame, praise",
  );
});

test("label smoothing: the training loss stays above the entropy of the smoothed labels", async () => {
  const losses = await trained("smoothed", "opinions.csv", { labelSmoothing: 0.2, epochs: 12, learningRate: 0.02 });
  const entropy = -(0.9 * Math.log(0.9) + 0.1 * Math.log(0.1));
  expect(losses.at(-1)).toBeGreaterThan(entropy);
  expect(losses.at(-1)).toBeLessThan(0.9 * losses[0]!);
});

test("label smoothing and class weights: a tagger has them", async () => {
  const losses = await trained("tags", "tags.conllu", { labelSmoothing: 0.1, classWeight: ["DET=2"], epochs: 4 });
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
});

test.each([
  ["--class-weight", { classWeight: ["balanced"] }],
  ["--label-smoothing", { labelSmoothing: 0.1 }],
])("%s: has no effect on a regressor", async (option, given) => {
  const numbers = { "numbers.csv": "text,label\none,1.5\ntwo,2.25\nthree,3.75\n" };
  await expect(
    trainInto(join(folder, "numbers"), join(folderWith(numbers), "numbers.csv"), given, { task: "regressor" }),
  ).rejects.toThrow(`${option} has no effect`);
});
