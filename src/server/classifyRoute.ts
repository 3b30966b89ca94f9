/** @file `POST /classify`: labels with their probabilities, or predicted numbers. */
import * as v from "valibot";
import { classifyBatch, predictBatch, type Prediction } from "../inference/classification/classify.js";
import type { Item } from "../inference/classification/outputs.js";
import type { Model } from "../model/model.js";
import { route } from "./route.js";
import { collected, inputsOf } from "./textInputs.js";

const text = v.union([
  v.string(),
  v.strictObject({ text: v.string(), numbers: v.array(v.pipe(v.number(), v.finite())) }),
]);

/** Texts of one turn. */
const stepTexts = 16;

export const classifyRoute = route({
  method: "POST",
  path: "/classify",
  body: v.strictObject({ model: v.nullish(v.string()), input: v.union([text, v.array(text)]) }),
  answer: async ({ model: asked, input }, { models, turns, limits, signal }) => {
    const [name, model] = models.find(asked, "classifier", "regressor");
    const answers = answersOf(model, inputsOf<Item>(input, limits));
    return { json: { model: name, results: await collected(turns.inTurns(answers, signal)) } };
  },
});

/** For each text the labels, most probable first, or a number; as the library's `classify` and `predict`. */
async function* answersOf(model: Model, items: readonly Item[]): AsyncGenerator<(Prediction[] | number)[]> {
  const answer = model.task === "regressor" ? predictBatch : classifyBatch;
  for (let start = 0; start < items.length; start += stepTexts)
    yield answer(model, items.slice(start, start + stepTexts));
}
