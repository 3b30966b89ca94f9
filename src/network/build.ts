/** @file From options to a network's spec. */
import { UsageError } from "../common/errors.js";
import type { ArrangementName, Task } from "../common/names.js";
import { convolutionWidth, type NetworkOptions } from "../options/networkOptions.js";
import type { LayerSpec, Spec } from "./spec.js";

export type Purpose = {
  task: Task;
  /** The tokens there are, or the numbers of a row. */
  reads: { vocabulary: number } | { width: number };
  labels: number;
  /** Characters that words are spelt with, where these are read. */
  characters?: number | undefined;
  examples: ArrangementName;
  /** Steps that are read of a sequence at most, where it is not a stream. */
  longest: number;
};

/** Outputs of the head. */
const outputs: { [Kind in Task]: (purpose: Purpose) => number } = {
  generator: ({ reads }) => ("vocabulary" in reads ? reads.vocabulary : reads.width),
  classifier: ({ labels }) => labels,
  regressor: () => 1,
  tagger: ({ labels }) => labels,
};

/**
 * Embedding of tokens, convolution, recurrent layers, pooling where one answer is wanted for a whole sequence, dense layers; with dropout after each but pooling,
 * and after it where it takes nothing but the last outputs.
 * @throws UsageError for a network that would read what it is to guess, or that has no use for an option
 */
export function specFrom(options: NetworkOptions, purpose: Purpose): Spec {
  const { task, reads, examples, longest } = purpose;
  const bidirectional = options.bidirectional === "yes";
  const streams = task === "generator" && examples === "streams";
  const everyStep = streams || task === "tagger";
  if (streams && bidirectional) {
    throw new UsageError(
      "--bidirectional yes would read what is to be guessed: add --examples windows, which guesses what follows a window",
    );
  }
  const { convolution = [], dense = [], pooling, padding } = options;
  if (!everyStep && options.units.length === 0 && pooling.includes("last")) {
    throw new UsageError(
      "--pooling last is the last output of a recurrent layer, and with --units none there is none: choose another --pooling",
    );
  }
  const widths = convolution.map(convolutionWidth);
  if (padding === "valid" && widths.some(({ size }) => size !== widths[0]!.size)) {
    throw new UsageError(
      `--padding valid leaves texts of different lengths after --convolution ${convolution.join()}: use windows of one size, or --padding same`,
    );
  }
  if (options.residual && !options.units.some((units, index) => units === options.units[index - 1])) {
    throw new UsageError(
      `--residual leads past a recurrent layer as wide as the one before, and of --units ${options.units.join()} none is: choose units as in 64,64`,
    );
  }
  const dropout: LayerSpec[] = options.dropout > 0 ? [dropoutLayer(options)] : [];
  const lastOnly = !everyStep && pooling.every((name) => name === "last");
  const recurrent = options.units.flatMap((units, index): LayerSpec[] => {
    const made = [
      recurrentLayer(options, units),
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
      ...("vocabulary" in reads ? [firstLayer(options, purpose), ...dropout] : []),
      ...(widths.length > 0 ? [{ type: "convolution" as const, widths, padding }, ...dropout] : []),
      ...recurrent,
      ...(everyStep
        ? []
        : [
            { type: "pooling" as const, over: pooling, ...(pooling.includes("flatten") && { steps: longest }) },
            ...(lastOnly ? dropout : []),
          ]),
      ...dense.flatMap((units): LayerSpec[] => [{ type: "dense", units }, ...dropout]),
    ],
    classes: outputs[task](purpose),
    ...(options.tieWeights && { tied: true }),
  };
}

/** Size of a character's vector. */
const characterEmbedding = 32;

/** Tokens, or words with their characters where these are read. */
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

const recurrentLayer = (options: NetworkOptions, units: number): LayerSpec => ({
  type: "recurrent",
  cell: options.cell,
  units,
  bidirectional: options.bidirectional === "yes",
  ...(options.learnedInitialState && { learnedStart: true }),
  ...(options.recurrentDropout > 0 && { recurrentDropout: options.recurrentDropout }),
  ...(options.weightDrop > 0 && { weightDrop: options.weightDrop }),
});
