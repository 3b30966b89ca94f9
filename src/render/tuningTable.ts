/** @file The results of `rnn tune` as text and JSON. */
import { perplexity } from "../evaluation/metrics.js";
import type { Rung, Try, TuningSummary } from "../experiments/tuning/tune.js";
import type { HistoryEntry } from "../training/runProgress.js";
import { decimal, duration, percent } from "./numberText.js";
import { type Column, defaultWidth, formatTable } from "./textTable.js";

const lengthText = (seconds: number): string => (seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds));

/** The runs to come, as in `9 settings for 22.2 s each, then 3 for 1:07 each`. */
export function tuningPlan(rungs: readonly Rung[]): string {
  const [first, ...others] = rungs.map(({ runs, seconds }) => ({ runs, length: lengthText(seconds) }));
  return [
    `${first!.runs} settings for ${first!.length} each`,
    ...others.map(({ runs, length }) => `${runs} for ${length} each`),
  ].join(", then ");
}

const settingText = ({ setting }: Try): string =>
  Object.keys(setting).length === 0
    ? "defaults"
    : Object.entries(setting)
        .map(([name, value]) => `--${name} ${value}`)
        .join(" ");

const metricText = ({ accuracy, validation }: HistoryEntry, task: Try["task"]): string =>
  accuracy !== undefined
    ? `accuracy ${percent(accuracy, 1)}`
    : task === "generator"
      ? `perplexity ${decimal(perplexity(validation!))}`
      : `loss ${validation!.toFixed(4)}`;

/** A finished try, in a line. */
export const tryText = (done: Try): string =>
  `${lengthText(done.seconds)}: validation ${metricText(done.best, done.task)}, ${settingText(done)}`;

/** A row for each try; a column for each option that was searched. */
export function triesTable({ tries }: TuningSummary, width = defaultWidth): string {
  const options = [...new Set(tries.flatMap(({ setting }) => Object.keys(setting)))];
  const [{ best, task }] = tries as [Try];
  const [metric] = metricText(best, task).split(" ");
  const columns: Column[] = [
    { key: "seconds", title: "training time", align: "right", rank: 2 },
    { key: "metric", title: `validation ${metric!}`, align: "right" },
    ...(metric === "loss" ? [] : [{ key: "loss", title: "validation loss", align: "right" as const, rank: 1 }]),
    ...options.map((name) => ({ key: name, title: name.replace("-", " "), align: "right" as const })),
  ];
  const rows = tries.map((one) => ({
    ...Object.fromEntries(options.map((name) => [name, one.setting[name] ?? "default"])),
    seconds: lengthText(one.seconds),
    metric: metricText(one.best, task).split(" ")[1],
    loss: one.best.validation!.toFixed(4),
  }));
  return formatTable({ columns, rows }, width);
}

/** Compares the winner with the defaults after the same training time. */
export function tuningVerdict({ winner, defaults }: TuningSummary): string {
  if (defaults === winner) return "no setting was better than the defaults";
  const best = `best: validation ${metricText(winner.best, winner.task)}`;
  return defaults ? `${best}; defaults: ${metricText(defaults.best, winner.task)}` : best;
}

export const tuningJson = ({ winner }: TuningSummary, tries: readonly Try[], command: string): string =>
  `${JSON.stringify({ command, winner, tries }, null, 2)}\n`;
