/** @file Labels of texts by small classifiers. */
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { classify, classifyBatch, type Prediction } from "../../../src/inference/classification/classify.js";
import { engine } from "../../../src/engine/tfjs.js";
import { loadModel, type Model } from "../../../src/model/model.js";
import { backendsHere, exactBackendsHere } from "../../engine/support.js";
import { folderWith } from "../../support/folder.js";
import { trainedModel } from "../../support/models.js";
import { csvOf, opinions } from "../../support/texts.js";
import { casesOf } from "../../support/thorough.js";

const folder = folderWith({ "opinions.csv": csvOf(opinions(80)) });
const checkpoint = join(folder, "critic");
let model: Model;
beforeAll(async () => {
  model = await trainedModel(checkpoint, join(folder, "opinions.csv"), {
    epochs: 12,
    learningRate: 0.02,
    maxLength: 30,
  });
});

async function* given(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

async function answersTo(texts: readonly string[]): Promise<Prediction[][]> {
  const answers: Prediction[][] = [];
  for await (const answer of classify(model, given(texts))) answers.push(answer);
  return answers;
}

const words = fc.constantFrom("the", "lovely", "rude", "ladder", "was", "unheard-of", "🙂", ",");
const text = fc.array(words, { maxLength: 20 }).map((list) => list.join(" "));

test("classify: texts get the label of their words", () => {
  const [praise, blame] = classifyBatch(model, [
    "the bell was lovely, and the hare was warm",
    "a rude and broken lamp",
  ]);
  expect(praise![0]!.label).toBe("praise");
  expect(blame![0]!.label).toBe("blame");
});

test.each(exactBackendsHere)(
  "classify: a text's result does not depend on the other texts, to the bit (%s)",
  async (backend) => {
    const loaded = await loadModel(checkpoint, { backend });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), (texts) => {
        const among = classifyBatch(loaded, texts);
        expect(texts.map((alone) => classifyBatch(loaded, [alone])[0])).toEqual(among);
      }),
      { numRuns: casesOf(backend === "cpu" ? 10 : 40) },
    );
    loaded.network.dispose();
  },
);

test("classify: every backend gives the same probabilities up to rounding", async () => {
  const texts = opinions(20).map((row) => row.text);
  const answers: Prediction[][][] = [];
  for (const backend of backendsHere) {
    const loaded = await loadModel(checkpoint, { backend });
    answers.push(classifyBatch(loaded, texts));
    loaded.network.dispose();
  }
  for (const found of answers) {
    found.forEach((predictions, row) => {
      expect(predictions[0]!.label).toBe(answers[0]![row]![0]!.label);
      expect(predictions[0]!.probability).toBeCloseTo(answers[0]![row]![0]!.probability, 4);
    });
  }
});

test("classify: each label has a probability, most probable first, and they sum to 1", async () => {
  for (const predictions of await answersTo(["", "lovely", "no word that it knows"])) {
    expect(predictions.map(({ label }) => label).toSorted()).toEqual(["blame", "praise"]);
    expect(predictions[0]!.probability).toBeGreaterThanOrEqual(predictions[1]!.probability);
    expect(predictions[0]!.probability + predictions[1]!.probability).toBeCloseTo(1, 6);
  }
});

test("classify: one result for each text, in their order, for any number of texts", async () => {
  const texts = opinions(1000).map((row) => row.text);
  const answers = await answersTo(texts);
  expect(answers).toHaveLength(1000);
  for (const index of [0, 127, 128, 999]) expect(answers[index]).toEqual((await answersTo([texts[index]!]))[0]);
  expect(await answersTo([])).toEqual([]);
});

test("classify: a text is read up to the maximum length of training", async () => {
  const long = "the lovely lamp ".repeat(10).trim(); // 30 words
  expect(await answersTo([`${long} rude rude rude rude`])).toEqual(await answersTo([long]));
});

test("classify: a text of a million characters gets a label", async () => {
  expect(await answersTo(["the lovely lamp ".repeat(70_000)])).toHaveLength(1);
});

test("classify: no tensors are left", async () => {
  await answersTo(["warm"]);
  const before = engine().memory().numTensors;
  await answersTo(opinions(300).map((row) => row.text));
  expect(engine().memory().numTensors).toBe(before);
});
