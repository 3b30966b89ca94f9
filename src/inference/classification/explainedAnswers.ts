/** @file Answers with the words that moved them: the contribution of each word to the most probable label, or to the number. */
import { UsageError } from "../../common/errors.js";
import type { Model } from "../../model/model.js";
import type { ExplanationMethod } from "../../common/names.js";
import { answersTo } from "../batching.js";
import { answerBatch, type ItemAnswer } from "./classify.js";
import { integratedGradients } from "./integratedGradients.js";
import { batchItems, type Item, textOf } from "./outputs.js";
import type { ItemAnswers } from "./predictionLines.js";
import { type Span, wordContributions } from "./wordContributions.js";

/** The words of a text that the model reads, in their order, with their contributions to one label or to the number. */
export type Explanation = {
  text: string;
  words: (Span & { contribution: number })[];
};

/** `answerBatch` with explanations, computed as the caller takes the answers. @param items texts */
export function* explainedAnswers(
  model: Model,
  items: readonly Item[],
  method: ExplanationMethod,
): Generator<ItemAnswer> {
  for (const [index, answer] of answerBatch(model, items).entries()) {
    if ("error" in answer) yield answer;
    else {
      const explained = "predictions" in answer ? model.labels.indexOf(answer.predictions[0]!.label) : 0;
      yield { ...answer, explanation: explanationOf(model, items[index]!, explained, method) };
    }
  }
}

/** @param explained the index of the label, 0 for a number */
function explanationOf(model: Model, item: Item, explained: number, method: ExplanationMethod): Explanation {
  const text = textOf(item)!;
  if (method === "integrated-gradients") return { text, words: integratedGradients(model, item, explained) };
  const words = Array.from(wordContributions(model, item), ({ start, end, contributions }) => ({
    start,
    end,
    contribution: contributions[explained]!,
  }));
  return { text, words };
}

/** Answers with explanations, of this process. */
export const explainedItems =
  (model: Model, method: ExplanationMethod): ItemAnswers =>
  (items) =>
    answersTo(items, batchItems, (batch) => explainedAnswers(model, batch, method));

/** @param names of the model's labels @throws UsageError for a model of rows of numbers, and for labels of one name */
export function refuseUnexplained(model: Model, names: ReadonlyMap<string, string>, method: ExplanationMethod): void {
  const { inputs, folder } = model;
  if (inputs === "numbers")
    throw new UsageError(`--explain has no effect here, because ${folder} reads rows of numbers; remove it`);
  if (method === "integrated-gradients" && (model.bag || model.network.spec.layers[0]?.type !== "embedding"))
    throw new UsageError(
      `--explain integrated-gradients needs a network that reads embeddings alone, but ${folder} ${model.bag ? "has a bag of n-grams" : "reads the characters of words"}; use --explain occlusion`,
    );
  const shared = [...names.values()].find((name, index, all) => all.indexOf(name) !== index);
  if (shared !== undefined)
    throw new UsageError(
      `--explain explains one label, but --label-map gives several the name ${shared}; give each a name of its own, or remove --explain`,
    );
}
