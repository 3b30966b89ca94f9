/** @file The results of `rnn compare` as text and JSON. */
import { quantity } from "../common/quantity.js";
import type { Task } from "../common/names.js";
import type { Run } from "../experiments/comparison/compare.js";
import type { Metric, NetworkSummary, Statistics, Summary } from "../experiments/comparison/comparisonSummary.js";
import { compact, decimal, percent } from "./numberText.js";
import { type Column, defaultWidth, formatTable, type Row, type Table } from "./textTable.js";
import { wrapText } from "./textWidth.js";

export const comparisonJson = (summary: Summary, runs: readonly Run[]): string =>
  `${JSON.stringify({ ...summary, runs }, null, 2)}\n`;

/** The runs to come, as in `lstm, gru; seeds 1, 2, 3; 6 runs`. */
export function comparisonPlan(networks: readonly string[], seeds: readonly number[]): string {
  const runs = networks.length * seeds.length;
  return `networks ${networks.join(", ")}; ${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}; ${quantity(runs, "runs")}`;
}

const metricText = ({ accuracy, perplexity, loss }: Run["result"]): string =>
  accuracy !== undefined
    ? `accuracy ${percent(accuracy, 1)}`
    : perplexity !== undefined
      ? `perplexity ${decimal(perplexity)}`
      : `loss ${loss.toFixed(4)}`;

/** A finished run, in a line. */
export const runText = ({ network, seed, result, seconds }: Run): string =>
  `${network}, seed ${seed}: ${result.part} ${metricText(result)}, ${seconds.toFixed(1)} s`;

export function comparisonText(summary: Summary, width = defaultWidth): string {
  const lines = verdict(summary).flatMap((line) => wrapText(line, width));
  return `${formatTable(comparisonTable(summary), width)}\n${lines.map((line) => `${line}\n`).join("")}`;
}

/** A row for each network, best first, then one for each baseline. */
export const comparisonTable = (summary: Summary): Table => ({ columns: columnsOf(summary), rows: rowsOf(summary) });

const formats: { [Name in Metric]: (value: number) => string } = {
  accuracy: (fraction) => percent(fraction, 1),
  perplexity: decimal,
  loss: (value) => value.toFixed(4),
};

const units: { [Kind in Task]: string } = {
  generator: "tokens",
  classifier: "documents",
  regressor: "documents",
  tagger: "words",
};

function columnsOf({ task, metric, part }: Summary): Column[] {
  return [
    { key: "name", title: "" },
    { key: "score", title: `${part} ${metric}`, align: "right" },
    { key: "training", title: `training ${metric}`, align: "right", rank: 4 },
    { key: "validation", title: `validation ${metric}`, align: "right", rank: 1 },
    { key: "parameters", title: "parameters", format: compact, rank: 3 },
    { key: "seconds", title: "training time", align: "right", rank: 2 },
    ...(metric === "loss" ? [] : [{ key: "loss", title: `${part} loss`, align: "right" as const, rank: 5 }]),
    { key: "speed", title: `${units[task]}/s`, format: compact, rank: 6 },
  ];
}

function rowsOf({ metric, networks, baselines }: Summary): Row[] {
  const value = formats[metric];
  const withDeviation = ({ mean, standardDeviation, count }: Statistics): string =>
    count > 1 ? `${value(mean)} ± ${value(standardDeviation)}` : value(mean);
  return [
    ...networks.map((one: NetworkSummary): Row => ({
      name: one.network,
      score: withDeviation(one.score),
      loss: one.loss.mean.toFixed(4),
      training: value(one.training.mean),
      validation: one.validation ? value(one.validation.mean) : "",
      parameters: one.parameters,
      seconds: `${one.seconds.mean.toFixed(1)} s`,
      speed: one.speed.mean,
    })),
    ...baselines.map((baseline): Row => ({
      name: baseline.name,
      score: baseline[metric] === undefined ? "" : value(baseline[metric]),
      loss: baseline.loss?.toFixed(4) ?? "",
    })),
  ];
}

/** Which networks are better than others, a sentence each; at the end the sizes that this rests on. */
export function verdict({ networks, differences, targets, task, part }: Summary): string[] {
  const names = networks.map(({ network }) => network);
  const seeds = networks[0]!.score.count;
  const basis = `${part} part: ${quantity(targets, units[task])}; ${quantity(seeds, "seeds")}${seeds > 1 ? "; ± is the standard deviation" : ""}`;
  const better = [...new Set(differences.map(([name]) => name))].map((name) => {
    const worse = differences.filter(([first]) => first === name).map(([, second]) => second);
    return `${name} is better than ${listed(worse)} by more than two standard errors`;
  });
  const pairs = (names.length * (names.length - 1)) / 2;
  const undecided = pairs - differences.length;
  const rest =
    undecided === 0
      ? []
      : pairs === 1
        ? [`the difference between ${listed(names)} is within two standard errors`]
        : [`${better.length === 0 ? "all" : "all other"} differences are within two standard errors`];
  return [...better, ...rest, basis];
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`;
