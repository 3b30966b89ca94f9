/** @file The steps of a cell as tables: its equations once, then their values at each step, a column for each unit. */
import type { CellStep } from "../network/cellSteps.js";
import { cutColumns, defaultWidth, formatTable, type Row } from "./textTable.js";
import { wrapText } from "./textWidth.js";

export const stepLines = (steps: readonly CellStep[]): string =>
  steps.map((step) => `${JSON.stringify(step)}\n`).join("");

const stateNames = ["hidden, before", "cell, before"];
const stateSymbols = ["h", "c"];

const equationsOf = ({ input, state, equations, output }: CellStep) => [
  { name: "input", equation: "x", values: input },
  ...state.map((values, index) => ({ name: stateNames[index]!, equation: stateSymbols[index]!, values })),
  ...equations,
  output,
];

export function stepText(steps: readonly CellStep[], width = defaultWidth): string {
  const [first] = steps;
  if (first === undefined) return "";
  const valueTables = steps.map((step) => valueTable(step, width));
  const hidden = Math.max(...valueTables.map(({ cut }) => cut));
  const note = `The last ${hidden} columns do not fit ${width} columns of text. Use --json for all values.`;
  return [
    equationTable(first, width),
    ...valueTables.map(({ text }) => text),
    ...(hidden > 0 ? [`${wrapText(note, width).join("\n")}\n`] : []),
  ].join("\n");
}

function equationTable(step: CellStep, width: number): string {
  const columns = [
    { key: "name", title: "", rank: 2 },
    { key: "equation", title: "equation" },
    { key: "shape", title: "shape", rank: 1 },
  ];
  const rows = equationsOf(step).map(({ name, equation, values }) => ({
    name,
    equation,
    shape: `[1, ${values.length}]`,
  }));
  return formatTable({ columns, rows }, width);
}

/** A row for each equation, named by its left side. */
function valueTable(step: CellStep, width: number): { text: string; cut: number } {
  const equations = equationsOf(step);
  const units = Math.max(...equations.map(({ values }) => values.length));
  const columns = Array.from({ length: units }, (_, unit) => ({
    key: String(unit),
    title: String(unit + 1),
    format: (value: number) => value.toFixed(4),
  }));
  const rows = equations.map(({ equation, values }): Row => ({
    symbol: equation.split(" = ")[0],
    ...Object.fromEntries(values.entries()),
  }));
  const { table, cut } = cutColumns(
    { columns: [{ key: "symbol", title: `step ${step.step}` }, ...columns], rows },
    2,
    width,
  );
  return { text: formatTable(table, width), cut };
}
