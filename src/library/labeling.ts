/** @file Classifiers, regressors and taggers from the library. */
import {
  classify as classifyItems,
  predict as predictNumbers,
  type Prediction,
} from "../inference/classification/classify.js";
import type { TextWithNumbers } from "../inference/classification/outputs.js";
import { type WordContribution, wordContributions } from "../inference/classification/wordContributions.js";
import { type Tag, tag as tagSentences } from "../inference/tagging/tag.js";
import { wordSplitter } from "../inference/tagging/wordSplitter.js";
import type { Engine } from "../model/model.js";
import { eachSample, type Items, type ModelSource, type Samples, withModel } from "./libraryInputs.js";
import { listStream, type ResultStream } from "./resultStream.js";

/**
 * Classifies texts or sequences of numbers. With `valueColumns`, a text has its numbers in the order of these columns, NaN for a missing one: `{ text, numbers: [12, 3] }`.
 *
 *     const [labels] = await classify("critic", "not bad at all");
 *     console.log(labels[0].label, labels[0].probability);
 *
 * @returns for each text, in order, every label with its probability, most likely first. A text's result does not depend on the other texts
 * @throws UserError for a model that is not a classifier, or for a sequence that it does not read
 */
export const classify = (
  model: ModelSource<"classifier">,
  samples: Samples,
  engine: Engine = {},
): ResultStream<Prediction[]> =>
  listStream(() => withModel(model, "classifier", engine, (loaded) => classifyItems(loaded, eachSample(samples))));

/**
 * Predicts a number for each text or sequence of numbers.
 * @returns the numbers, in order
 * @throws UserError for a model that is not a regressor, or for a sequence that it does not read
 */
export const predict = (model: ModelSource<"regressor">, samples: Samples, engine: Engine = {}): ResultStream<number> =>
  listStream(() => withModel(model, "regressor", engine, (loaded) => predictNumbers(loaded, eachSample(samples))));

/**
 * The contribution of each word of a text to each label, or to the predicted number: how far the label's log odds, or the number, fall without the word.
 * Above 0 a word supports the label. Words beyond the longest text that the model reads are left out.
 * @throws UserError for a model that is neither a classifier nor a regressor, or that reads rows of numbers
 */
export const contributions = (
  model: ModelSource<"classifier" | "regressor">,
  text: string | TextWithNumbers,
  engine: Engine = {},
): ResultStream<WordContribution> =>
  listStream(() => withModel(model, ["classifier", "regressor"], engine, (loaded) => wordContributions(loaded, text)));

/** A sentence as text, which is cut into words as the tagger's corpus is, or its words. */
export type Sentence = string | readonly string[];

/** The words of a sentence, and a tag with its probability for each. */
export type TaggedSentence = { words: readonly string[]; tags: Tag[] };

/**
 * Tags each word of sentences.
 *
 *     const [{ words, tags }] = await tag("ewt", "The dog barks.");
 *
 * @param sentences one sentence as text, or several; for one that is cut into words already, a list of it: `[["The", "dog"]]`
 * @returns the sentences in order
 * @throws UserError for a model that is not a tagger
 */
export const tag = (
  model: ModelSource<"tagger">,
  sentences: string | Items<Sentence>,
  engine: Engine = {},
): ResultStream<TaggedSentence> =>
  listStream(() =>
    withModel(model, "tagger", engine, async function* (loaded) {
      const split = wordSplitter(loaded.tokenizer);
      for await (const { sentence, tags } of tagSentences(loaded, eachSentence(sentences, split)))
        yield { words: sentence.words, tags };
    }),
  );

async function* eachSentence(
  sentences: string | Items<Sentence>,
  split: (text: string) => string[],
): AsyncGenerator<{ words: readonly string[] }> {
  for await (const sentence of typeof sentences === "string" ? [sentences] : sentences)
    yield { words: typeof sentence === "string" ? split(sentence) : sentence };
}
