/** @file A checkpoint beside the smaller one that was made of it, as text and JSON. */
import type { Task } from "../common/names.js";
import type { FiguresOfTwo, ModelFigures } from "../experiments/compression/modelFigures.js";
import { bytes, compact, decimal, percent } from "./numberText.js";
import { type Column, defaultWidth, formatTable, type Row } from "./textTable.js";
import { wrapText } from "./textWidth.js";

const units: { [Kind in Task]: string } = {
  generator: "tokens",
  classifier: "documents",
  regressor: "documents",
  tagger: "words",
};

/** The two as a table, and what the smaller one gains and loses. @param names of the two rows */
export function compressionText(
  { before, after, note }: FiguresOfTwo,
  { task, names, width = defaultWidth }: { task: Task; names: readonly [string, string]; width?: number },
): string {
  const rows = [rowOf(names[0], before), rowOf(names[1], after)];
  const columns: Column[] = [
    { key: "name", title: "" },
    { key: "bytes", title: "weights", align: "right" },
    { key: "parameters", title: "parameters", format: compact, rank: 1 },
    ...scoreColumns(before),
    { key: "speed", title: `${units[task]}/s`, format: compact },
  ];
  const shown = columns.filter(({ key }) => rows.some((row) => row[key] !== undefined));
  const lines = [...verdict(before, after), ...(note === undefined ? [] : [note])];
  return `${formatTable({ columns: shown, rows }, width)}\n${lines
    .flatMap((line) => wrapText(line, width))
    .map((line) => `${line}\n`)
    .join("")}`;
}

const scoreFormats = {
  accuracy: (fraction: number) => percent(fraction, 1),
  perplexity: decimal,
  rootMeanSquaredError: decimal,
  loss: (value: number) => value.toFixed(4),
};
type ScoreName = keyof typeof scoreFormats;
const titles: { [Name in ScoreName]: string } = {
  accuracy: "accuracy",
  perplexity: "perplexity",
  rootMeanSquaredError: "root mean squared error",
  loss: "loss",
};

const scoreColumns = ({ evaluation }: ModelFigures): Column[] =>
  (Object.keys(scoreFormats) as ScoreName[]).flatMap((name) =>
    evaluation?.[name] === undefined
      ? []
      : [
          {
            key: name,
            title: `${evaluation.part} ${titles[name]}`,
            format: scoreFormats[name],
            rank: name === "loss" ? 2 : 0,
          },
        ],
  );

const rowOf = (name: string, { bytes: size, parameters, evaluation, speed }: ModelFigures): Row => ({
  name,
  bytes: bytes(size),
  parameters,
  accuracy: evaluation?.accuracy,
  perplexity: evaluation?.perplexity,
  rootMeanSquaredError: evaluation?.rootMeanSquaredError,
  loss: evaluation?.loss,
  speed,
});

/** As in `25 % of the size, 0.3 points of accuracy lost, 1.0 × as fast`. */
function verdict(before: ModelFigures, after: ModelFigures): string[] {
  const [first, second] = [before.evaluation, after.evaluation];
  const score =
    first?.accuracy !== undefined && second?.accuracy !== undefined
      ? [pointsText(100 * (first.accuracy - second.accuracy))]
      : first && second
        ? [`loss ${(second.loss - first.loss).toFixed(4)} higher`.replace(/ -([\d.]+) higher/, " $1 lower")]
        : [];
  const speed =
    before.speed === undefined || after.speed === undefined
      ? []
      : [`${(after.speed / before.speed).toFixed(1)} × as fast`];
  return [[`${percent(after.bytes / before.bytes, 0)} of the size`, ...score, ...speed].join(", ")];
}

const pointsText = (lost: number): string =>
  Math.abs(lost) < 0.05
    ? "the same accuracy"
    : `${Math.abs(lost).toFixed(1)} points of accuracy ${lost > 0 ? "lost" : "gained"}`;
