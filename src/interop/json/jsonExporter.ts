/** @file Exports a bag of n-grams as JSON: its n-grams as token ids, with their weights; any program computes labels of it in a few lines. */
import { UserError } from "../../common/errors.js";
import type { Bag } from "../../model/storedBag.js";
import type { Exporter } from "../exporters.js";
import { vocabularyFile, vocabularyOf, vocabularyText } from "../tokenizerJson/exportedVocabulary.js";

/** Digits that determine a float32. */
const digits = 9;

export const json: Exporter = {
  describe: "bag.json and vocabulary.json, of a bag of n-grams",
  bags: "only",
  files: (model) => {
    if (!model.bag) throw new UserError(`${model.folder} is not a bag of n-grams`);
    return {
      "bag.json": `${JSON.stringify(contentOf(model.bag, model.labels))}\n`,
      [vocabularyFile]: vocabularyText(vocabularyOf(model)),
    };
  },
};

function contentOf({ model, record }: Bag, labels: readonly string[]) {
  const { features, parameters, outputs } = model;
  const { prefixes, tokens } = features.list;
  const ngrams: number[][] = [];
  for (const [feature, prefix] of prefixes.entries()) ngrams.push([...(ngrams[prefix] ?? []), tokens[feature]!]);
  const rounded = (values: Float32Array): number[] => Array.from(values, (value) => Number(value.toPrecision(digits)));
  const { weights } = parameters;
  return {
    format: "rnn-bag",
    version: 1,
    labels,
    order: record.order,
    passedOver: [...features.passedOver.keys()].filter((id) => features.passedOver[id] === 1),
    ngrams,
    units: rounded(parameters.units),
    weights: ngrams.map((_, feature) => rounded(weights.subarray(feature * outputs, (feature + 1) * outputs))),
    bias: rounded(parameters.bias),
  };
}
