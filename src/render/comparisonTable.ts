/** @file Networks side by side, as people and programs read it. */
import type { Run } from "../experiments/comparison/compare.js";
import type { Spread } from "../experiments/comparison/spread.js";
import { type Line, type Summary, summaryOf } from "../experiments/comparison/comparisonSummary.js";
import { compact, decimal, percent } from "./numberText.js";
import { type Column, formatTable, type Row, type Table } from "./textTable.js";
import type { Task } from "../common/names.js";

export const comparisonJson = (runs: readonly Run[]): string =>
  `${JSON.stringify({ ...summaryOf(runs), runs }, null, 2)}\n`;

const resultText = ({ accuracy, perplexity, loss }: Run["result"]): string =>
  accuracy !== undefined
    ? `accuracy ${percent(accuracy, 1)}`
    : perplexity !== undefined
      ? `perplexity ${decimal(perplexity)}`
      : `loss ${loss.toFixed(4)}`;

/** A run that is done, in a line. */
export const runText = ({ contestant, seed, result, seconds }: Run): string =>
  `${contestant}, seed ${seed}: ${resultText(result)}, ${seconds.toFixed(1)} s`;

export function comparisonText(runs: readonly Run[]): string {
  const summary = summaryOf(runs);
  return `${formatTable(comparisonTable(summary))}\n${verdict(summary)}`;
}

/** A row for each network, best first, then one for each baseline. */
export const comparisonTable = (summary: Summary): Table => ({ columns: columnsOf(summary), rows: rowsOf(summary) });

const show: { [Measure in Summary["measure"]]: (value: number) => string } = {
  accuracy: (share) => percent(share, 1),
  perplexity: decimal,
  loss: (error) => error.toFixed(4),
};

const units: { [Kind in Task]: string } = {
  generator: "tokens",
  classifier: "documents",
  regressor: "documents",
  tagger: "words",
};

function columnsOf({ task, measure, part }: Summary): Column[] {
  return [
    { key: "name", title: "" },
    { key: "measure", title: `${part} ${measure}`, align: "right" },
    ...(measure === "loss" ? [] : [{ key: "loss", title: "loss", align: "right" as const }]),
    { key: "training", title: `training ${measure}`, align: "right" },
    { key: "validation", title: `validation ${measure}`, align: "right" },
    { key: "parameters", title: "parameters", format: compact },
    { key: "seconds", title: "trained in", align: "right" },
    { key: "speed", title: `${units[task]}/s`, format: compact },
  ];
}

function rowsOf({ measure, lines, baselines }: Summary): Row[] {
  const value = show[measure];
  const spread = ({ mean, deviation, count }: Spread): string =>
    count > 1 ? `${value(mean)} ± ${value(deviation)}` : value(mean);
  const networks = lines.map((line: Line): Row => ({
    name: line.contestant,
    measure: spread(line.measure),
    loss: line.loss.mean.toFixed(4),
    training: value(line.training.mean),
    validation: line.validation ? value(line.validation.mean) : "",
    parameters: line.parameters,
    seconds: `${line.seconds.mean.toFixed(1)} s`,
    speed: line.speed.mean,
  }));
  return [
    ...networks,
    ...baselines.map((baseline): Row => ({
      name: baseline.name,
      measure: baseline[measure] === undefined ? "" : value(baseline[measure]),
      loss: baseline.loss?.toFixed(4) ?? "",
    })),
  ];
}

/** Which differences are more than noise, in words. */
export function verdict({ lines, differences, targets, task }: Summary): string {
  const seeds = lines[0]!.measure.count;
  const judged = `judged by ${targets.toLocaleString("en")} ${units[task]}, ${seeds} ${seeds === 1 ? "seed" : "seeds"}`;
  if (lines.length < 2) return `${judged}\n`;
  if (differences.length === 0) return `no difference is larger than the noise (${judged})\n`;
  const better = [...new Set(differences.map(([name]) => name))].map((name) => {
    const worse = differences.filter(([first]) => first === name).map(([, second]) => second);
    return `${name} is better than ${worse.join(", ")}\n`;
  });
  return `${better.join("")}all other differences are within the noise (${judged})\n`;
}
