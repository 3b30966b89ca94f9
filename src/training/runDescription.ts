/** @file A training run before its first step, as plain data: its task, corpus, network and options. */
import type { FromRecord } from "../checkpoint/checkpoint.js";
import type { Task } from "../common/names.js";
import type { Backend } from "../engine/backends/index.js";
import type { CorpusSummary } from "../examples/corpusSummary.js";
import { corpusWarnings } from "../examples/corpusWarnings.js";
import { splitOptions } from "../examples/partSources.js";
import type { PartCounts, Prepared } from "../examples/prepare.js";
import type { Scale } from "../examples/scaling.js";
import type { Part } from "../examples/split.js";
import type { Spec } from "../network/spec.js";
import type { Recipe } from "../options/recipe.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { Assembly, Choice } from "./assembly.js";
import type { PrecisionSteps } from "./fastestPrecision.js";
import type { FoundVectors } from "./staticVectors.js";

export type RunDescription = {
  task: Task;
  /** The path of the corpus; "a.csv and 3 others" for several files. */
  corpus: string;
  /** The paths of several files that are the corpus. */
  files?: readonly string[];
  /** In the order of the network's classes; empty for a generator or a regressor. */
  labels: readonly string[];
  /** Documents, characters and tokens of each part. */
  counts: Record<Part, PartCounts>;
  /** Null for rows of numbers. */
  tokenizer: Tokenizer | null;
  /** The name, mean and standard deviation of each column of rows of numbers; null for texts. */
  scaling: readonly Scale[] | null;
  /** The same for the columns of numbers beside each text; absent without them. */
  numbers?: readonly Scale[];
  /** Mean and standard deviation of a regressor's number in the training part; null for other tasks. */
  target: Scale | null;
  /** The first tokens of a generator's training part, as an example of a prompt; empty for other tasks. */
  openingText: string;
  /** The layers of the network; null for an n-gram model. */
  spec: Spec | null;
  /** Number of trained weights; 0 for an n-gram model. */
  parameters: number;
  /** All options, with the defaults of the task. */
  recipe: Recipe;
  /** Training steps of an earlier run that this one resumes; 0 for a new run. */
  step: number;
  stepsPerEpoch: number;
  backend: Backend;
  /** Of --precision auto: the seconds of a training step in each precision, of which the recipe has the chosen one. */
  precisionSteps?: PrecisionSteps;
  /** The options that were chosen by the corpus and the time; absent if there are none. */
  chosen?: Choice;
  /** The checkpoint that the run started from, and what it kept of it. */
  from?: FromRecord;
  /** The words that --vectors has. */
  vectors?: FoundVectors;
  /** What was found in the corpus; null for a resumed run. */
  summary: CorpusSummary | null;
  /** What looks wrong, a sentence each with the option to change; of the corpus only for a new run. */
  warnings: readonly string[];
};

export const describeRun = ({
  network,
  trainer,
  training,
  precisionSteps,
  chosen,
  vectors,
  ...parts
}: Assembly): RunDescription => ({
  ...describeParts(parts),
  spec: network.spec,
  parameters: network.parameters,
  step: trainer.steps,
  stepsPerEpoch: training.batchesPerEpoch,
  ...(precisionSteps && { precisionSteps }),
  ...(chosen && { chosen }),
  ...(vectors && { vectors }),
});

/** What is the same for an n-gram model. */
export const describeParts = ({
  prepared,
  corpus,
  recipe,
  backend,
  started,
  summary,
}: Pick<Assembly, "prepared" | "corpus" | "recipe" | "backend" | "started" | "summary">): Omit<
  RunDescription,
  "spec" | "parameters" | "step" | "stepsPerEpoch"
> => ({
  task: prepared.task,
  corpus: corpus.name ?? "",
  ...(corpus.files && { files: corpus.files }),
  labels: prepared.labels,
  counts: prepared.counts,
  tokenizer: prepared.inputs === "tokens" ? prepared.tokenizer : null,
  scaling: prepared.inputs === "numbers" ? prepared.scaling : null,
  ...(prepared.inputs === "tokens" && prepared.numbers && { numbers: prepared.numbers }),
  target: prepared.task === "regressor" ? prepared.target : null,
  openingText: openingTextOf(prepared),
  recipe,
  backend,
  ...(started && { from: started.record }),
  summary: summary ?? null,
  warnings: [
    ...(started?.notes ?? []),
    ...(summary
      ? corpusWarnings({
          task: prepared.task,
          summary,
          counts: prepared.counts,
          tokenizer: prepared.inputs === "tokens" ? prepared.tokenizer.kind : null,
          maxLength: recipe.maxLength,
          fractions: splitOptions(recipe).fractions,
        })
      : []),
  ],
});

const openingTokens = 40;

const openingTextOf = (prepared: Prepared): string =>
  prepared.task === "generator" && prepared.inputs === "tokens"
    ? prepared.tokenizer.decode(prepared.texts.training.slice(0, openingTokens))
    : "";
