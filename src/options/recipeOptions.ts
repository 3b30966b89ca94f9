/** @file The options that make a run what it is: how it reads, cuts, arranges, what network it trains, and how. */
import {
  arrangementNames,
  cellNames,
  initialisationNames,
  optimizerNames,
  paddingNames,
  poolingNames,
  precisionNames,
  scheduleNames,
} from "../common/names.js";
import {
  choice,
  duration,
  flag,
  list,
  listOrNone,
  number,
  openChoice,
  sequenceLength,
  text,
  whole,
  type Options,
  type Values,
} from "./option.js";
import { corpusOptions, rowOptions, tokenizerOptions } from "./options.js";

const toWrite = { task: ["generator"] } as const;
const toLabel = { task: ["classifier", "regressor"] } as const;
const toTag = { task: ["tagger"] } as const;
const ofTexts = { inputs: ["tokens"] } as const;
const windowed = { examples: ["windows", "prefixes"] } as const;
const recurring = { units: { not: "none" } } as const;

/** A convolution's filters and the steps of its window, written as 128x5. */
export function convolutionWidth(given: string): { filters: number; size: number } {
  const [, filters, size] = /^(\d{1,6})x(\d{1,3})$/.exec(given) ?? [];
  if (Number(filters) >= 1 && Number(size) >= 1) return { filters: Number(filters), size: Number(size) };
  throw new Error(`expected filters and steps as in 128x5, got ${given}`);
}
const width = {
  value: "NxSTEPS",
  parse: (given: string): string => {
    convolutionWidth(given);
    return given;
  },
};

/** The value of an option of earlier versions, which became a flag. */
const dropoutKind = {
  value: "NAME",
  parse: (given: string): boolean => choice(["each", "variational"]).parse(given) === "variational",
};

/** How a text becomes examples. */
const exampleOptions = {
  examples: {
    ...choice(arrangementNames),
    default: "streams" as const,
    needs: [toWrite],
    describe:
      "long streams with carried state, windows of --sequence-length tokens, or windows and all shorter beginnings",
  },
  "sequence-length": {
    ...sequenceLength({}),
    default: 64,
    needs: [toWrite],
    describe: "to write: tokens read at once",
  },
  "max-length": {
    ...whole({}),
    aliases: ["longest", "max-len"],
    default: { generator: 400, classifier: 400, regressor: 400, tagger: 400, numbers: 10_000 },
    needs: [toLabel],
    describe: "to label: tokens, or rows of numbers, read of a document, the rest is cut off",
  },
  "batch-size": {
    ...whole({}),
    aliases: ["batch"],
    default: { generator: 16, classifier: 32, regressor: 32, tagger: 32, numbers: 100 },
    describe: "texts learned from side by side",
  },
  validation: {
    ...text("SHARE|FILE"),
    default: "0.1",
    describe: "what is kept back to choose the best weights by; of one text a share is at most 250,000 characters",
  },
  test: { ...text("SHARE|FILE"), default: "0.1", describe: "what is kept back to judge by, likewise" },
  "validation-labels": { ...text("FILE"), describe: "with an IDX file as --validation: the file with its labels" },
  "test-labels": { ...text("FILE"), describe: "likewise for --test" },
} as const satisfies Options;

const share = { ...number({ from: 0, to: 0.95 }), default: 0 };

const networkOptions = {
  cell: { ...openChoice(cellNames, "cell"), default: "lstm" as const, needs: [recurring], describe: "recurrent cell" },
  embedding: {
    ...whole({}),
    default: { generator: 64, classifier: 64, regressor: 64, tagger: 100 },
    needs: [ofTexts],
    describe: "size of a token's vector",
  },
  "char-units": {
    ...whole({ from: 0 }),
    aliases: ["characters"],
    default: 64,
    needs: [toTag],
    describe: "to tag: units, in each direction, of the LSTM that reads a word's characters; 0 for none",
  },
  units: {
    ...listOrNone(whole({})),
    aliases: ["hidden-size", "rnn-size", "num-units"],
    default: { generator: [256, 256], classifier: [64], regressor: [64], tagger: [160], numbers: [128] },
    describe: "units of each recurrent layer, as in 256,128; none for a network without",
  },
  bidirectional: {
    ...choice(["yes", "no"]),
    default: { generator: "no", classifier: "yes", regressor: "yes", tagger: "yes", numbers: "no" } as const,
    needs: [recurring],
    describe: "read in both directions; to write it needs --examples windows",
  },
  "learned-initial-state": {
    ...flag,
    aliases: ["learned-start"],
    needs: [recurring],
    describe: "a text begins with states that are learned, instead of zeros",
  },
  residual: {
    ...flag,
    needs: [recurring],
    describe: "a recurrent layer as wide as the one before adds what it reads to what it gives",
  },
  "layer-norm": { ...flag, needs: [recurring], describe: "layer normalisation after each recurrent layer" },
  pooling: {
    ...list(openChoice(poolingNames, "pooling")),
    default: {
      generator: ["last"],
      classifier: ["max", "mean"],
      regressor: ["max", "mean"],
      tagger: ["last"],
      numbers: ["last"],
    } as const,
    needs: [toLabel, windowed],
    describe: "how the outputs of all steps become one, several side by side; not with --examples streams",
  },
  convolution: {
    ...list(width),
    needs: [toLabel, windowed],
    describe: "convolution after the embedding, as in 128x5: filters and steps of its window; several side by side",
  },
  padding: {
    ...choice(paddingNames),
    default: "same" as const,
    needs: [{ convolution: "given" }],
    describe: "with --convolution: at the ends, zeros around a text, or whole windows only",
  },
  dense: { ...list(whole({})), describe: "units of dense layers before the softmax, as in 64,32" },
  "tie-weights": {
    ...flag,
    aliases: ["tied"],
    needs: [toWrite],
    describe: "the softmax's weights are the embedding's",
  },
  dropout: {
    ...number({ from: 0, to: 0.95 }),
    default: { generator: 0.2, classifier: 0.5, regressor: 0.5, tagger: 0.33, numbers: 0.5 },
    describe: "share of values dropped after the embedding and each layer while training: 1 - what others call keep",
  },
  "variational-dropout": {
    ...flag,
    translations: { "dropout-kind": dropoutKind },
    needs: [{ dropout: { not: "0" } }],
    describe: "use the same dropout mask at all time steps of a text",
  },
  "recurrent-dropout": {
    ...share,
    needs: [recurring],
    describe: "share of the hidden state that the next step does not read while training, the same at all steps; slow",
  },
  "weight-drop": {
    ...share,
    needs: [recurring],
    describe: "share of the weights from step to step dropped while training",
  },
  "embedding-dropout": {
    ...share,
    needs: [ofTexts],
    describe: "share of the vocabulary whose vectors are zero in a step of training",
  },
  init: {
    ...choice(initialisationNames),
    aliases: ["initial"],
    default: "keras" as const,
    describe: "how weights begin",
  },
  "init-range": {
    ...number({ above: 0 }),
    aliases: ["initial-range"],
    default: 0.1,
    needs: [{ init: ["uniform"] }],
    describe: "largest weight of --init uniform",
  },
} as const satisfies Options;

const trainingOptions = {
  epochs: { ...whole({}), describe: "times through the training part; by default 10" },
  for: { ...duration, describe: "train for about so long instead, as in 90s, 5m or 2h" },
  optimizer: { ...choice(optimizerNames), default: "adam" as const, describe: "how gradients change weights" },
  momentum: {
    ...number({ from: 0, to: 0.9999 }),
    default: 0.9,
    needs: [{ optimizer: ["momentum", "nesterov"] }],
    describe: "with --optimizer momentum or nesterov: share of the last step in the next",
  },
  "weight-decay": {
    ...number({ from: 0 }),
    default: 0.01,
    needs: [{ optimizer: ["adamw"] }],
    describe: "with --optimizer adamw: what a weight loses of itself at a step, times the learning rate",
  },
  "learning-rate": {
    ...number({ above: 0 }),
    aliases: ["lr"],
    default: { generator: 0.003, classifier: 0.002, regressor: 0.002, tagger: 0.002 },
    describe: "size of a step",
  },
  schedule: { ...choice(scheduleNames), default: "cosine" as const, describe: "the learning rate over the run" },
  "lr-decay": {
    ...number({ above: 0, to: 1 }),
    aliases: ["decay"],
    default: 0.5,
    needs: [{ schedule: ["decay"] }],
    describe: "with --schedule decay: factor of each epoch",
  },
  "lr-decay-after": {
    ...whole({ from: 0 }),
    aliases: ["decay-after"],
    default: 4,
    needs: [{ schedule: ["decay"] }],
    describe: "with --schedule decay: epochs at the full rate",
  },
  "clip-norm": {
    ...number({ above: 0 }),
    aliases: ["clip", "grad-clip", "max-grad-norm"],
    default: 1,
    describe: "largest norm of all gradients together",
  },
  precision: {
    ...choice(precisionNames),
    default: "fp32" as const,
    describe: "of the factors in products; bf16 is faster, and needs a processor with AVX512-BF16",
  },
  "word-dropout": {
    ...number({ from: 0, to: 0.9 }),
    default: { generator: 0, classifier: 0, regressor: 0, tagger: 0.35 },
    needs: [ofTexts],
    describe: "share of tokens read as unknown while training",
  },
  patience: { ...whole({}), describe: "stop after N evaluations without a better one" },
  seed: { ...whole({ from: 0 }), default: 1, describe: "fixes the split, the first weights and every draw" },
  "split-seed": {
    ...whole({ from: 0 }),
    describe: "fixes the split apart from all else, so that runs of other seeds are judged by the same texts",
  },
} as const satisfies Options;

/** All that makes a run what it is: what a checkpoint keeps. */
export const recipeOptions = {
  ...corpusOptions,
  ...rowOptions,
  ...tokenizerOptions,
  ...exampleOptions,
  ...networkOptions,
  ...trainingOptions,
} as const satisfies Options;

export type NetworkOptions = Values<typeof networkOptions>;
