/** @file A cell's steps as tables: an equation a line, a unit a column. */
import type { CellStep } from "../network/cellSteps.js";
import { formatTable, type Row } from "./textTable.js";

export const stepLines = (steps: readonly CellStep[]): string =>
  steps.map((step) => `${JSON.stringify(step)}\n`).join("");

const stateNames = ["hidden, before", "cell, before"];
const stateSymbols = ["h", "c"];

export function stepText(steps: readonly CellStep[]): string {
  return steps
    .map(({ step, input, state, equations }) => {
      const rows = [
        { name: "input", equation: "x", values: input },
        ...state.map((values, index) => ({ name: stateNames[index]!, equation: stateSymbols[index]!, values })),
        ...equations,
      ];
      const width = Math.max(...rows.map(({ values }) => values.length));
      const columns = Array.from({ length: width }, (_, unit) => ({
        key: String(unit),
        title: String(unit + 1),
        format: (value: number) => value.toFixed(4),
      }));
      return formatTable({
        columns: [
          { key: "name", title: `step ${step}` },
          { key: "equation", title: "" },
          { key: "shape", title: "shape" },
          ...columns,
        ],
        rows: rows.map(({ name, equation, values }): Row => ({
          name,
          equation,
          shape: `[1, ${values.length}]`,
          ...Object.fromEntries(values.entries()),
        })),
      });
    })
    .join("\n");
}
