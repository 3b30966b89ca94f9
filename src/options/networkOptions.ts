/** @file The options of a network and of its regularization. */
import { cellNames, initializationNames, mixNames, modelNames, paddingNames, poolingNames } from "../common/names.js";
import { inGroup, type Values } from "./option.js";
import { choice, flag, list, listOrNone, number, openChoice, whole } from "./optionKinds.js";

const generator = { task: ["generator"] } as const;
const oneOutput = { task: ["classifier", "regressor"] } as const;
const tagger = { task: ["tagger"] } as const;
const tokenInputs = { inputs: ["tokens"] } as const;
const windowed = { examples: ["windows", "prefixes"] } as const;
const recurrent = { units: { not: "none" } } as const;
const block = { block: ["true"] } as const;

/** The filters and the kernel size of a convolution, written as 128x5. */
export function convolutionWidth(given: string): { filters: number; size: number } {
  const [, filters, size] = /^(\d{1,6})x(\d{1,3})$/.exec(given) ?? [];
  if (Number(filters) >= 1 && Number(size) >= 1) return { filters: Number(filters), size: Number(size) };
  throw new Error(`expected filters and kernel size as in 128x5, got ${given}`);
}
const width = {
  value: "FILTERSxSIZE",
  parse: (given: string): string => {
    convolutionWidth(given);
    return given;
  },
};

const rate = { ...number({ from: 0, to: 0.95 }), default: 0, advanced: true } as const;

/** A number between those of --dropout: 1 - 0.8 is 0.2, whatever the rounding of binary fractions. */
const keepProbability = {
  value: "X",
  parse: (given: string): number => Number((1 - number({ from: 0.05, to: 1 }).parse(given)).toFixed(12)),
  describe: "the same as --dropout 1−X",
};

/** Sets a flag that is on by default for some runs to off. */
const off = { parse: (given: string): boolean => given !== "true" };

/** An option of earlier versions, which became a flag. */
const dropoutKind = {
  value: "NAME",
  parse: (given: string): boolean => choice(["each", "variational"]).parse(given) === "variational",
};

/** What is fitted: the network of `networkOptions`, an n-gram model or a bag of n-grams, or a network and an n-gram model. */
export const modelOptions = inGroup("Network", {
  model: {
    ...choice(modelNames),
    needs: [{ task: ["generator", "classifier"], inputs: ["tokens"], multilabel: { not: "true" } }],
    advanced: true,
    describe:
      "a network; ngram for a generator: an n-gram model with interpolated Kneser-Ney smoothing; bag for a classifier of texts: a linear model over word n-grams, fitted in seconds; auto, the default of a classifier of texts: the network, the bag, or both, by the validation part",
  },
  wide: {
    ...whole({ to: 5 }),
    needs: [{ task: ["classifier"], inputs: ["tokens"], multilabel: { not: "true" } }],
    advanced: true,
    describe:
      "classifier of texts: add the logits of a bag of n-grams of up to N tokens to those of the network, with weights fitted on the validation part",
  },
  mix: {
    ...choice(mixNames),
    needs: [
      { task: ["generator"], examples: ["streams", "documents"], model: { not: "ngram" } },
      { ...generator, mix: ["none"] },
    ],
    advanced: true,
    describe:
      "generator: mix the network with an n-gram model where that lowers the validation perplexity, or never; by default where it lowers it by 5 % (auto)",
  },
  digest: {
    parse: flag.parse,
    needs: [generator],
    advanced: true,
    describe:
      "generator: keep a filter of the training text's runs of 4 words (20 characters), so that `rnn generate --novel` works without the text; see docs/privacy.md",
  },
  "ngram-order": {
    ...whole({ to: 20 }),
    needs: [{ model: ["ngram", "bag"] }, { mix: ["ngram", "auto"] }],
    advanced: true,
    describe: "tokens in the longest n-grams; by default the number with the lowest validation loss",
  },
});

export const networkOptions = {
  ...inGroup("Network", {
    cell: {
      ...openChoice(cellNames, "cell"),
      default: "lstm" as const,
      needs: [recurrent],
      describe: "cell",
    },
    units: {
      ...listOrNone(whole({})),
      aliases: ["hidden-size", "rnn-size", "num-units"],
      default: { generator: [256, 256], classifier: [64], regressor: [64], tagger: [160], numbers: [128] },
      describe: "units of each recurrent layer, as in 256,128, or none",
    },
    layers: {
      ...whole({ to: 100 }),
      aliases: ["num-layers"],
      needs: [recurrent],
      describe: "number of recurrent layers, if --units is one number",
    },
    embedding: {
      ...whole({}),
      aliases: ["embedding-size", "embedding-dim"],
      default: { generator: 64, classifier: 64, regressor: 64, tagger: 100 },
      needs: [tokenInputs],
      describe: "size of the token embeddings",
    },
    bidirectional: {
      ...choice(["yes", "no"]),
      default: { generator: "no", classifier: "yes", regressor: "yes", tagger: "yes", numbers: "no" } as const,
      needs: [recurrent],
      advanced: true,
      describe: "read in both directions; a generator then needs --examples windows",
    },
    "char-units": {
      ...whole({ from: 0 }),
      aliases: ["characters"],
      default: 64,
      needs: [tagger],
      advanced: true,
      describe: "units, per direction, of the LSTM over the characters of each word; 0 for none",
    },
    "learned-initial-state": {
      ...flag,
      aliases: ["learned-start"],
      needs: [recurrent],
      advanced: true,
      describe: "learn the initial hidden state instead of starting from zeros",
    },
    residual: {
      ...flag,
      translations: { "no-residual": off },
      needs: [recurrent],
      advanced: true,
      describe: "residual connections around recurrent layers whose input and output have the same size",
    },
    "layer-norm": {
      ...flag,
      translations: { "no-layer-norm": off },
      needs: [recurrent],
      advanced: true,
      describe: "layer normalization after each recurrent layer",
    },
    block: {
      ...flag,
      aliases: ["blocks"],
      needs: [recurrent],
      advanced: true,
      describe:
        "pre-norm residual blocks as wide as the embeddings: RMSNorm, the cell and a projection, then RMSNorm and a gated MLP; --embedding is then the first of --units by default",
    },
    mlp: {
      ...whole({ from: 0 }),
      needs: [block],
      advanced: true,
      describe: "units of the gated MLP of each --block, 0 for none; by default the width of the blocks",
    },
    "causal-conv": {
      ...whole({ from: 2, to: 16 }),
      needs: [block],
      advanced: true,
      describe: "steps of a causal depthwise convolution before the cell of each --block, as in 4",
    },
    pooling: {
      ...list(openChoice(poolingNames, "pooling")),
      default: {
        generator: ["last"],
        classifier: ["max", "mean"],
        regressor: ["max", "mean"],
        tagger: ["last"],
        numbers: ["last"],
      } as const,
      needs: [oneOutput, windowed],
      advanced: true,
      describe: "pooling over time; several are concatenated",
    },
    convolution: {
      ...list(width),
      needs: [oneOutput, windowed],
      advanced: true,
      describe: "1-D convolutions over the embeddings, as in 128x5; several are concatenated",
    },
    padding: {
      ...choice(paddingNames),
      default: "same" as const,
      needs: [{ convolution: "given" }],
      advanced: true,
      describe: "padding of the --convolution",
    },
    dense: {
      ...list(whole({})),
      advanced: true,
      describe: "units of dense layers before the output layer, as in 64,32",
    },
    "tie-weights": {
      ...flag,
      aliases: ["tied"],
      needs: [generator],
      advanced: true,
      describe: "use the embedding matrix as the weights of the output layer too",
    },
    softmax: {
      ...choice(["full", "adaptive"]),
      default: "full" as const,
      needs: [{ task: ["generator"], tokenizer: ["words", "whitespace"] }],
      advanced: true,
      describe: "output layer; adaptive computes rare words from fewer features, for large vocabularies",
    },
    cutoffs: {
      ...list(whole({})),
      needs: [{ softmax: ["adaptive"] }],
      advanced: true,
      describe: "ranks where the clusters of --softmax adaptive begin; by default after 80 and 95 % of the text",
    },
    "div-value": {
      ...number({ from: 1 }),
      default: 4,
      needs: [{ softmax: ["adaptive"] }],
      advanced: true,
      describe: "each cluster of --softmax adaptive has so many times fewer features than the one before",
    },
    init: {
      ...choice(initializationNames),
      aliases: ["initial"],
      default: "keras" as const,
      advanced: true,
      describe: "weight initializer; the defaults of Keras, wider embeddings, or uniform in ±--init-range",
    },
    "init-range": {
      ...number({ above: 0 }),
      aliases: ["initial-range"],
      default: 0.1,
      needs: [{ init: ["uniform"] }],
      advanced: true,
      describe: "largest absolute weight of --init uniform",
    },
  }),
  ...inGroup("Regularization", {
    dropout: {
      ...number({ from: 0, to: 0.95 }),
      default: { generator: 0.2, classifier: 0.5, regressor: 0.5, tagger: 0.33, numbers: 0.5 },
      translations: { "keep-prob": keepProbability },
      describe: "dropout rate after the embedding and after each layer",
    },
    "variational-dropout": {
      ...flag,
      translations: { "dropout-kind": dropoutKind },
      needs: [{ dropout: { not: "0" } }],
      advanced: true,
      describe: "use the same dropout mask at all time steps of a sequence",
    },
    "recurrent-dropout": {
      ...rate,
      needs: [recurrent],
      describe: "dropout rate of the hidden state between time steps, with one mask for all of them",
    },
    "weight-drop": { ...rate, needs: [recurrent], describe: "dropout rate of the recurrent weights (DropConnect)" },
    "embedding-dropout": {
      ...rate,
      needs: [tokenInputs],
      describe: "fraction of the vocabulary whose embeddings are zeroed in a training step",
    },
  }),
};

export type NetworkOptions = Values<typeof networkOptions>;
