/** @file Networks side by side as one page of HTML: the table, their curves, and what each takes for what. */
import type { Run } from "../experiments/comparison/compare.js";
import { summaryOf } from "../experiments/comparison/comparisonSummary.js";
import type { ConfusionMatrix } from "../evaluation/metrics.js";
import { comparisonTable, verdict } from "../render/comparisonTable.js";
import type { HistoryEntry } from "../training/runProgress.js";
import { comparedCurves } from "../render/curvePlot.js";
import { matrixTable } from "./labelSections.js";
import { section, wholePage } from "./pageLayout.js";
import { type Markup, markup } from "../render/markup.js";
import { table } from "../render/htmlTable.js";

/** @param corpus its name @param runs at least one */
export function comparisonPage(corpus: string, runs: readonly Run[]): string {
  const title = `Networks compared on ${corpus}`;
  const networks = summaryOf(runs).networks.map(({ network }) => network); // best first
  return wholePage(
    title,
    markup`<header><h1>${title}</h1></header>
${scores(runs)}
${learning(networks, runs)}
${networks.map((name) => matrixSection(runs.filter(({ network }) => network === name)))}`,
  );
}

function scores(runs: readonly Run[]): Markup {
  const summary = summaryOf(runs);
  const { columns, rows } = comparisonTable(summary);
  const cells = rows.map((row): [string, ...string[]] => {
    const [name, ...others] = columns.map(({ key, format = String }) => {
      const value = row[key];
      return typeof value === "number" ? format(value) : String(value ?? "");
    });
    return [name!, ...others];
  });
  return section(
    "Scores",
    "Each network's mean over its seeds, ± their standard deviation; below the networks is what methods without one get there.",
    markup`${table(
      "",
      columns.map(({ title }) => title),
      cells,
    )}<ul>${verdict(summary).map((line) => markup`<li>${line}</li>`)}</ul>`,
  );
}

function learning(networks: readonly string[], runs: readonly Run[]): Markup | null {
  const first = networks.map((name) => runs.find(({ network }) => network === name)!);
  const curve = (value: (entry: HistoryEntry) => number | undefined) =>
    first
      .map(({ network, history }) => ({
        name: network,
        points: history.flatMap((entry) => {
          const found = value(entry);
          return found === undefined ? [] : [[entry.step, found] as const];
        }),
      }))
      .filter(({ points }) => points.length > 0);
  const losses = curve(({ validation }) => validation);
  const accuracies = curve(({ accuracy }) => accuracy);
  if (losses.length === 0) return null;
  return section(
    "Learning",
    "What validation said of each network's first seed on the way.",
    markup`${comparedCurves(losses, "validation loss")}${accuracies.length > 0 && comparedCurves(accuracies, "validation accuracy")}`,
  );
}

/** Over all seeds. */
function matrixSection(runs: readonly Run[]): Markup | null {
  const matrices = runs.flatMap(({ result }) => result.confusion ?? []);
  const [first] = runs;
  if (first?.result.confusion === undefined || matrices.length === 0) return null;
  const size = first.result.confusion.length;
  const sum: ConfusionMatrix = Array.from({ length: size }, (_, truth) =>
    Array.from({ length: size }, (__, answer) =>
      runs.reduce((total, { result }) => total + result.confusion![truth]![answer]!, 0),
    ),
  );
  return section(
    `What ${first.network} takes for what`,
    runs.length === 1 ? "One seed." : `The answers of all ${runs.length} seeds together.`,
    matrixTable(sum, first.labels),
  );
}
