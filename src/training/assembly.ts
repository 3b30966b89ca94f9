/** @file The parts of a training run: its data, network and trainer, built the same way for a new run and for a resumed one. */
import type { CheckpointDocument, DistilledRecord, FromRecord } from "../checkpoint/checkpoint.js";
import { version } from "../common/version.js";
import type { Task } from "../common/names.js";
import type { StandardInput } from "../corpus/corpus.js";
import { type CorpusPath, pathRecord } from "../corpus/sources/corpusPath.js";
import type { Corpus } from "../corpus/document.js";
import type { Backend } from "../engine/backends/index.js";
import { type ArrangeOptions, evaluationExamples, trainingExamples } from "../examples/arrange.js";
import { type Examples, withReplay } from "../examples/batch.js";
import type { CorpusSummary } from "../examples/corpusSummary.js";
import { digestsOf } from "../examples/partSources.js";
import type { Prepared, Sources } from "../examples/prepare.js";
import { type SampleOptions, sampleText } from "../inference/generation/sampleText.js";
import type { Engine } from "../model/model.js";
import type { Network } from "../network/network.js";
import { isPooled } from "../network/spec.js";
import type { Recipe } from "../options/recipe.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import type { PrecisionSteps } from "./fastestPrecision.js";
import type { BaseCorpus } from "./baseCorpus.js";
import { frozenRows } from "./frozenWeights.js";
import { isBesideBag } from "./chooseLabelModel.js";
import { labelLossOf } from "./labelLoss.js";
import { embeddingName, type FoundVectors } from "./staticVectors.js";
import type { StartOptions } from "./startingPoint.js";
import { Trainer, type TrainerOptions } from "./trainer.js";

/** Options of a new or a resumed run. */
export type Given = Engine & {
  given: Partial<Recipe>;
  /** For a run that starts from the weights of another checkpoint. */
  start?: StartOptions | undefined;
  task?: Task | undefined;
  standardInput?: StandardInput;
  /** A folder where the tokens are kept for other runs with the same corpus. Default: memory, or the system's folder for temporary files if the corpus is large. */
  tokenCache?: string | undefined;
  /** Whether to ignore options that have no effect instead of throwing a UsageError; for options that several networks share. */
  lenient?: boolean;
  /** Whether the network is kept alone if no mix and no model is given, as experiments do, which compare networks. */
  networkAlone?: boolean;
};

export type Assembly = {
  recipe: Recipe;
  prepared: Prepared;
  arrange: ArrangeOptions;
  training: Examples;
  network: Network;
  trainer: Trainer;
  corpus: CheckpointDocument["corpus"];
  backend: Backend;
  /** Of --precision auto: the seconds of a training step in each precision. */
  precisionSteps?: PrecisionSteps;
  /** The options of a generator that its text and its time chose; absent if there are none. */
  chosen?: Choice;
  /** ISO 8601 */
  created: string;
  /** The source of imported initial weights. */
  imported?: CheckpointDocument["imported"];
  /** For a run that started from another checkpoint. */
  started?: Started;
  /** The words of --vectors; absent for a resumed run. */
  vectors?: FoundVectors;
  /** For a network that learns the probabilities of another one; it cannot be resumed. */
  distilled?: DistilledRecord;
  /** Absent for a resumed run. */
  summary?: CorpusSummary;
  dispose(): void;
};

/** options: names of the recipe; epochs: the passes over the training part that the choice expects. */
export type Choice = { options: string[]; epochs: number };

/** What a run keeps of the checkpoint that it started from. */
export type Started = {
  record: FromRecord;
  /** Its corpus; null if it is not scored and not replayed. */
  corpus: BaseCorpus | null;
  /** What a person should know, a sentence each. */
  notes: readonly string[];
  /** Seconds that its score takes, about. */
  seconds: number;
};

export type AssemblyParts = Pick<
  Assembly,
  | "recipe"
  | "prepared"
  | "network"
  | "backend"
  | "chosen"
  | "created"
  | "imported"
  | "started"
  | "summary"
  | "vectors"
  | "distilled"
> & {
  /** The training examples. Default: those of the training part. */
  examples?: Examples;
  path: CorpusPath;
  /** How the corpora are read; a checkpoint without it is resumed without it. */
  readings: Pick<CheckpointDocument["corpus"], "reading" | "partReadings">;
  sources: Sources & { training: Corpus };
};

/** Options of the sample that a generator draws at each evaluation. */
const sampling: Omit<SampleOptions, "shape" | "maxTokens"> = { temperature: 0.5, seed: 1 };

/** Adds the examples and the trainer. @throws UserError if the training part is too small */
export function buildAssembly({ path, readings, sources, examples, ...parts }: AssemblyParts): Assembly {
  const { recipe, prepared, network } = parts;
  const arrange: ArrangeOptions = recipe;
  const training = withBase(examples ?? trainingExamples(prepared, arrange), recipe, parts.started);
  const { shape } = sources.training;
  const validation = evaluationExamples(prepared, "validation", arrange);
  const tokenizer = prepared.inputs === "tokens" && prepared.task === "generator" && prepared.tokenizer;
  const sample =
    tokenizer && !isPooled(network.spec)
      ? () =>
          sampleText(network, tokenizer, {
            ...sampling,
            maxTokens: tokenizerDefinition(tokenizer.kind).sampleLength,
            shape,
          })
      : null;
  const trainer = new Trainer(network, training, validation, trainerOptions(parts), sample);
  const dispose = (): void => {
    trainer.dispose();
    network.dispose();
    prepared.dispose();
    parts.started?.corpus?.dispose();
  };
  return { ...parts, arrange, training, trainer, corpus: corpusRecord({ path, readings, sources }), dispose };
}

/** The corpus in a checkpoint. */
export function corpusRecord({
  path,
  readings: { reading, partReadings },
  sources,
}: Pick<AssemblyParts, "path" | "readings" | "sources">): CheckpointDocument["corpus"] {
  const { shape, labeled, bytes, digest } = sources.training;
  return {
    ...pathRecord(path),
    shape,
    labelled: labeled,
    bytes,
    digest,
    options: digestsOf(sources),
    ...(reading && { reading }),
    ...(partReadings && { partReadings }),
  };
}

/** What saved a checkpoint. */
export const madeBy = ({ name, instructionSet }: Backend): NonNullable<CheckpointDocument["madeBy"]> => ({
  version,
  backend: name,
  ...(instructionSet !== null && { instructionSet }),
});

/** The batches, with those that are replayed. */
const withBase = (own: Examples, recipe: Recipe, started: Started | undefined): Examples =>
  started?.corpus && started.record.replay > 0
    ? withReplay(own, started.corpus.training(recipe), started.record.replay)
    : own;

function trainerOptions({
  recipe,
  network,
  prepared,
  started,
}: Omit<AssemblyParts, "path" | "readings" | "sources">): TrainerOptions {
  const options = { ...recipe, labelLoss: labelLossOf(recipe, prepared), bestByLoss: isBesideBag(recipe) };
  if (recipe.freezeEmbedding) return { ...options, frozen: new Map([[embeddingName(network.spec), Infinity]]) };
  if (!started) return options;
  const { freeze, ...sizes } = started.record;
  return { ...options, frozen: frozenRows(network.spec, network.weights.keys(), freeze, sizes) };
}
