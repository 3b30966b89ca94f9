/** @file The library's functions for checkpoints: inspect, evaluate, report, quantize, export and import. */
import { basename } from "node:path";
import { findCheckpoint, type StoredDocument } from "../checkpoint/checkpoint.js";
import { type ExporterName, tasks } from "../common/names.js";
import type { StandardInput } from "../corpus/corpus.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import { evaluate as evaluateModel, type Evaluation } from "../evaluation/evaluate.js";
import type { AdaptationOptions } from "../evaluation/adaptationSettings.js";
import {
  type QuantizedCheckpoint,
  quantizeCheckpoint,
  type QuantizeOptions,
} from "../experiments/compression/quantize.js";
import { type Memorization, memorizationOf } from "../inference/copying/memorization.js";
import { type Neighbor, neighborFinder } from "../inference/vectors/embeddings.js";
import { sentenceVectors as vectorsOf } from "../inference/vectors/sentenceVectors.js";
import { exportModel as exportTo } from "../interop/exportModel.js";
import type { LabeledText } from "../interop/exporters.js";
import type { Engine, Model } from "../model/model.js";
import { textModel } from "../model/rebuild.js";
import { report as reportOf, type Report, savePage, tryPage } from "../report/report.js";
import { savePictures, tryPictures } from "../report/savePictures.js";
import { readAdaptationOptions } from "./adaptationInputs.js";
import { eachText, type Items, type ModelSource, type Texts, useModel, withModel } from "./libraryInputs.js";
import { listStream, type ResultStream } from "./resultStream.js";

/**
 * The contents of a checkpoint's `checkpoint.json`: network, corpus, options, history and scores.
 * @param checkpoint a name, or the path of a folder; default: the newest in `./checkpoints`, or else a bundled one
 * @throws UserError if there is none or it is damaged
 */
export async function inspect(checkpoint?: string): Promise<{ folder: string; document: StoredDocument }> {
  const { folder, document } = await findCheckpoint(checkpoint, tasks);
  return { folder, document };
}

export type EvaluateOptions = Engine &
  AdaptationOptions & {
    /** The IDX file with the labels of an IDX file. */
    labelsFile?: string | undefined;
    /** Of a classifier: the number of wrong predictions to return with their texts, those with the highest probabilities. Default: none. */
    mistakes?: number | undefined;
    /** Of a classifier: another one with the same labels, which is compared with it on the same texts (McNemar's test). */
    against?: ModelSource<"classifier"> | undefined;
    /** The bytes of the file `-`. */
    standardInput?: StandardInput | undefined;
    /** A folder for the tokens during the run, which are then in files even if the corpus is small. Default: memory, or the system's folder for temporary files above 64 MiB. */
    tokenCache?: string | undefined;
  };

/**
 * Scores a model and its baselines on text that it was not trained on.
 * @param file a file like the training corpus, a pattern such as `more/*.csv`, several of them, or `-`; default: the test part of the training corpus, or else its validation part
 * @throws UserError if the training corpus is needed and was moved or changed, or if there is nothing to evaluate
 */
export const evaluate = (
  model: ModelSource,
  file?: CorpusPath,
  {
    labelsFile,
    standardInput,
    tokenCache,
    mistakes,
    against,
    neuralCache,
    cacheTheta,
    cacheWeight,
    dynamic,
    ...engine
  }: EvaluateOptions = {},
): Promise<Evaluation> =>
  useModel(model, tasks, engine, (loaded) => {
    const adaptation = readAdaptationOptions({ neuralCache, cacheTheta, cacheWeight, dynamic });
    const evaluateWith = (other?: Model): Promise<Evaluation> =>
      evaluateModel(loaded, file, {
        standardInput,
        reading: { labelsFile },
        tokenCache,
        mistakes,
        against: other,
        ...adaptation,
      });
    return against === undefined
      ? evaluateWith()
      : useModel(against, "classifier", engine, (other) => evaluateWith(other));
  });

export type MemorizationOptions = Engine & {
  /** Of the generated texts. Default: 1. */
  seed?: number | undefined;
  /** A folder where the tokens of the corpus are kept for other runs. Default: none. */
  tokenCache?: string | undefined;
};

/**
 * How much of what a generator writes is copied from its training text: the longest and the mean run of 2,000 tokens at the temperatures 0.5, 0.8 and 1, beside the
 * runs that as much held-out text shares with the training text. Runs are counted in words for tokenizers of words, else in characters.
 * @throws UserError if the corpus was moved or changed, and for a model that is not a generator
 */
export const memorization = (
  model: ModelSource<"generator">,
  { seed, tokenCache, ...engine }: MemorizationOptions = {},
): Promise<Memorization> =>
  useModel(model, "generator", engine, (loaded) => memorizationOf(loaded, { seed, tokenCache }));

export type ReportOptions = Engine & {
  /** A file for the page, which replaces an earlier page. Default: none. */
  out?: string | undefined;
  /** A folder for the plots as SVG files. Default: none. */
  pictures?: string | undefined;
  /** Whether files that rnn did not write are replaced too. Default: false. */
  force?: boolean | undefined;
};

/**
 * A report about a model: learning curves, confusion matrix, calibration, a map of its tokens, samples, options. Its page is one file of HTML.
 * @throws UserError if a file cannot be written
 */
export const report = (model: ModelSource, { out, pictures, force, ...engine }: ReportOptions = {}): Promise<Report> =>
  useModel(model, tasks, engine, async (loaded) => {
    if (out !== undefined) await tryPage(out, force);
    if (pictures !== undefined) await tryPictures(pictures);
    const made = await reportOf(loaded);
    if (out !== undefined) await savePage(out, made.page, force);
    if (pictures !== undefined) await savePictures(pictures, made.pictures, force);
    return made;
  });

/** A word and the tokens whose vectors are nearest to its own, nearest first; null for a word that is not one token of the vocabulary. */
export type WordNeighbors = { word: string; neighbors: Neighbor[] | null };

/**
 * The tokens whose embedding vectors are nearest to a word's, by cosine similarity.
 * @param options.top the number of neighbors of each word, from 1; default: 10
 * @throws UserError for a model that reads rows of numbers
 */
export const neighbours = (
  model: ModelSource,
  words: Texts,
  { top = 10, ...engine }: Engine & { top?: number | undefined } = {},
): ResultStream<WordNeighbors> =>
  listStream(() =>
    withModel(model, tasks, engine, async function* (loaded) {
      const neighborsOf = neighborFinder(textModel(loaded), top);
      for await (const word of eachText(words)) yield { word, neighbors: neighborsOf(word) };
    }),
  );

/**
 * The vector of each text: the input of the output layer of a classifier or a regressor.
 * @returns Float32Arrays of the same length, in order
 * @throws UserError for a model with an output at each step
 */
export const sentenceVectors = (
  model: ModelSource<"classifier" | "regressor">,
  texts: Texts,
  engine: Engine = {},
): ResultStream<Float32Array> =>
  listStream(() =>
    withModel(model, ["classifier", "regressor"], engine, async function* (loaded) {
      for await (const text of eachText(texts)) yield* vectorsOf(textModel(loaded), [text]);
    }),
  );

export type ExportOptions = Engine & {
  /** The format. Default: `"projector"`, the token vectors for projector.tensorflow.org. */
  to?: ExporterName | (string & {}) | undefined;
  /** A folder that does not exist or is empty. Default: the format and the checkpoint's name, as in `onnx-critic`. */
  out?: string | undefined;
  /** Texts, with their labels, whose vectors are exported instead of the tokens'; for `"projector"` only. */
  sentences?: Items<string | LabeledText> | undefined;
};

/**
 * Writes a model in the format of another program.
 * @returns the path of the folder
 * @throws UserError if the format cannot store the network, or if the folder is not empty or cannot be written
 */
export const exportModel = (
  model: ModelSource,
  { to = "projector", out, sentences, ...engine }: ExportOptions = {},
): Promise<string> =>
  useModel(model, tasks, engine, async (loaded) => {
    const folder = out ?? `${to}-${basename(loaded.folder)}`;
    await exportTo(loaded, { to, out: folder, sentences: sentences && (await labeledTexts(sentences)) });
    return folder;
  });

async function labeledTexts(sentences: Items<string | LabeledText>): Promise<LabeledText[]> {
  const texts: LabeledText[] = [];
  for await (const sentence of sentences) texts.push(typeof sentence === "string" ? { text: sentence } : sentence);
  return texts;
}

/**
 * Makes a checkpoint whose weights are stored as 8-bit integers with a scale for each output channel: about a quarter of the size. Every function loads it as
 * any other checkpoint, with 32-bit floats, so that it is not faster; its training cannot be resumed.
 * @param checkpoint a name, or the path of a folder
 * @returns the new folder, and size, scores and speed of both
 * @throws UserError if there is none, for a model without a network, and for a checkpoint that is quantized already
 */
export async function quantize(checkpoint: string, options: QuantizeOptions = {}): Promise<QuantizedCheckpoint> {
  const { folder } = await findCheckpoint(checkpoint, tasks);
  return quantizeCheckpoint(folder, options);
}
