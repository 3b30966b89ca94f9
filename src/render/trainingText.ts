/** @file The end of a training run as text and JSON: its result and the command to try next. */
import { quantity } from "../common/quantity.js";
import { basename, dirname } from "node:path";
import type { CalibrationRecord } from "../checkpoint/checkpoint.js";
import type { Result } from "../evaluation/result.js";
import { perplexity } from "../evaluation/metrics.js";
import type { BeginEvent, NgramsEvent, PretrainingEvent } from "../training/run.js";
import { bagName } from "../baselines/index.js";
import { wideName } from "../evaluation/predictor.js";
import type { LabelModelEvent } from "../training/chooseLabelModel.js";
import type { BagEvent } from "../training/fitOwnBag.js";
import { describeBag, describeNgrams } from "./networkText.js";
import { decimal, percent } from "./numberText.js";
import { wrapText } from "./textWidth.js";
import type { Finding } from "../training/diagnosis.js";
import type { BaseScores } from "../training/baseCorpus.js";
import type { RunDescription } from "../training/runDescription.js";
import type { EndReason } from "../training/trainer.js";
import { unitOf } from "./corpusText.js";
import { describedValues } from "./runText.js";
import { sampleLines, scoreTable } from "./scoreTable.js";
import { defaultWidth, formatTable, type LabeledLine, labeledLines } from "./textTable.js";

/** The scores of the network and its baselines, as a title and a table. */
export function resultText(result: Result | null, run: RunDescription, width = defaultWidth): string {
  if (!result)
    return "not evaluated: the test part and the validation part are empty; give a larger --test, as in --test 0.2, or a file";
  const { part, targets, sampledFrom, baselines } = result;
  const count = quantity(sampledFrom ?? targets, unitOf(run));
  const scored =
    sampledFrom === undefined ? count : `a sample of ${targets.toLocaleString("en")} of ${count}, because of --for`;
  return [
    `${part} part, ${scored}`,
    formatTable(scoreTable(result), width).trimEnd(),
    ...sampleLines(baselines, width),
  ].join("\n");
}

/** A line about the language model of --pretrain. */
export function pretrainingText({ folder, step, steps, training, validation }: PretrainingEvent): string {
  if (training === undefined) return `pretraining: a language model, ${quantity(steps, "steps")}, in ${folder}`;
  const ofValidation = validation === undefined ? "" : `, validation perplexity ${decimal(perplexity(validation))}`;
  return `pretraining: step ${step.toLocaleString("en")} of ${steps.toLocaleString("en")}, training perplexity ${decimal(perplexity(training))}${ofValidation}`;
}

/** The n-gram model that was fitted, the orders that were tried, and what mixing it with the network is worth. */
export function ngramsText(event: NgramsEvent, width = defaultWidth): string {
  const { tried, order, size, tokens, leastGain } = event;
  const others = tried.map((one) => `${one.order}: ${decimal(perplexity(one.validation))}`).join(", ");
  return [
    ...(leastGain === undefined
      ? [`${describeNgrams({ order, size, tokens })}${others ? `; validation perplexity by order ${others}` : ""}`]
      : []),
    ...keptLine(event),
  ]
    .flatMap((line) => wrapText(line, width))
    .join("\n");
}

/** The bag of n-grams that was fitted, and the best of the settings that were tried for each order and weighting. */
export function bagText({ tried, order, least, weighting, C, features }: BagEvent, width = defaultWidth): string {
  const best = new Map<string, BagEvent["tried"][number]>();
  for (const one of tried) {
    const kind = `${one.weighting}, up to ${quantity(one.order, "tokens")}`;
    const former = best.get(kind);
    if (former === undefined || (one.loss ?? Infinity) < (former.loss ?? Infinity)) best.set(kind, one);
  }
  const scores = [...best].map(
    ([kind, { loss, accuracy }]) =>
      `${kind}: ${loss === null ? "" : `loss ${loss.toFixed(4)}, `}accuracy ${percent(accuracy, 1)}`,
  );
  return [
    `bag of ${describeBag({ order, least, weighting, C, features })}`,
    ...(scores.length > 0 ? [`validation: ${scores.join("; ")}`] : []),
  ]
    .flatMap((line) => wrapText(line, width))
    .join("\n");
}

/** What is kept beside or instead of the network alone, and why. */
function keptLine({ losses, helps, leastGain, order, networkWeight = 0 }: NgramsEvent): string[] {
  if (!losses) return [];
  const [network, ngrams, mix] = [losses.network, losses.ngrams, losses.mix].map((loss) => decimal(perplexity(loss)));
  const model = `${order}-gram model`;
  if (helps) {
    const shares = `${networkWeight.toFixed(2)} network + ${(1 - networkWeight).toFixed(2)} ${model}`;
    return [`kept the mix ${shares}: validation perplexity ${mix}, network ${network}, n-gram model ${ngrams}`];
  }
  const lowerBy = (nats: number, digits: number): string => `${(100 * (1 - Math.exp(-nats))).toFixed(digits)} %`;
  const gain = lowerBy(losses.network - losses.mix, 1);
  const found = `mixed with a ${model} (${ngrams}), its validation perplexity ${network} becomes ${mix}, ${gain} lower`;
  return [
    `kept the network alone: ${found}${leastGain === undefined ? "" : `; a mix is kept from ${lowerBy(leastGain, 0)} on`}`,
  ];
}

/** What a classifier of texts keeps, and why. */
export function labelModelText({ kept, losses, weights }: LabelModelEvent, width = defaultWidth): string {
  const names = { network: "network", bag: bagName, both: wideName };
  const scores = (["network", "bag", "both"] as const).map((name) => `${names[name]} ${losses[name].toFixed(4)}`);
  const sum = kept === "both" ? `, ${weights.network.toFixed(2)} and ${weights.bag.toFixed(2)} times their logits` : "";
  return wrapText(`kept: ${names[kept]}${sum}; validation loss: ${scores.join(", ")}`, width).join("\n");
}

/** What a run shows, and what to change first; null if nothing looks wrong. */
export function diagnosisText(diagnosis: readonly Finding[], width = defaultWidth): string | null {
  if (diagnosis.length === 0) return null;
  const lines = diagnosis.flatMap(({ finding, advice }): LabeledLine[] => [
    ["diagnosis", finding],
    ["change first", advice],
  ]);
  return labeledLines(lines, width).join("\n");
}

/** A command that uses the trained network and works when it is pasted. @param program the command that runs rnn here, as in "npx rnn" */
export function nextCommand(
  { folder, task, corpus, files, tokenizer, numbers, openingText }: BeginEvent,
  program = "rnn",
): string {
  const checkpoint = `-c ${shellWord(checkpointName(folder))}`;
  if (task === "generator") return `${program} generate ${checkpoint}${promptOption(openingText)}`;
  if (task === "tagger") return `echo "some words" | ${program} tag ${checkpoint}`;
  if (tokenizer === null || numbers !== undefined)
    return `${program} classify ${checkpoint} ${shellWord(files?.[0] ?? corpus)}`;
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
  begin: BeginEvent,
  {
    result,
    base,
    calibration,
    diagnosis,
    reason,
    step,
    seconds,
  }: {
    result: Result | null;
    base?: BaseScores | undefined;
    calibration?: CalibrationRecord | undefined;
    diagnosis?: readonly Finding[] | undefined;
    reason: EndReason;
    step: number;
    seconds: number;
  },
): string {
  const { part, confusion: _confusion, calibration: _calibration, ...metrics } = result ?? { part: "test" };
  const { backend, ...description } = describedValues(begin);
  return `${JSON.stringify({
    folder: begin.folder,
    ...description,
    steps: step,
    epochs: step / begin.stepsPerEpoch,
    seconds: Number(seconds.toFixed(3)),
    ended: reason,
    backend,
    metrics: result ? { [part]: metrics } : {},
    ...(base && { base }),
    ...(calibration && { calibration }),
    ...(diagnosis && { diagnosis }),
  })}\n`;
}
