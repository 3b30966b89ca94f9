/** @file A training run as text and JSON: its settings, its result and the command to try next. */
import { basename, dirname } from "node:path";
import type { Backend } from "../engine/backends/index.js";
import type { Result } from "../evaluation/result.js";
import type { Prepared } from "../examples/prepare.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import type { Assembly } from "../training/assembly.js";
import type { Plan } from "../training/plan.js";
import type { EndReason } from "../training/trainer.js";
import { describeNetwork } from "./networkText.js";
import { compact, decimal, percent } from "./numberText.js";
import { scoreTable } from "./scoreTable.js";
import { defaultWidth, formatTable, type LabeledLine, labeledLines } from "./textTable.js";

const maxLabels = 8;
const parts = ["training", "validation", "test"] as const;
const whole = (value: number): string => value.toLocaleString("en");

const isByToken = ({ task }: Prepared): boolean => task === "generator" || task === "tagger";

/** The unit in which the examples of a task are counted. */
export function unitOf(prepared: Prepared): string {
  if (prepared.inputs === "numbers") return "sequences";
  return isByToken(prepared) ? tokenizerDefinition(prepared.tokenizer.kind).unit : "documents";
}

/** The settings of a run before its first training step, a line or more each. */
export function runLines(
  { assembly, plan, folder, resumed }: { assembly: Assembly; plan: Plan; folder: string; resumed: boolean },
  width = defaultWidth,
): string[] {
  const { prepared, network, corpus, backend } = assembly;
  const lines: LabeledLine[] = [
    ["corpus", corpus.name ?? undefined],
    ["task", taskText(prepared)],
    ["parts", partsText(prepared)],
    ["tokenizer", tokenizerText(prepared)],
    ["inputs", inputsText(prepared)],
    ["target", targetText(prepared)],
    ["network", `${describeNetwork(network.spec)}; ${compact(network.parameters)} parameters`],
    ["optimizer", optimizerText(assembly)],
    ["training", trainingText(assembly, plan)],
    ["backend", backendText(backend)],
    ["output", resumed ? `${folder}, resumed at step ${whole(assembly.trainer.steps)}` : folder],
  ];
  return labeledLines(lines, width);
}

function taskText({ task, labels }: Prepared): string {
  const names = labels.length > maxLabels ? `${labels.length} labels` : labels.join(", ");
  return labels.length > 0 ? `${task}: ${names}` : task;
}

function partsText(prepared: Prepared): string {
  const unit = unitOf(prepared);
  const [training, ...others] = parts.map((part) => {
    const { tokens, documents } = prepared.counts[part];
    return `${part} ${whole(isByToken(prepared) ? tokens : documents)}`;
  });
  return [`${training} ${unit}`, ...others].join(", ");
}

function tokenizerText(prepared: Prepared): string | undefined {
  if (prepared.inputs !== "tokens") return undefined;
  const { tokenizer, counts } = prepared;
  const part = parts.findLast((name) => counts[name].tokens > 0) ?? "training";
  const rate = counts[part].unknown / Math.max(1, counts[part].tokens);
  return `${tokenizer.kind}, vocabulary size ${whole(tokenizer.vocabulary.length)}, out-of-vocabulary rate ${percent(rate, 2)} (${part})`;
}

const inputsText = (prepared: Prepared): string | undefined =>
  prepared.inputs === "numbers"
    ? `${prepared.scaling.length} numbers per step, standardized with the training part's mean and standard deviation`
    : undefined;

function targetText(prepared: Prepared): string | undefined {
  if (prepared.task !== "regressor") return undefined;
  const { mean, deviation } = prepared.target;
  return `numbers, mean ${decimal(mean)}, standard deviation ${decimal(deviation)}; use --task classifier if they are labels`;
}

function optimizerText({ recipe }: Assembly): string {
  const { optimizer, learningRate, schedule, weightDecay } = recipe;
  const decay = optimizer === "adamw" ? `, weight decay ${weightDecay}` : "";
  return `${optimizer}, learning rate ${learningRate}, ${schedule} schedule${decay}`;
}

function trainingText({ recipe, training }: Assembly, plan: Plan): string {
  const epochs = plan.steps / training.batchesPerEpoch;
  return `${whole(plan.steps)} steps, ${epochs.toFixed(1)} epochs, batch size ${recipe.batchSize}`;
}

function backendText({ name, threads, instructionSet }: Backend): string {
  if (name === "cpu") return "cpu, the slow JavaScript of TensorFlow.js; `rnn doctor` shows how to get a faster one";
  return [name, instructionSet, `${threads} ${threads === 1 ? "thread" : "threads"}`]
    .filter((part) => part !== null)
    .join(", ");
}

/** The scores of the network and its baselines, as a title and a table. */
export function resultText(result: Result | null, prepared: Prepared, width = defaultWidth): string {
  if (!result) return "not evaluated: the test part and the validation part are empty; set one aside with --test 0.1";
  const count = `${whole(result.targets)} ${unitOf(prepared)}`;
  return `${result.part} part, ${count}\n${formatTable(scoreTable(result), width).trimEnd()}`;
}

/** A command that uses the trained network. */
export function nextCommand(folder: string, prepared: Prepared): string {
  const checkpoint = `-c ${shellWord(checkpointName(folder))}`;
  if (prepared.task === "generator") return `rnn generate ${checkpoint}${promptOption(prepared)}`;
  if (prepared.task === "tagger") return `rnn tag ${checkpoint} < sentences.txt`;
  return `rnn classify ${checkpoint} ${prepared.inputs === "numbers" ? "numbers.csv" : "< texts.txt"}`;
}

/** A checkpoint as `--checkpoint` finds it: by name in ./checkpoints, by path elsewhere. */
const checkpointName = (folder: string): string =>
  dirname(folder) === "checkpoints" ? basename(folder) : /[/\\]/.test(folder) ? folder : `./${folder}`;

const promptTokens = 40;

/** The first words of the training part as a prompt; none where a shell would need quotes within quotes. */
function promptOption(prepared: Extract<Prepared, { task: "generator" }>): string {
  if (prepared.inputs !== "tokens") return "";
  const start = prepared.tokenizer.decode([...prepared.texts.training.subarray().subarray(0, promptTokens)]);
  const words = /^\s*(\p{L}+(?: \p{L}+){0,2})\P{L}/u.exec(start)?.[1];
  return words === undefined ? "" : ` --prompt "${words}"`;
}

/** A word as a POSIX shell reads it. */
export const shellWord = (word: string): string =>
  /^[\w./:,=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The result of a run for programs. @param seconds since the first training step */
export function trainingJson(
  { assembly, folder }: { assembly: Assembly; folder: string },
  { result, reason, step, seconds }: { result: Result | null; reason: EndReason; step: number; seconds: number },
): string {
  const { prepared, network, corpus, training, backend } = assembly;
  const { task, labels, counts } = prepared;
  const { part, confusion: _confusion, calibration: _calibration, ...metrics } = result ?? { part: "test" };
  return `${JSON.stringify({
    folder,
    task,
    corpus: corpus.name,
    ...(labels.length > 0 && { labels }),
    counts,
    ...(prepared.inputs === "tokens" && { vocabulary: prepared.tokenizer.vocabulary.length }),
    parameters: network.parameters,
    steps: step,
    epochs: step / training.batchesPerEpoch,
    seconds: Number(seconds.toFixed(3)),
    ended: reason,
    backend,
    metrics: result ? { [part]: metrics } : {},
  })}\n`;
}
