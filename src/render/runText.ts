/** @file A training run before its first step as text and JSON: what was found in the corpus, what was decided, and what the run will do. */
import { kebabCase, show } from "../options/option.js";
import { agreeing, quantity } from "../common/quantity.js";
import type { Backend } from "../engine/backends/index.js";
import type { Plan } from "../training/plan.js";
import type { RunPlan } from "../training/plannedRun.js";
import type { BeginEvent } from "../training/run.js";
import type { RunDescription } from "../training/runDescription.js";
import type { ValidationSample } from "../training/trainer.js";
import { describeNetwork } from "./networkText.js";
import { bytes, compact, decimal, timeSpan } from "./numberText.js";
import {
  copiesText,
  labelsText,
  partsText,
  readingText,
  skippedText,
  splitText,
  taskText,
  unitOf,
  tokenizerText,
  whole,
} from "./corpusText.js";
import { fromText } from "./startText.js";
import { defaultWidth, type LabeledLine, labeledLines } from "./textTable.js";

/** The settings of a run before its first training step, a line or more each. */
export function runLines(begin: BeginEvent, width = defaultWidth): string[] {
  const { folder, resumed, step } = begin;
  const output = resumed ? `${folder}, resumed at step ${whole(step)}` : folder;
  return labeledLines([...settingLines(begin), ["output", output]], width);
}

/** The settings of a run that is planned, with what it would take. */
export function planLines(plan: RunPlan, width = defaultWidth): string[] {
  const { readingSeconds, stepSeconds, trainingSeconds, memory } = plan;
  const epoch = `${quantity(plan.stepsPerEpoch, "steps")}, about ${timeSpan(plan.stepsPerEpoch * stepSeconds)}`;
  const time = `about ${timeSpan(trainingSeconds)} of training, ${timeSpan(stepSeconds)} for each step; reading took ${timeSpan(readingSeconds)}`;
  return labeledLines(
    [
      ...settingLines(plan),
      ["epoch", epoch],
      ["time", time],
      ["memory", `about ${bytes(roundedMemory(memory))}`],
      ["output", "nothing is written (--dry-run)"],
    ],
    width,
  );
}

/** To two digits, because it is an estimate. */
const roundedMemory = (memory: number): number => Number(memory.toPrecision(2));

function settingLines(run: RunDescription & { plan: Plan; validationSample: ValidationSample | null }): LabeledLine[] {
  const { corpus, spec, parameters, backend } = run;
  return [
    ["corpus", corpus === "-" ? "standard input" : corpus],
    ["read as", readingText(run)],
    ["skipped", skippedText(run)],
    ["task", taskText(run)],
    ["from", fromText(run)],
    ["labels", labelsText(run)],
    ["copies", copiesText(run)],
    ["split", splitText(run)],
    ["parts", partsText(run)],
    ["tokenizer", tokenizerText(run)],
    ["inputs", inputsText(run)],
    ["long texts", chunksText(run)],
    ["target", targetText(run)],
    ...(spec
      ? ([
          ["network", `${describeNetwork(spec)}; ${compact(parameters)} parameters`],
          ["vectors", vectorsText(run)],
          ["chosen", chosenText(run)],
          ["optimizer", optimizerText(run)],
          ["training", trainingText(run)],
        ] satisfies LabeledLine[])
      : ([["model", run.recipe.model === "bag" ? bagText : ngramText]] satisfies LabeledLine[])),
    ["evaluation", evaluationText(run)],
    ["backend", backendText(backend)],
    ["precision", precisionText(run)],
  ];
}

function vectorsText({ vectors, recipe }: RunDescription): string | undefined {
  if (!vectors) return undefined;
  const { file, found, words, width } = vectors;
  const count = `${whole(found)} of ${quantity(words, "words")}`;
  return `${file}: ${count}, ${quantity(width, "numbers")} each${recipe.freezeEmbedding ? "; embeddings frozen" : ""}`;
}

const ngramText = "n-gram model with interpolated Kneser–Ney smoothing";
const bagText = "bag of n-grams: a linear model over the n-grams of a text";

/** The options that the corpus and the time chose. */
function chosenText(run: RunDescription): string | undefined {
  const { chosen, recipe } = run;
  if (chosen === undefined) return undefined;
  const names = (["units", "dropout", "learningRate"] as const).filter((name) => chosen.options.includes(name));
  if (names.length === 0) return undefined;
  const values = names.map((name) => `${kebabCase(name).replaceAll("-", " ")} ${show(recipe[name])}`);
  const { tokens } = run.counts.training;
  const times = chosen.epochs < 10 ? decimal(chosen.epochs, 1) : whole(Math.round(chosen.epochs));
  return `${values.join(", ")}, for ${whole(tokens)} ${unitOf(run)} read about ${times} times`;
}

function inputsText({ scaling, numbers, summary }: RunDescription): string | undefined {
  const standardized = "standardized with the training part's mean and standard deviation";
  if (scaling) return `${quantity(scaling.length, "numbers")} per step, ${standardized}`;
  if (!numbers) return undefined;
  const missing = Object.entries(summary?.missingNumbers ?? {}).map(([name, count]) => `${whole(count)} of ${name}`);
  const ofMean = missing.length > 0 ? `; missing ones are read as the mean: ${missing.join(", ")}` : "";
  return `the text, and the numbers ${numbers.map(({ name }) => name).join(", ")}, ${standardized}${ofMean}`;
}

/** How the network reads documents that are longer than what it reads at a time. */
function chunksText({ summary, recipe }: RunDescription): string | undefined {
  if (!summary?.inChunks) return undefined;
  const { inChunks, documentsInParts } = summary;
  return `${whole(inChunks)} of ${quantity(documentsInParts, "documents")} ${agreeing(inChunks, "has", "have")} more than ${whole(recipe.maxLength)} tokens (--max-length): training reads their start, and outputs are averaged over their chunks`;
}

function targetText({ target }: RunDescription): string | undefined {
  if (target === null) return undefined;
  const { mean, deviation } = target;
  return `numbers, mean ${decimal(mean)}, standard deviation ${decimal(deviation)}; use --task classifier if they are labels`;
}

function optimizerText({ recipe }: RunDescription): string {
  const { optimizer, learningRate, schedule, weightDecay } = recipe;
  const decay = optimizer === "adamw" ? `, weight decay ${weightDecay}` : "";
  return `${optimizer}, learning rate ${learningRate}, ${schedule} schedule${decay}`;
}

function trainingText({ recipe, plan, stepsPerEpoch }: RunDescription & { plan: Plan }): string {
  const { steps } = plan;
  return `${quantity(steps, "steps")}, ${(steps / stepsPerEpoch).toFixed(1)} epochs, batch size ${recipe.batchSize}`;
}

const evaluationText = ({
  validationSample,
  ...run
}: RunDescription & { validationSample: ValidationSample | null }) =>
  validationSample
    ? `on a sample of about ${whole(validationSample.targets)} of ${whole(validationSample.of)} validation ${unitOf(run)}, so that it takes little of --for`
    : undefined;

function backendText({ name, threads, instructionSet }: Backend): string {
  if (name === "cpu") return "cpu, the slow JavaScript of TensorFlow.js; `rnn doctor` shows how to get a faster one";
  return [name, instructionSet, quantity(threads, "threads")].filter((part) => part !== null).join(", ");
}

/** Only where it is not the default or was chosen here. */
function precisionText({ recipe: { precision }, precisionSteps }: RunDescription): string | undefined {
  if (precisionSteps === undefined) return precision === "fp32" ? undefined : `${precision} for matrix products`;
  const { fp32, bf16 } = precisionSteps;
  return fp32 === undefined || bf16 === undefined
    ? "fp32, the only one of this processor and backend"
    : `${precision}, measured: bf16 trains ${decimal(fp32 / bf16, 2)} times as fast as fp32 here`;
}

/** A description for programs. */
export const describedValues = ({
  task,
  corpus,
  labels,
  counts,
  tokenizer,
  parameters,
  backend,
  recipe: { precision },
  precisionSteps,
  from,
  vectors,
  summary,
  warnings,
}: RunDescription) => ({
  task,
  corpus,
  ...(labels.length > 0 && { labels }),
  counts,
  ...(summary && { summary: { ...summary, labels: summary.labels.map(([label, count]) => ({ label, count })) } }),
  warnings,
  ...(from && {
    from: {
      checkpoint: from.checkpoint,
      freeze: from.freeze,
      replay: from.replay,
      newTokens: tokenizer && from.tokens !== undefined ? tokenizer.vocabulary.length - from.tokens : 0,
      newHead: from.newHead ?? false,
    },
  }),
  ...(vectors && { vectors }),
  ...(tokenizer && { vocabulary: tokenizer.vocabulary.length }),
  parameters,
  backend,
  precision,
  ...(precisionSteps && { precisionSteps }),
});

/** The plan of a run for programs. */
export function planJson(run: RunPlan): string {
  const { plan, stepsPerEpoch, spec, recipe, readingSeconds, stepSeconds, trainingSeconds, memory } = run;
  return `${JSON.stringify({
    ...describedValues(run),
    layers: spec?.layers ?? [],
    batchSize: recipe.batchSize,
    steps: plan.steps,
    stepsPerEpoch,
    epochs: plan.steps / stepsPerEpoch,
    ...(recipe.for !== undefined && { for: recipe.for }),
    readingSeconds: toMilliseconds(readingSeconds),
    stepSeconds: Number(stepSeconds.toPrecision(3)),
    trainingSeconds: toMilliseconds(trainingSeconds),
    memory,
  })}\n`;
}

const toMilliseconds = (seconds: number): number => Number(seconds.toFixed(3));
