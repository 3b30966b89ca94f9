/** @file A language model over token ids, defined by its sizes: for learning, and for token ids that do not come from a tokenizer of rnn. */
import { UsageError, UserError } from "../common/errors.js";
import type { CellName, RandomName } from "../common/names.js";
import { freshSeed } from "../common/random.js";
import { streamExamples } from "../examples/streamExamples.js";
import { createDistribution } from "../inference/generation/distribution.js";
import { sampleRandom } from "../inference/generation/sampleRandom.js";
import { checked, type SamplerValues } from "../inference/generation/samplerChoice.js";
import { StreamReader } from "../inference/generation/logitReaders.js";
import { tokenSource } from "../inference/generation/tokenSource.js";
import { type Engine, startEngine } from "../model/model.js";
import { specFrom } from "../network/build.js";
import { initializations } from "../network/initializers.js";
import { Network } from "../network/network.js";
import type { Spec } from "../network/spec.js";
import { type Recipe, settleRecipe } from "../options/recipe.js";
import { recipeOptions } from "../options/recipeOptions.js";
import { samplingOptions } from "../options/samplingOptions.js";
import { planEpochs } from "../training/plan.js";
import { Trainer, type TrainingEvent } from "../training/trainer.js";
import { readOptions } from "./libraryInputs.js";
import { ResultStream } from "./resultStream.js";
import { never } from "./trainingRuns.js";

export type LanguageModelOptions = Engine & {
  /** Number of different tokens, from 2; ids are 0 … vocabulary − 1. */
  vocabulary: number;
  /** Tokens in a training sequence; the backward pass covers this number of steps. Default: 64. */
  maxLength?: number | undefined;
  /** Units of each recurrent layer. Default: 256. */
  units?: number | undefined;
  /** Recurrent layers. Default: 1. */
  layers?: number | undefined;
  /** Probability that dropout keeps a value, after the embedding and after each layer, 0.05 … 1. Default: 1, no dropout. */
  keepProbability?: number | undefined;
  /** Size of a token's embedding vector. Default: `units`. */
  embedding?: number | undefined;
  /** The name of a cell, built in or of `defineCell`. Default: `"lstm"`. */
  cell?: CellName | (string & {}) | undefined;
  /** Fixes the initial weights, and the dropout of training. Default: a new one. */
  seed?: number | undefined;
};

export type FitOptions = {
  /** Epochs, which are passes over the tokens, from 1. Default: 10. */
  epochs?: number | undefined;
  /** Sequences that are trained side by side, from 1. Default: 16. */
  batchSize?: number | undefined;
  /** Above 0. Default: 0.003, with a cosine schedule and Adam. */
  learningRate?: number | undefined;
  /** Tokens whose loss chooses the best weights. Default: none, the last weights stay. */
  validation?: ArrayLike<number> | undefined;
  /** Stops after the training step under way. Default: never. */
  signal?: AbortSignal | undefined;
};

export type SampleOptions = {
  /** The ids to continue, at least one. */
  prompt: readonly number[];
  /** Number of new tokens, from 0. Default: 500. */
  maxTokens?: number | undefined;
  /** Default: 1, the network's own probabilities. */
  temperature?: number | undefined;
  /** Fixes the draws. Default: a new one. */
  seed?: number | undefined;
  /** Default: `"xoroshiro"`; `"numpy"` draws what `np.random.RandomState(seed).choice(n, p=p)` does. */
  random?: RandomName | undefined;
} & SamplerValues;

/** Loss of each evaluation, in nats per token: of the training tokens, and of the validation tokens if there are any. */
export type Fitted = { losses: { training: number; validation?: number }[] };

/**
 * Makes a language model: embedding, recurrent layers, softmax over the vocabulary.
 *
 *     const model = await languageModel({ vocabulary: 5000, maxLength: 50, units: 128, layers: 2, keepProbability: 0.8 });
 *     await model.fit(ids, { epochs: 3 });
 *     const next = model.sample({ prompt: [12, 7], maxTokens: 20 });
 *
 * To train on a file instead, with a checkpoint as the result, use `train`.
 * @throws UsageError for a size out of its range
 */
export async function languageModel(options: LanguageModelOptions): Promise<LanguageModel> {
  const {
    vocabulary,
    maxLength = 64,
    units = 256,
    layers = 1,
    keepProbability = 1,
    embedding = units,
    cell,
    seed = freshSeed(),
    ...engine
  } = options;
  if (!(Number.isSafeInteger(vocabulary) && vocabulary >= 2))
    throw new UsageError(`vocabulary: expected a whole number from 2, got ${vocabulary}`);
  if (!(Number.isSafeInteger(layers) && layers >= 1))
    throw new UsageError(`layers: expected a whole number from 1, got ${layers}`);
  if (!(keepProbability >= 0.05 && keepProbability <= 1))
    throw new UsageError(`keepProbability: expected a number from 0.05 to 1, got ${keepProbability}`);
  const given = readOptions<Recipe>(recipeOptions, {
    units: Array<number>(layers).fill(units),
    sequenceLength: maxLength,
    embedding,
    cell,
    dropout: 1 - keepProbability,
    seed,
  });
  await startEngine(engine);
  return new LanguageModel(settleRecipe(given, "generator"), vocabulary);
}

/** A language model over token ids, made by `languageModel`. */
export class LanguageModel {
  /** The layers, as a checkpoint stores them. */
  readonly spec: Spec;
  readonly network: Network;

  /** @internal */
  constructor(
    private readonly recipe: Recipe,
    vocabulary: number,
  ) {
    this.spec = specFrom(recipe, {
      task: "generator",
      reads: { vocabulary },
      labels: 0,
      examples: "streams",
      longest: recipe.sequenceLength,
    });
    this.network = Network.create(this.spec, initializations.keras(), recipe.seed);
  }

  /**
   * Trains on one long sequence of tokens; join separate texts with a token of your own. Iterate for training steps and evaluations, or await the losses.
   * @param ids at least two, each below the vocabulary
   * @throws UserError for an id that is not in the vocabulary, UsageError for an option out of its range
   */
  fit(
    ids: ArrayLike<number>,
    { validation, signal, ...options }: FitOptions = {},
  ): ResultStream<TrainingEvent, Fitted> {
    return new ResultStream(() => this.trainOn(ids, validation, options, signal ?? never()), lossesOf);
  }

  /**
   * Samples new tokens after a prompt.
   * @returns the new ids, without the prompt
   * @throws UserError for an option out of its range, and for a token that is not in the vocabulary
   */
  sample({ prompt, maxTokens = 500, temperature = 1, seed = freshSeed(), ...options }: SampleOptions): number[] {
    const { random: given = "xoroshiro", ...samplers } = options;
    if (prompt.length === 0) throw new UserError("the prompt is empty: give at least one token");
    if (!(Number.isSafeInteger(maxTokens) && maxTokens >= 0))
      throw new UsageError(`maxTokens: expected a whole number from 0, got ${maxTokens}`);
    const promptRow = { ids: [...this.checked(prompt)], rows: 1, window: this.recipe.sequenceLength };
    const random = checked("random", samplingOptions.random, given);
    const uniforms = Float64Array.from({ length: maxTokens }, sampleRandom(random, seed, 0));
    const source = tokenSource(this.network, { temperature, exact: random === "numpy", ...samplers }, promptRow);
    try {
      return [...source.next(uniforms)];
    } finally {
      source.dispose();
    }
  }

  /** The probability of each token after some others, at least one: [vocabulary]. */
  probabilities(ids: readonly number[]): Float64Array {
    const reader = new StreamReader(this.network, { ids: [...this.checked(ids)], rows: 1 });
    const probabilities = createDistribution({ temperature: 1 })(reader.logits());
    reader.dispose();
    return probabilities;
  }

  /** Frees the memory of the weights. */
  dispose(): void {
    this.network.dispose();
  }

  /** The same at the end of a block: `using model = await languageModel(…)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  private async *trainOn(
    ids: ArrayLike<number>,
    validation: ArrayLike<number> | undefined,
    options: Omit<FitOptions, "validation" | "signal">,
    stop: AbortSignal,
  ): AsyncGenerator<TrainingEvent> {
    const { epochs = 10, ...given } = readOptions<Recipe>(recipeOptions, options);
    const recipe = settleRecipe({ ...this.recipe, ...given }, "generator");
    const shape = { rows: recipe.batchSize, time: recipe.sequenceLength };
    const examples = streamExamples(this.checked(ids), shape);
    const heldOut = validation ? streamExamples(this.checked(validation), shape) : null;
    const trainer = new Trainer(this.network, examples, heldOut, recipe);
    try {
      yield* trainer.run(planEpochs(epochs, examples.batchesPerEpoch), stop);
      this.network.assign(trainer.bestWeights);
    } finally {
      trainer.dispose();
    }
  }

  /** @throws UserError for an id that is not in the vocabulary */
  private checked(ids: ArrayLike<number>): Int32Array<ArrayBuffer> {
    const odd = Array.from(ids).find((id) => !(Number.isInteger(id) && id >= 0 && id < this.spec.classes));
    if (odd !== undefined)
      throw new UserError(`token ${odd} is not in the vocabulary: ids are 0 … ${this.spec.classes - 1}`);
    return Int32Array.from(ids);
  }
}

async function lossesOf(events: AsyncIterable<TrainingEvent>): Promise<Fitted> {
  const losses: Fitted["losses"] = [];
  for await (const event of events) {
    if (event.type !== "evaluation") continue;
    const { training, validation } = event.entry;
    losses.push({ training, ...(validation !== undefined && { validation }) });
  }
  return { losses };
}
