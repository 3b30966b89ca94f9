/** @file A training run as text and JSON: its settings, its result and the command to try next. */
import { basename, dirname } from "node:path";
import type { Backend } from "../engine/backends/index.js";
import type { Result } from "../evaluation/result.js";
import { placeOf } from "../corpus/document.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import type { BeginEvent } from "../training/run.js";
import type { RunDescription } from "../training/runDescription.js";
import type { EndReason } from "../training/trainer.js";
import { describeNetwork } from "./networkText.js";
import { compact, decimal, percent } from "./numberText.js";
import { scoreTable } from "./scoreTable.js";
import { defaultWidth, formatTable, type LabeledLine, labeledLines } from "./textTable.js";

const maxLabels = 8;
const maxCountedLabels = 10;
const parts = ["training", "validation", "test"] as const;
const whole = (value: number): string => value.toLocaleString("en");

const isByToken = ({ task }: RunDescription): boolean => task === "generator" || task === "tagger";

/** The unit in which the examples of a task are counted. */
export function unitOf(run: RunDescription): string {
  if (run.tokenizer === null) return "sequences";
  return isByToken(run) ? tokenizerDefinition(run.tokenizer.kind).unit : "documents";
}

/** The settings of a run before its first training step, a line or more each. */
export function runLines(begin: BeginEvent, width = defaultWidth): string[] {
  const { corpus, spec, parameters, backend, folder, resumed, step } = begin;
  const lines: LabeledLine[] = [
    ["corpus", corpus === "-" ? "standard input" : corpus],
    ["read as", readingText(begin)],
    ["skipped", skippedText(begin)],
    ["task", taskText(begin)],
    ["labels", labelsText(begin)],
    ["copies", copiesText(begin)],
    ["split", splitText(begin)],
    ["parts", partsText(begin)],
    ["tokenizer", tokenizerText(begin)],
    ["inputs", inputsText(begin)],
    ["target", targetText(begin)],
    ["network", `${describeNetwork(spec)}; ${compact(parameters)} parameters`],
    ["optimizer", optimizerText(begin)],
    ["training", trainingText(begin)],
    ["backend", backendText(backend)],
    ["output", resumed ? `${folder}, resumed at step ${whole(step)}` : folder],
  ];
  return labeledLines(lines, width);
}

const tableNames = /\.(?:csv|tsv|jsonl|ndjson)(?:\.gz)?$/i;

function taskText({ task, labels, corpus, recipe, summary }: RunDescription): string {
  if (task === "generator" && recipe.labelColumn === undefined && tableNames.test(corpus))
    return "generator; for a classifier, name the column of the labels with --label-column";
  if (summary && summary.labels.length > 0) return task;
  const names = labels.length > maxLabels ? `${labels.length} labels` : labels.join(", ");
  return labels.length > 0 ? `${task}: ${names}` : task;
}

const delimiterNames: Readonly<Record<string, string>> = { "\t": "tab", " ": "space" };

/** How a table is read; nothing is said of plain text in UTF-8. */
function readingText({ summary }: RunDescription): string | undefined {
  const reading = summary?.reading;
  if (!reading) return undefined;
  const { format, encoding, delimiter, textColumns = [], labelColumn } = reading;
  if (format === "text" && (encoding === "utf-8" || encoding === "auto")) return undefined;
  return [
    format,
    ...(encoding === "utf-8" ? [] : [encoding]),
    ...(delimiter === undefined ? [] : [`delimiter ${delimiterNames[delimiter] ?? `"${delimiter}"`}`]),
    ...(textColumns.length === 0 ? [] : [`text column ${textColumns.join(" + ")}`]),
    ...(labelColumn === undefined ? [] : [`label column ${labelColumn}`]),
  ].join(", ");
}

/** Paths, with the folder in place of more than three files in it. */
function folded(paths: readonly string[]): string[] {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
  const inFolder = (folder: string): number => paths.filter((path) => folderOf(path) === folder).length;
  return [...new Set(paths.map((path) => (inFolder(folderOf(path)) > 3 ? folderOf(path) : path)))];
}

function skippedText({ summary }: RunDescription): string | undefined {
  const { bad = 0, unlabeled = 0, first = [] } = summary?.skipped ?? {};
  if (bad + unlabeled === 0) return undefined;
  const kinds = [
    ...(bad > 0 ? [`${whole(bad)} bad`] : []),
    ...(unlabeled > 0 ? [`${whole(unlabeled)} unlabeled`] : []),
  ];
  const more = bad + unlabeled > first.length ? ", …" : "";
  const areFiles = first.every(({ line }) => line === 0);
  const places = areFiles ? folded(first.map(({ source = "" }) => source)) : first.map(placeOf);
  return `${kinds.join(" and ")} ${areFiles ? "files" : "rows"}; ${areFiles ? "" : "lines "}${places.join(", ")}${more}`;
}

function labelsText({ summary }: RunDescription): string | undefined {
  if (!summary || summary.labels.length === 0) return undefined;
  const counted = summary.labels.slice(0, maxCountedLabels).map(([label, count]) => `${label} ${whole(count)}`);
  const more = summary.labels.length - counted.length;
  return counted.join(", ") + (more > 0 ? `, and ${whole(more)} more` : "");
}

function copiesText({ summary }: RunDescription): string | undefined {
  if (!summary?.copies) return undefined;
  const { copies, documents, copiesTogether } = summary;
  return `${whole(copies)} of ${whole(documents)} documents repeat the text of another; ${
    copiesTogether ? "equal texts stay in one part" : "equal texts may be in different parts (--duplicates together)"
  }`;
}

const isFraction = (value: string): boolean => Number.isFinite(Number(value));

/** How the documents come into their parts, if not at random one by one. */
function splitText({ summary }: RunDescription): string | undefined {
  const { groups, times } = summary ?? {};
  const texts = [];
  if (times) {
    const since = (["validation", "test"] as const).flatMap((part) =>
      times[part] === undefined ? [] : [`${part} from ${timeText(times[part], times.kind)}`],
    );
    texts.push([`in time by ${times.column}`, ...since].join(", "));
  }
  if (groups) texts.push(`${whole(groups.count)} groups of ${groups.column} in one part each`);
  return texts.length === 0 ? undefined : texts.join("; ");
}

/** As in 2020-01-31, or 2020-01-31 17:30 UTC. */
function timeText(time: number, kind: "numbers" | "dates"): string {
  if (kind === "numbers") return String(time);
  const [, date, clock] = /^(.*)T(\d\d:\d\d)/.exec(new Date(time).toISOString())!;
  return clock === "00:00" ? date! : `${date} ${clock} UTC`;
}

function partsText(run: RunDescription): string {
  const unit = unitOf(run);
  const [training, ...others] = parts.map((part) => {
    const { tokens, documents } = run.counts[part];
    const file = part === "training" || isFraction(run.recipe[part]) ? "" : ` (${run.recipe[part]})`;
    return `${part} ${whole(isByToken(run) ? tokens : documents)}${file}`;
  });
  return [`${training} ${unit}`, ...others].join(", ");
}

function tokenizerText({ tokenizer, counts }: RunDescription): string | undefined {
  if (tokenizer === null) return undefined;
  const part = parts.findLast((name) => counts[name].tokens > 0) ?? "training";
  const rate = counts[part].unknown / Math.max(1, counts[part].tokens);
  return `${tokenizer.kind}, vocabulary size ${whole(tokenizer.vocabulary.length)}, out-of-vocabulary rate ${percent(rate, 2)} (${part})`;
}

const inputsText = ({ scaling }: RunDescription): string | undefined =>
  scaling
    ? `${scaling.length} numbers per step, standardized with the training part's mean and standard deviation`
    : undefined;

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

function trainingText({ recipe, plan, stepsPerEpoch }: BeginEvent): string {
  const epochs = plan.steps / stepsPerEpoch;
  return `${whole(plan.steps)} ${plan.steps === 1 ? "step" : "steps"}, ${epochs.toFixed(1)} epochs, batch size ${recipe.batchSize}`;
}

function backendText({ name, threads, instructionSet }: Backend): string {
  if (name === "cpu") return "cpu, the slow JavaScript of TensorFlow.js; `rnn doctor` shows how to get a faster one";
  return [name, instructionSet, `${threads} ${threads === 1 ? "thread" : "threads"}`]
    .filter((part) => part !== null)
    .join(", ");
}

/** The scores of the network and its baselines, as a title and a table. */
export function resultText(result: Result | null, run: RunDescription, width = defaultWidth): string {
  if (!result) return "not evaluated: the test part and the validation part are empty; set one aside with --test 0.1";
  const count = `${whole(result.targets)} ${unitOf(run)}`;
  return `${result.part} part, ${count}\n${formatTable(scoreTable(result), width).trimEnd()}`;
}

/** A command that uses the trained network and works when it is pasted. @param program the command that runs rnn here, as in "npx rnn" */
export function nextCommand({ folder, task, corpus, tokenizer, openingText }: BeginEvent, program = "rnn"): string {
  const checkpoint = `-c ${shellWord(checkpointName(folder))}`;
  if (task === "generator") return `${program} generate ${checkpoint}${promptOption(openingText)}`;
  if (task === "tagger") return `echo "some words" | ${program} tag ${checkpoint}`;
  if (tokenizer === null) return `${program} classify ${checkpoint} ${shellWord(corpus)}`;
  return `echo "some text" | ${program} classify ${checkpoint}`;
}

/** A checkpoint as `--checkpoint` finds it: by name in ./checkpoints, by path elsewhere. */
const checkpointName = (folder: string): string =>
  dirname(folder) === "checkpoints" ? basename(folder) : /[/\\]/.test(folder) ? folder : `./${folder}`;

/** The first words of the training part as a prompt; none if a shell would need quotes within quotes. */
function promptOption(openingText: string): string {
  const words = /^\s*(\p{L}+(?: \p{L}+){0,2})\P{L}/u.exec(openingText)?.[1];
  return words === undefined ? "" : ` --prompt "${words}"`;
}

/** A word as a POSIX shell reads it. */
export const shellWord = (word: string): string =>
  /^[\w./:,=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The result of a run for programs. @param seconds since the first training step */
export function trainingJson(
  {
    folder,
    task,
    corpus,
    labels,
    counts,
    tokenizer,
    parameters,
    stepsPerEpoch,
    backend,
    summary,
    warnings,
  }: BeginEvent,
  { result, reason, step, seconds }: { result: Result | null; reason: EndReason; step: number; seconds: number },
): string {
  const { part, confusion: _confusion, calibration: _calibration, ...metrics } = result ?? { part: "test" };
  return `${JSON.stringify({
    folder,
    task,
    corpus,
    ...(labels.length > 0 && { labels }),
    counts,
    ...(summary && { summary: { ...summary, labels: summary.labels.map(([label, count]) => ({ label, count })) } }),
    warnings,
    ...(tokenizer && { vocabulary: tokenizer.vocabulary.length }),
    parameters,
    steps: step,
    epochs: step / stepsPerEpoch,
    seconds: Number(seconds.toFixed(3)),
    ended: reason,
    backend,
    metrics: result ? { [part]: metrics } : {},
  })}\n`;
}
