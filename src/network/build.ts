/** @file Builds a network's spec from options. */
import { UsageError } from "../common/errors.js";
import type { ArrangementName, Task } from "../common/names.js";
import { convolutionWidth, type NetworkOptions } from "../options/networkOptions.js";
import { usualCutoffs } from "./adaptiveSoftmax.js";
import { blockLayers } from "./blockLayers.js";
import { cellNamed } from "./cells.js";
import { kindOf } from "./layers/index.js";
import type { LayerSpec, Spec } from "./spec.js";

export type Purpose = {
  task: Task;
  /** The size of the vocabulary, or the number of columns in a row of numbers. */
  reads: { vocabulary: number } | { width: number };
  labels: number;
  /** The numbers beside each text. */
  numbers?: number | undefined;
  /** Whether an input may have several labels. */
  multilabel?: boolean | undefined;
  /** Size of the vocabulary of characters, for a tagger that reads them. */
  characters?: number | undefined;
  examples: ArrangementName;
  /** The most steps that are read of a sequence, unless it is a stream. */
  longest: number;
  /** How often each token occurs in the training part of a generator. */
  counts?: (() => ArrayLike<number>) | undefined;
};

/** The number of outputs of the head. */
const outputs: { [Kind in Task]: (purpose: Purpose) => number } = {
  generator: ({ reads }) => ("vocabulary" in reads ? reads.vocabulary : reads.width),
  classifier: ({ labels }) => labels,
  regressor: () => 1,
  tagger: ({ labels }) => labels,
};

/**
 * Embedding, convolution, recurrent layers or blocks, pooling if the network has one output for a sequence, dense layers. Dropout follows each of them; it follows
 * the pooling, instead of the last recurrent layer, if the pooling reads the last output only.
 * @throws UsageError for a network that would read its own targets, and for options that cannot be combined
 */
export function specFrom(options: NetworkOptions, purpose: Purpose): Spec {
  const { task, reads, examples, longest } = purpose;
  const bidirectional = options.bidirectional === "yes";
  const nextTokens = task === "generator" && (examples === "streams" || examples === "documents");
  const everyStep = nextTokens || task === "tagger";
  if (nextTokens && bidirectional) {
    throw new UsageError(
      "--bidirectional yes would read the token that is to be predicted; add --examples windows, which predicts the token after a window",
    );
  }
  const { convolution = [], dense = [], pooling, padding } = options;
  if (!everyStep && options.units.length === 0 && pooling.includes("last")) {
    throw new UsageError("--pooling last needs a recurrent layer, but --units none has none; use another --pooling");
  }
  const widths = convolution.map(convolutionWidth);
  if (padding === "valid" && widths.some(({ size }) => size !== widths[0]!.size)) {
    throw new UsageError(
      `--padding valid gives outputs of different lengths for --convolution ${convolution.join()}; use windows of one size, or --padding same`,
    );
  }
  if (options.residual && !options.units.some((units, index) => units === options.units[index - 1])) {
    throw new UsageError(
      `--residual needs two neighboring recurrent layers of the same width, but --units ${options.units.join()} has none; use units as in 64,64`,
    );
  }
  if (options.block) refuseWithBlocks(options, everyStep);
  const needsMatrix = (["recurrentDropout", "weightDrop"] as const).find((name) => options[name] > 0);
  if (needsMatrix && options.units.length > 0 && cellNamed(options.cell).elementwise) {
    const option = needsMatrix === "weightDrop" ? "--weight-drop" : "--recurrent-dropout";
    throw new UsageError(
      `${option} drops parts of a product of the hidden state and a matrix, which the cell ${options.cell} does not have; use --dropout or --variational-dropout`,
    );
  }
  const dropout: LayerSpec[] = options.dropout > 0 ? [dropoutLayer(options)] : [];
  const lastOnly = !everyStep && pooling.every((name) => name === "last");
  const first: LayerSpec[] = [
    ...("vocabulary" in reads ? [firstLayer(options, purpose), ...dropout] : []),
    ...(widths.length > 0 ? [{ type: "convolution" as const, widths, padding }, ...dropout] : []),
  ];
  const cells = options.units.map((units, index) => recurrentLayer(options, units, index));
  const plain = options.units.flatMap((units, index): LayerSpec[] => {
    const made = [
      cells[index]!,
      ...(options.layerNorm ? [{ type: "normalisation" as const }] : []),
      ...(lastOnly && index === options.units.length - 1 ? [] : dropout),
    ];
    const residual = options.residual && units === options.units[index - 1];
    return residual ? [...made, { type: "residual", over: made.length }] : made;
  });
  return {
    task,
    ...reads,
    layers: [
      ...(options.block
        ? [...withBlocks(options, reads, first, cells, dropout), ...(nextTokens || lastOnly ? [] : dropout)]
        : [...first, ...plain]),
      ...(everyStep
        ? []
        : [
            { type: "pooling" as const, over: pooling, ...(pooling.includes("flatten") && { steps: longest }) },
            ...(lastOnly ? dropout : []),
          ]),
      ...(purpose.numbers ? [{ type: "numbers" as const, columns: purpose.numbers }] : []),
      ...dense.flatMap((units): LayerSpec[] => [{ type: "dense", units }, ...dropout]),
    ],
    classes: outputs[task](purpose),
    ...(purpose.multilabel && { multilabel: true }),
    ...(options.tieWeights && { tied: true }),
    ...(options.softmax === "adaptive" && task === "generator" && { adaptive: adaptiveSpec(options, purpose) }),
  };
}

/** The layers before the pooling: blocks are as wide as what they read, or, of rows of numbers, as the first cell. */
function withBlocks(
  options: NetworkOptions,
  reads: Purpose["reads"],
  first: readonly LayerSpec[],
  cells: readonly LayerSpec[],
  dropout: readonly LayerSpec[],
): LayerSpec[] {
  const before: LayerSpec[] = first.length > 0 ? [...first] : [{ type: "projection", units: options.units[0]! }];
  const input = "vocabulary" in reads ? reads.vocabulary : reads.width;
  const width = before.reduce((inputs, layer) => kindOf(layer).width(layer, inputs), input);
  return [...before, ...blockLayers(options, cells, width, dropout)];
}

/** @throws UsageError for what blocks have of their own, and for last outputs, which blocks do not keep by direction */
function refuseWithBlocks({ residual, layerNorm, bidirectional, pooling }: NetworkOptions, everyStep: boolean): void {
  for (const [option, given] of [
    ["--residual", residual],
    ["--layer-norm", layerNorm],
  ] as const) {
    if (given) throw new UsageError(`--block has residual connections and normalization of its own; remove ${option}`);
  }
  if (bidirectional === "yes" && !everyStep && pooling.includes("last")) {
    throw new UsageError(
      "--block adds both directions at each step, so that there is no last output of each; use --pooling max,mean, or --bidirectional no",
    );
  }
}

/** @throws UsageError for cutoffs that do not fit the vocabulary, and for tied weights */
function adaptiveSpec({ cutoffs, divValue, tieWeights }: NetworkOptions, purpose: Purpose): Spec["adaptive"] {
  const classes = outputs.generator(purpose);
  if (tieWeights) {
    throw new UsageError(
      "--softmax adaptive has smaller weights for rare tokens, so it cannot be combined with --tie-weights; remove one of them",
    );
  }
  if (cutoffs === undefined && purpose.counts === undefined) {
    throw new UsageError("--softmax adaptive needs --cutoffs where the training text is not counted; add --cutoffs");
  }
  const chosen = cutoffs ?? usualCutoffs(purpose.counts!());
  if (!chosen.every((cutoff, index) => cutoff < (chosen[index + 1] ?? classes))) {
    throw new UsageError(
      `--cutoffs ${chosen.join()}: expected ascending numbers below the vocabulary's ${classes} tokens, as in ${Math.ceil(classes / 10)},${Math.ceil(classes / 3)}`,
    );
  }
  return { cutoffs: [...chosen], divValue };
}

/** Size of a character's embedding. */
const characterEmbedding = 32;

/** An embedding of tokens, or of words with their characters. */
function firstLayer(options: NetworkOptions, { characters: vocabulary }: Purpose): LayerSpec {
  const { embedding: units, embeddingDropout, charUnits } = options;
  const table = { units, ...(embeddingDropout > 0 && { dropout: embeddingDropout }) };
  if (vocabulary === undefined) return { type: "embedding", ...table };
  return { type: "words", ...table, characters: { vocabulary, embedding: characterEmbedding, units: charUnits } };
}

const dropoutLayer = ({ dropout, variationalDropout }: NetworkOptions): LayerSpec => ({
  type: "dropout",
  rate: dropout,
  ...(variationalDropout && { variational: true }),
});

const recurrentLayer = (options: NetworkOptions, units: number, layer: number): LayerSpec => ({
  type: "recurrent",
  cell: options.cell,
  units,
  bidirectional: options.bidirectional === "yes",
  ...(options.learnedInitialState && { learnedStart: true }),
  ...(options.recurrentDropout > 0 && { recurrentDropout: options.recurrentDropout }),
  ...(options.weightDrop > 0 && { weightDrop: options.weightDrop }),
  ...(cellNamed(options.cell).bounded && layer > 0 && { lowerBound: layer / options.units.length }),
});
