/** @file The outputs of a model for a text, by task, one after the other. */
import { classifyBatch, predictBatch } from "../inference/classification/classify.js";
import type { Item } from "../inference/classification/outputs.js";
import { wordContributions } from "../inference/classification/wordContributions.js";
import type { Task } from "../common/names.js";
import { type Model, textModel } from "../model/rebuild.js";
import { generate } from "../inference/generation/generate.js";
import { tagBatch } from "../inference/tagging/tag.js";
import { wordSplitter } from "../inference/tagging/wordSplitter.js";
import type { Output, Sampling } from "./messages.js";
import { rowsOf } from "./typedRows.js";

type Input = { text: string; sampling?: Sampling | undefined };

/** The same outputs as those of the commands, computed as the caller takes them. */
export const outputsFor: { [Kind in Task]: (model: Model, input: Input) => AsyncGenerator<Output> } = {
  async *generator(model, { text: prompt, sampling }) {
    for await (const { text, tokens } of generate(textModel(model), { ...sampling, prompt, numSamples: 1 }))
      yield { kind: "piece", text, tokens };
  },

  async *classifier(model, { text }) {
    yield { kind: "labels", labels: classifyBatch(model, [itemOf(model, text)])[0]! };
    yield* contributionOutputs(model, text);
  },

  async *regressor(model, { text }) {
    yield { kind: "number", number: predictBatch(model, [itemOf(model, text)])[0]! };
    yield* contributionOutputs(model, text);
  },

  async *tagger(model, { text }) {
    const reader = textModel(model);
    const sentences = text.split("\n").map(wordSplitter(reader.tokenizer));
    const tags = tagBatch(reader, sentences);
    yield {
      kind: "tags",
      sentences: sentences.map((words, sentence) => words.map((word, index) => ({ word, ...tags[sentence]![index]! }))),
    };
  },
};

const itemOf = (model: Model, text: string): Item =>
  model.inputs === "tokens" ? text : rowsOf(text, model.scaling.length, model.recipe.window);

/** None for rows of numbers, which have no words. */
function* contributionOutputs(model: Model, text: string): Generator<Output> {
  if (model.inputs === "numbers") return;
  for (const word of wordContributions(model, text)) yield { kind: "contribution", word };
}
