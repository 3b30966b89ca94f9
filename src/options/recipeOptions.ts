/** @file The options of a training run that a checkpoint keeps: how the corpus is read and split, the network, and its training. */
import {
  arrangementNames,
  duplicateSplits,
  longDocumentNames,
  optimizerNames,
  precisionChoices,
  scheduleNames,
} from "../common/names.js";
import { corpusOptions, labelOptions, rowOptions, splitColumnOptions, tokenizerOptions } from "./corpusOptions.js";
import { modelOptions, networkOptions } from "./networkOptions.js";
import { inGroup, withoutDefaults } from "./option.js";
import { choice, classWeights, duration, flag, number, sequenceLength, text, whole } from "./optionKinds.js";

const generator = { task: ["generator"] } as const;
const oneOutput = { task: ["classifier", "regressor"] } as const;
const labels = { task: ["classifier", "tagger"], multilabel: { not: "true" } } as const;
const tokenInputs = { inputs: ["tokens"] } as const;

/** How a corpus is split. */
const splitOptions = inGroup("Corpus", {
  validation: {
    ...text("FRACTION|FILE"),
    default: "0.1",
    describe: "validation part, which selects the best weights",
  },
  test: {
    ...text("FRACTION|FILE"),
    default: "0.1",
    describe: "test part, which is scored after training",
  },
  ...splitColumnOptions,
  duplicates: {
    ...choice(duplicateSplits),
    advanced: true,
    describe: "documents with the same text: together in one part of the split, or apart; by default together",
  },
  folds: {
    ...whole({ from: 2, to: 100 }),
    aliases: ["cv", "k-folds"],
    needs: [{ task: ["classifier", "regressor", "tagger"] }],
    advanced: true,
    describe:
      "cross-validation: train N networks, each tested on another Nth of the documents instead of --test; prints mean and standard deviation of the scores, and keeps checkpoints only with --out",
  },
  fold: {
    ...whole({ to: 100 }),
    needs: [{ folds: "given" }],
    advanced: true,
    describe: "train only the network of --folds that is tested on this fold, counted from 1, and keep its checkpoint",
  },
  "validation-labels": {
    ...text("FILE"),
    advanced: true,
    describe: "IDX file with the labels of --validation FILE",
  },
  "test-labels": { ...text("FILE"), advanced: true, describe: "IDX file with the labels of --test FILE" },
});

const trainingOptions = {
  ...inGroup("Regularization", {
    "word-dropout": {
      ...number({ from: 0, to: 0.9 }),
      default: { generator: 0, classifier: 0, regressor: 0, tagger: 0.35 },
      needs: [tokenInputs],
      advanced: true,
      describe: "fraction of input tokens replaced by <unk> during training",
    },
    "label-smoothing": {
      ...number({ from: 0, to: 0.9 }),
      needs: [labels],
      advanced: true,
      describe: "part of each label that the training loss spreads over all labels, as in 0.1",
    },
    "weight-decay": {
      ...number({ from: 0 }),
      default: 0.01,
      needs: [{ optimizer: ["adamw"] }],
      advanced: true,
      describe: "weight decay of --optimizer adamw",
    },
  }),
  ...inGroup("Network", {
    vectors: {
      ...text("FILE"),
      needs: [{ inputs: ["tokens"], tokenizer: ["words", "whitespace"] }],
      advanced: true,
      describe:
        "word vectors as initial embeddings: text of GloVe or word2vec, fastText's .vec, or .gz; sets --embedding",
    },
    "freeze-embedding": {
      parse: flag.parse,
      needs: [{ vectors: "given" }],
      advanced: true,
      describe: "keep the embeddings of --vectors, and those of words that it lacks, as they are at first",
    },
  }),
  ...inGroup("Training", {
    "class-weight": {
      ...classWeights,
      aliases: ["class-weights"],
      needs: [labels],
      advanced: true,
      describe:
        "weights of the labels in the training loss, as in spam=3,ham=1 (others: 1); balanced: rows / (labels · rows of the label)",
    },
    epochs: { ...whole({}), describe: "passes over the training part; by default 10" },
    for: { ...duration, describe: "time of the whole run instead of --epochs, as in 5m or 2h" },
    "batch-size": {
      ...whole({}),
      aliases: ["batch"],
      default: { generator: 16, classifier: 32, regressor: 32, tagger: 32, numbers: 100 },
      describe: "sequences per batch",
    },
    "sequence-length": {
      ...sequenceLength({}),
      default: 64,
      needs: [generator],
      describe: "generator: tokens per training sequence",
    },
    "max-length": {
      ...whole({}),
      aliases: ["longest", "max-len"],
      default: { generator: 400, classifier: 400, regressor: 400, tagger: 400, numbers: 10_000 },
      needs: [oneOutput],
      advanced: true,
      describe: "classifier, regressor: truncate documents to N tokens, or read chunks of N (--long-documents)",
    },
    "long-documents": {
      ...choice(longDocumentNames),
      needs: [{ ...oneOutput, ...tokenInputs, model: { not: "bag" } }],
      advanced: true,
      describe:
        "documents longer than --max-length: read the start alone, or, after training, all chunks, whose outputs are averaged; by default chunks, with a given --max-length the start",
    },
    examples: {
      ...choice(arrangementNames),
      default: "streams" as const,
      needs: [generator],
      advanced: true,
      describe:
        "generator: training sequences; parallel streams with carried state, whole documents from the initial state (by default for a corpus of documents), windows of --sequence-length, or windows and their prefixes",
    },
    optimizer: { ...choice(optimizerNames), default: "adam" as const, advanced: true, describe: "optimizer" },
    momentum: {
      ...number({ from: 0, to: 0.9999 }),
      default: 0.9,
      needs: [{ optimizer: ["momentum", "nesterov"] }],
      advanced: true,
      describe: "momentum of --optimizer momentum or nesterov",
    },
    "learning-rate": {
      ...number({ above: 0 }),
      aliases: ["lr"],
      default: { generator: 0.003, classifier: 0.002, regressor: 0.002, tagger: 0.002 },
      describe: "learning rate",
    },
    schedule: {
      ...choice(scheduleNames),
      aliases: ["lr-schedule", "lr-scheduler"],
      default: "cosine" as const,
      advanced: true,
      describe: "learning-rate schedule",
    },
    "warm-up": {
      ...whole({ from: 0 }),
      aliases: ["warmup", "warmup-steps"],
      advanced: true,
      describe: "training steps in which the learning rate rises linearly to that of the schedule",
    },
    "lr-decay": {
      ...number({ above: 0, to: 1 }),
      aliases: ["decay"],
      default: 0.5,
      needs: [{ schedule: ["decay"] }],
      advanced: true,
      describe: "factor that multiplies the learning rate after each epoch of --schedule decay",
    },
    "lr-decay-after": {
      ...whole({ from: 0 }),
      aliases: ["decay-after"],
      default: 4,
      needs: [{ schedule: ["decay"] }],
      advanced: true,
      describe: "epochs before --schedule decay begins to lower the learning rate",
    },
    "clip-norm": {
      ...number({ above: 0 }),
      aliases: ["clip", "grad-clip", "max-grad-norm"],
      default: 1,
      advanced: true,
      describe: "clip the global norm of the gradients to X",
    },
    precision: {
      ...choice(precisionChoices),
      default: "fp32" as const,
      advanced: true,
      describe:
        "precision of matrix products; bf16 needs AMX or AVX512-BF16; auto measures which one is faster here, and records it",
    },
    patience: {
      ...whole({}),
      advanced: true,
      describe: "early stopping: stop after N evaluations without improvement",
    },
    calibrate: {
      ...choice(["yes", "no"]),
      needs: [labels],
      advanced: true,
      describe:
        "divide the logits by a temperature that is fitted on the validation part, so that probabilities fit the accuracy; by default yes",
    },
    seed: { ...whole({ from: 0 }), default: 1, describe: "random seed" },
    "split-seed": {
      ...whole({ from: 0 }),
      advanced: true,
      describe: "random seed of the split alone, to compare runs on the same test part; by default --seed",
    },
  }),
};

/** Those that a network may have which learns from another one; the others, and the defaults, are the other one's. */
const {
  vectors: _vectors,
  "freeze-embedding": _freezeEmbedding,
  "sequence-length": _sequenceLength,
  "max-length": _maxLength,
  "long-documents": _longDocuments,
  examples: _examples,
  "split-seed": _splitSeed,
  ...ownTraining
} = trainingOptions;
export const studentOptions = withoutDefaults({
  ...networkOptions,
  ...ownTraining,
  epochs: { ...ownTraining.epochs, describe: "passes over the training part" },
});

/** All options of a run that a checkpoint keeps. */
export const recipeOptions = {
  ...corpusOptions,
  ...labelOptions,
  ...rowOptions,
  ...splitOptions,
  ...tokenizerOptions,
  ...modelOptions,
  ...networkOptions,
  ...trainingOptions,
};
