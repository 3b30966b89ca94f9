/**
 * @file The options of a generator that nobody gave, chosen by its corpus, the length of the run and the speed of the machine. The rule is a table that was
 * fitted on measurements (docs/results.md); nothing is searched for at run time.
 */
import type { Recipe } from "../options/recipe.js";

/** What the rule reads. */
export type GeneratorFacts = {
  /** Of the training part. */
  tokens: number;
  vocabulary: number;
  /** The passes over the training part; or the seconds for training steps, and the floating-point operations per second of matrix products here. */
  length: { epochs: number } | { seconds: number; speed: number };
  /** If they are given. */
  units?: readonly number[] | undefined;
  batchSize?: number | undefined;
  sequenceLength?: number | undefined;
};

export type GeneratorDefaults = {
  options: Pick<
    Recipe,
    | "units"
    | "embedding"
    | "layerNorm"
    | "init"
    | "dropout"
    | "batchSize"
    | "sequenceLength"
    | "learningRate"
    | "warmUp"
  >;
  /** The passes over the training part that were expected. */
  epochs: number;
};

/** A vocabulary of so many tokens or fewer is one of characters: the recurrent layers then have most of the weights. */
const largestAlphabet = 512;
/** Training reaches this fraction of the speed of matrix products. */
const efficiency = 0.75;

/** `tokens`: a network of this size is the best one from so many training tokens on, repeated or not. */
type Size = { tokens: number; units: readonly number[]; embedding: number; learningRate: number };
type Shape = Pick<Size, "units" | "embedding">;

const characterSizes: readonly Size[] = [
  { tokens: 0, units: [128, 128], embedding: 64, learningRate: 0.012 },
  { tokens: 2.2e6, units: [192, 192], embedding: 64, learningRate: 0.01 },
  { tokens: 4.5e6, units: [256, 256], embedding: 64, learningRate: 0.008 },
  { tokens: 10e6, units: [384, 384], embedding: 64, learningRate: 0.006 },
  { tokens: 17e6, units: [512, 512], embedding: 64, learningRate: 0.005 },
];
const wordSizes: readonly Size[] = [
  { tokens: 0, units: [128], embedding: 128, learningRate: 0.008 },
  { tokens: 0.3e6, units: [256], embedding: 128, learningRate: 0.006 },
  { tokens: 10e6, units: [256, 256], embedding: 256, learningRate: 0.004 },
  { tokens: 30e6, units: [400, 400], embedding: 400, learningRate: 0.003 },
];

/** Dropout by the passes over the text, up to which it is the best one. */
const characterDropouts = [
  { epochs: 3, dropout: 0 },
  { epochs: 8, dropout: 0.1 },
  { epochs: 16, dropout: 0.2 },
  { epochs: Infinity, dropout: 0.3 },
];
const wordDropouts = [
  { epochs: 1.5, dropout: 0.2 },
  { epochs: 8, dropout: 0.4 },
  { epochs: Infinity, dropout: 0.5 },
];

const usualBatchSize = 16;
/** The steps of the warm-up, and the largest fraction of all steps that it takes. */
const longestWarmUp = 100;
const warmUpFraction = 0.1;

/** The options that suit a text. */
export function generatorDefaults(facts: GeneratorFacts): GeneratorDefaults {
  const isAlphabet = facts.vocabulary <= largestAlphabet;
  const sizes = isAlphabet ? characterSizes : wordSizes;
  const candidates = facts.units === undefined ? sizes : [ofUnits(sizes, facts.units)];
  const isFed = (size: Size): boolean => tokensReadBy(size, facts) >= size.tokens;
  const { tokens: _from, ...size } = candidates.findLast(isFed) ?? candidates[0]!;
  const epochs = tokensReadBy(size, facts) / facts.tokens;
  const { batchSize = usualBatchSize, sequenceLength = isAlphabet ? 64 : 32 } = facts;
  const warmUp = Math.min(
    longestWarmUp,
    Math.floor((warmUpFraction * epochs * facts.tokens) / (batchSize * sequenceLength)),
  );
  const { dropout } = (isAlphabet ? characterDropouts : wordDropouts).find((row) => epochs <= row.epochs)!;
  return {
    options: {
      ...size,
      units: [...size.units],
      layerNorm: true,
      init: "wide",
      dropout,
      batchSize,
      sequenceLength,
      warmUp,
    },
    epochs,
  };
}

/** The size with these units; the rest is that of the size of nearest width. */
function ofUnits(sizes: readonly Size[], units: readonly number[]): Size {
  const distance = (size: Size): number => Math.abs(Math.log(Math.max(1, ...units) / size.units[0]!));
  const nearest = sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
  return { ...nearest, units, tokens: 0 };
}

/** Of an LSTM, whose 4 gates read the input and the hidden state. */
const recurrentWeights = ({ units, embedding }: Shape): number =>
  units.reduce((sum, width, index) => sum + 4 * width * ((units[index - 1] ?? embedding) + width), 0);

/** Training multiplies and adds each weight three times for each token: in the forward pass, for the gradient of the inputs and for that of the weights. */
const operationsPerToken = (size: Shape, vocabulary: number): number =>
  6 * (recurrentWeights(size) + (size.units.at(-1) ?? size.embedding) * vocabulary);

function tokensReadBy(size: Shape, { tokens, vocabulary, length }: GeneratorFacts): number {
  if ("epochs" in length) return length.epochs * tokens;
  return (length.seconds * length.speed * efficiency) / operationsPerToken(size, vocabulary);
}
