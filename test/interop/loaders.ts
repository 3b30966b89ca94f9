/** @file Trained models of every task and kind of input; the calls of their exported loaders, and the results of rnn. */
import { join } from "node:path";
import { classifyBatch, predictBatch } from "../../src/inference/classification/classify.js";
import type { Item } from "../../src/inference/classification/outputs.js";
import { exportModel } from "../../src/interop/exportModel.js";
import { loadModel, type Model, type TextModel } from "../../src/model/model.js";
import { textModel } from "../../src/model/rebuild.js";
import type { Recipe } from "../../src/options/recipe.js";
import { generate } from "../../src/inference/generation/generate.js";
import { tagBatch } from "../../src/inference/tagging/tag.js";
import { conlluText, simpleSentences } from "../support/conllu.js";
import { trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

/** A function of a loader's module and the arguments of each call. */
export type LoaderCall = { folder: string; module: string; function: string; arguments: unknown[][] };
type ExpectedCall = Omit<LoaderCall, "folder"> & { expected: unknown[] };

const weather = Array.from({ length: 160 }, (_, hour) => `${hour % 7},${(20 + 5 * Math.sin(hour / 4)).toFixed(2)}\n`);
const signals = Array.from({ length: 60 }, (_, index) => {
  const rows = Array.from({ length: 3 + (index % 4) }, (__, step) => [index % 2 ? step : -step, index % 5]);
  return `${JSON.stringify({ rows, label: index % 2 ? "rising" : "falling" })}\n`;
});

export const corpora = {
  "tale.txt": tale(80),
  "opinions.csv": csvOf(opinions(60)),
  "weather.csv": `wind,temperature\n${weather.join("")}`,
  "signals.jsonl": signals.join(""),
  "tagged.conllu": conlluText(simpleSentences(60)),
};

/** The corpus and the options of each model. */
const recipes: Record<string, [corpus: keyof typeof corpora, given: Partial<Recipe>]> = {
  "characters, gru": ["tale.txt", { cell: "gru", units: [16, 16], learnedInitialState: true }],
  "words, residual": ["tale.txt", { tokenizer: "words", cell: "residual", documents: "lines" }],
  "subwords, lstm": ["tale.txt", { tokenizer: "subwords", vocabulary: 280, lowercase: true }],
  "whitespace in windows": [
    "tale.txt",
    { tokenizer: "whitespace", examples: "windows", bidirectional: "yes", sequenceLength: 6 },
  ],
  "no memory": ["tale.txt", { units: [] }],
  "labels of texts": ["opinions.csv", { pooling: ["last", "max"], residual: true, units: [12, 12], layerNorm: true }],
  "labels of signals": ["signals.jsonl", { learnedInitialState: true, cell: "gru-reset-before" }],
  "numbers of windows": ["weather.csv", { pooling: ["flatten"], window: 8, labelColumn: "temperature" }],
  "tags of words": ["tagged.conllu", { cell: "gru", lowercase: true }],
};
export const loaderNames = Object.keys(recipes);

/** Trains the models in `folder`, which contains the corpora. */
export async function trainedModels(folder: string): Promise<Model[]> {
  const models: Model[] = [];
  for (const [name, [corpus, given]] of Object.entries(recipes)) {
    const out = join(folder, name);
    await trainInto(out, join(folder, corpus), { epochs: 8, learningRate: 0.02, ...given }, { lenient: true });
    models.push(await loadModel(out, { backend: "auto" }));
  }
  return models;
}

const texts = [
  "the fox took the lamp",
  'The lamp  was "warm", and the owl\'s bell -- dull!',
  "",
  "häßlich 漢字 1,000.5 👍🏽\n\tat home",
];
const prompts = ["the fox", "", 'An owl, "the'];
const sentences = [
  ["the", "Fox", "walked", "home", "."],
  ["unbelievablyverylongwordindeed", "."],
];

/** A sequence of `steps` rows of `width` numbers. */
const sequence = (width: number, steps: number): number[][] =>
  Array.from({ length: steps }, (_, step) => Array.from({ length: width }, (__, at) => ((3 * step + at) % 7) - 2));

/** @param options of the loader, for 30 tokens at temperature 0 */
async function expectedCallOf(model: Model, options: unknown[]): Promise<ExpectedCall> {
  if (model.task === "generator") {
    const expected: string[] = [];
    for (const prompt of prompts) expected.push(await written(textModel(model), prompt));
    return {
      module: "generate",
      function: "generate",
      arguments: prompts.map((prompt) => [prompt, ...options]),
      expected,
    };
  }
  if (model.task === "tagger") {
    const expected = tagBatch(textModel(model), sentences).map((tags) =>
      tags.map(({ tag, probability }) => [tag, probability]),
    );
    return { module: "tag", function: "tag", arguments: [[sentences]], expected: [expected] };
  }
  const width = model.inputs === "numbers" ? model.scaling.length : 0;
  const rows = [sequence(width, 8), sequence(width, 3)];
  const given = model.inputs === "tokens" ? texts : rows;
  const items: Item[] =
    model.inputs === "tokens" ? texts : rows.map((each) => ({ width, values: Float32Array.from(each.flat()) }));
  if (model.task === "regressor") {
    return { module: "predict", function: "predict", arguments: [[given]], expected: [predictBatch(model, items)] };
  }
  const expected = classifyBatch(model, items).map((labels) =>
    labels.map(({ label, probability }) => [label, probability]),
  );
  return { module: "classify", function: "classify", arguments: [[given]], expected: [expected] };
}

async function written(model: TextModel, prompt: string): Promise<string> {
  let text = "";
  for await (const piece of generate(model, { prompt, maxTokens: 30, temperature: 0, numSamples: 1, seed: 1 })) {
    text += piece.text;
  }
  return text;
}

/** Exports the models and runs their loaders: `run` gets all calls at once. @returns the results of each loader and of rnn */
export async function runLoaders(
  models: readonly Model[],
  { format, folder, options }: { format: "tfjs" | "keras"; folder: string; options: unknown[] },
  run: (calls: LoaderCall[]) => unknown[] | Promise<unknown[]>,
): Promise<{ actual: unknown; expected: unknown }[]> {
  const calls: LoaderCall[] = [];
  const expected: unknown[] = [];
  for (const model of models) {
    const out = join(folder, `${format} ${model.folder.split("/").at(-1)}`);
    await exportModel(model, { to: format, out, sentences: null });
    const { expected: results, ...call } = await expectedCallOf(model, options);
    calls.push({ folder: out, ...call });
    expected.push(results);
  }
  const results = await run(calls);
  return results.map((result, index) => ({ actual: rounded(result), expected: rounded(expected[index]) }));
}

/** Rounds numbers to four decimals and turns objects into lists of their values, to compare the results of any program. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Math.round(value * 1e4) / 1e4 + 0;
  if (Array.isArray(value)) return value.map(rounded);
  return typeof value === "object" && value !== null ? Object.values(value).map(rounded) : value;
}
