/** @file The page and the pictures of a comparison: table of scores, learning curves, and a confusion matrix of each network. */
import type { Run } from "../experiments/comparison/compare.js";
import { summaryOf } from "../experiments/comparison/comparisonSummary.js";
import type { ConfusionMatrix } from "../evaluation/metrics.js";
import { comparisonTable, verdict } from "../render/comparisonTable.js";
import { comparedCurves, type CurveEntry, curveOf, type Line } from "../render/curvePlot.js";
import { matrixPlot } from "../render/matrixPlot.js";
import type { Plot } from "../render/plotAxes.js";
import { figure, picture } from "../render/plotFigure.js";
import { matrixTable } from "./labelSections.js";
import { fileName, type Pictures } from "./savePictures.js";
import { section, wholePage } from "./pageLayout.js";
import { type Markup, markup } from "../render/markup.js";
import { table } from "../render/htmlTable.js";

/** The page as HTML. @param corpus its name @param runs at least one */
export function comparisonPage(corpus: string, runs: readonly Run[]): string {
  const title = `Networks compared on ${corpus}`;
  const names = networkNames(runs);
  return wholePage(
    title,
    markup`<header><h1>${title}</h1></header>
${scores(runs)}
${curveSection(names, runs)}
${names.map((name) => matrixSection(runsOf(name, runs)))}`,
  );
}

/** The learning curves and confusion matrices as SVG files, by name. @param runs at least one */
export function comparisonPictures(runs: readonly Run[]): Pictures {
  const names = networkNames(runs);
  const { loss, accuracy } = comparedPlots(names, runs);
  const matrices = names.flatMap((name): [string, string][] => {
    const matrix = summedMatrix(runsOf(name, runs));
    if (matrix === null) return [];
    return [
      [
        `confusion-matrix-${fileName(name)}.svg`,
        picture(matrixPlot(matrix.counts, matrix.labels), `Confusion matrix of ${name}`),
      ],
    ];
  });
  return {
    ...(loss && { "loss.svg": picture(loss, "Validation loss") }),
    ...(accuracy && { "accuracy.svg": picture(accuracy, "Validation accuracy") }),
    ...Object.fromEntries(matrices),
  };
}

/** Best first. */
const networkNames = (runs: readonly Run[]): string[] => [
  ...new Set(summaryOf(runs).networks.map(({ network }) => network)),
];

const runsOf = (name: string, runs: readonly Run[]): Run[] => runs.filter(({ network }) => network === name);

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
    "For each network the mean over its seeds ± the standard deviation. The other rows are baselines without a neural network.",
    markup`${table(
      "",
      columns.map(({ title }) => title),
      cells,
    )}<ul>${verdict(summary).map((line) => markup`<li>${line}</li>`)}</ul>`,
  );
}

/** The curves of the first seed of each network; null if nothing was evaluated. */
function comparedPlots(names: readonly string[], runs: readonly Run[]): { loss: Plot | null; accuracy: Plot | null } {
  const first = names.map((name) => runs.find(({ network }) => network === name)!);
  const lines = (value: (entry: CurveEntry) => number | undefined): Line[] =>
    first
      .map(({ network, history }) => ({ name: network, points: curveOf(history, value) }))
      .filter(({ points }) => points.length > 0);
  const losses = lines(({ validation }) => validation);
  const accuracies = lines(({ accuracy }) => accuracy);
  return {
    loss: losses.length > 0 ? comparedCurves(losses, "validation loss") : null,
    accuracy: accuracies.length > 0 ? comparedCurves(accuracies, "validation accuracy") : null,
  };
}

function curveSection(names: readonly string[], runs: readonly Run[]): Markup | null {
  const { loss, accuracy } = comparedPlots(names, runs);
  if (loss === null) return null;
  return section(
    "Learning curves",
    "Loss and accuracy on the validation part during training, for the first seed of each network.",
    markup`${figure(loss)}${accuracy && figure(accuracy)}`,
  );
}

/** The sum of the confusion matrices of all seeds of a network; null if it predicts no labels. */
function summedMatrix(runs: readonly Run[]): { counts: ConfusionMatrix; labels: readonly string[] } | null {
  const [first] = runs;
  const matrix = first?.result.confusion;
  if (first === undefined || matrix === undefined) return null;
  const counts = matrix.map((row, actual) =>
    row.map((_, predicted) => runs.reduce((sum, { result }) => sum + result.confusion![actual]![predicted]!, 0)),
  );
  return { counts, labels: first.labels };
}

function matrixSection(runs: readonly Run[]): Markup | null {
  const matrix = summedMatrix(runs);
  if (matrix === null) return null;
  return section(
    `Confusion matrix of ${runs[0]!.network}`,
    runs.length === 1 ? "One seed." : `The sum over ${runs.length} seeds.`,
    matrixTable(matrix.counts, matrix.labels),
  );
}
