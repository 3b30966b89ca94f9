/** @file Saved results: one JSON file per kind of processor, and RESULTS.md, which is generated from them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { chart } from "./chart.mjs";
import { goalOf } from "./goals.mjs";
import { dimensions, growthTable } from "./growth.mjs";
import { limits } from "./limits.mjs";
import { rows } from "./rows.mjs";
import { report } from "./table.mjs";

const folder = new URL("results/", import.meta.url);
const page = new URL("RESULTS.md", import.meta.url);

const fileName = (processor) => processor.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/**
 * @typedef {object} Measured
 * @property {string} processor
 * @property {string} date of the last run, YYYY-MM-DD
 * @property {{ machine: string, rounds: number, threads: number }} run the last run
 * @property {Record<string, import("./measure.mjs").Result>} rows
 * @property {Record<string, import("./growth.mjs").Point[]>} growth points by dimension
 */

/**
 * Replaces the saved results of the rows and dimensions that a run measured, and generates RESULTS.md again.
 * @param {string} processor
 * @param {Pick<Measured, "run"> & Partial<Measured>} measured
 */
export async function save(processor, measured) {
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${fileName(processor)}.json`, folder);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const after = {
    processor,
    date: new Date().toISOString().slice(0, 10),
    run: measured.run,
    rows: inOrder(rows, { ...before.rows, ...measured.rows }),
    growth: inOrder(dimensions, { ...before.growth, ...measured.growth }),
  };
  writeFileSync(file, await format(JSON.stringify(after), { parser: "json", printWidth: 120 }));
  await writePage();
}

/** The entries whose names are in the table, in its order. */
const inOrder = (table, entries) =>
  Object.fromEntries(Object.keys(table).flatMap((name) => (entries[name] ? [[name, entries[name]]] : [])));

/** Generates RESULTS.md and the charts from the saved results. */
export async function writePage() {
  const all = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")));
  const sections = all.map((measured) => {
    const picture = `${fileName(measured.processor)}.svg`;
    const grown = Object.keys(measured.growth).length > 0;
    if (grown) writeFileSync(new URL(picture, folder), chart(measured.growth));
    return section(measured, grown ? `results/${picture}` : null);
  });
  const text = ["# Results", "", introduction, "", ...sections].join("\n");
  writeFileSync(page, await format(text, { parser: "markdown", printWidth: 120 }));
}

const introduction = `\`npm run bench -- --save\` and \`npm run bench -- --growth --save\` write this page: each run updates the section of its kind of processor.
[rows.mjs](rows.mjs) describes the rows. Since 2026-11-23 a row is timed only after a check that its kernels compute the same results as their references.
The roofline is the maximum speed that the machine allows. Arithmetic on 32-bit floats limits it, or the memory bandwidth if each step reads all weights for
a few operations; both limits are measured between the repetitions. A row at 90 % of the roofline meets its goal.`;

/** @param {Measured} measured @param {string | null} picture */
function section({ processor, date, run, rows: results, growth }, picture) {
  const missed = Object.entries(results).filter(([name, result]) => goalOf(rows[name], result).met === false);
  return [
    `## ${processor}`,
    "",
    `${date}. ${report(new Map(Object.entries(results)), run)}`,
    "",
    ...(missed.length > 0 ? ["### Goals missed, and the limiting factors", ""] : []),
    ...missed.map(([name]) => `- ${name}: ${limits[processor]?.[name] ?? "not analyzed yet"}`),
    "",
    ...(picture ? ["### Scaling", "", `![training tokens per second](${picture})`, "", growthTable(growth), ""] : []),
  ].join("\n");
}
