/** @file What a model answers to a text, piece by piece, by its task. */
import { classifyBatch, predictBatch } from "../inference/classification/classify.js";
import type { Item } from "../inference/classification/outputs.js";
import { wordContributions } from "../inference/classification/wordContributions.js";
import type { Task } from "../common/names.js";
import { type Model, textModel } from "../model/rebuild.js";
import { generate } from "../inference/generation/generate.js";
import { tagBatch } from "../inference/tagging/tag.js";
import { wordSplitter } from "../inference/tagging/wordSplitter.js";
import type { Answer, Draw } from "./messages.js";
import { rowsOf } from "./typedRows.js";

type Asked = { text: string; draw?: Draw | undefined };

/** Any task's, as the commands do it: the caller need not take all. */
export const answersTo: { [Kind in Task]: (model: Model, asked: Asked) => AsyncGenerator<Answer> } = {
  async *generator(model, { text: prompt, draw }) {
    for await (const { text, tokens } of generate(textModel(model), { ...draw!, prompt, numSamples: 1 }))
      yield { kind: "piece", text, tokens };
  },

  async *classifier(model, { text }) {
    yield { kind: "labels", labels: classifyBatch(model, [itemOf(model, text)])[0]! };
    yield* contributionAnswers(model, text);
  },

  async *regressor(model, { text }) {
    yield { kind: "number", number: predictBatch(model, [itemOf(model, text)])[0]! };
    yield* contributionAnswers(model, text);
  },

  async *tagger(model, { text }) {
    const reader = textModel(model);
    const sentences = text.split("\n").map(wordSplitter(reader.tokenizer));
    const tags = tagBatch(reader, sentences);
    yield {
      kind: "tags",
      sentences: sentences.map((words, sentence) => words.map((word, place) => ({ word, ...tags[sentence]![place]! }))),
    };
  },
};

const itemOf = (model: Model, text: string): Item =>
  model.inputs === "tokens" ? text : rowsOf(text, model.scaling.length, model.recipe.window);

/** Nothing for rows of numbers, which have no words. */
function* contributionAnswers(model: Model, text: string): Generator<Answer> {
  if (model.inputs === "numbers") return;
  for (const word of wordContributions(model, text)) yield { kind: "contribution", word };
}
