/** @file Saved results: one JSON file per kind of processor, and RESULTS.md, which is generated from them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { chart } from "./chart.mjs";
import { goalOf, measuredLimits } from "./goals.mjs";
import { dimensions, growthTable } from "./growth.mjs";
import { limits } from "./limits.mjs";
import { maxBusyFraction } from "./measure.mjs";
import { rows, shortRows } from "./rows.mjs";
import { speedPicture } from "./speedPicture.mjs";
import { answers, comparisonText, frameworks } from "./speeds.mjs";
import { markdownTable, percent, range, report } from "./table.mjs";

const folder = new URL("results/", import.meta.url);
const page = new URL("RESULTS.md", import.meta.url);
const readme = new URL("../README.md", import.meta.url);

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
 * A row that other programs disturbed is not saved.
 * @param {string} processor
 * @param {Pick<Measured, "run"> & Partial<Measured>} measured
 */
export async function save(processor, measured) {
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${fileName(processor)}.json`, folder);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const disturbed = Object.entries(measured.rows ?? {}).filter(([, { busy }]) => busy > maxBusyFraction);
  for (const [name, { busy }] of disturbed)
    console.error(`not saved: ${name}, because other programs used ${percent(busy)} of the processors; run it again`);
  const saved = Object.entries(measured.rows ?? {}).filter(([, { busy }]) => busy <= maxBusyFraction);
  const after = {
    processor,
    date: new Date().toISOString().slice(0, 10),
    run: measured.run,
    rows: inOrder(rows, { ...before.rows, ...Object.fromEntries(saved) }),
    growth: inOrder(dimensions, mergedGrowth(before.growth ?? {}, measured.growth ?? {})),
  };
  writeFileSync(file, await format(JSON.stringify(after), { parser: "json", printWidth: 120 }));
  await writePage();
}

/** The entries whose names are in the table, in its order. */
const inOrder = (table, entries) =>
  Object.fromEntries(Object.keys(table).flatMap((name) => (entries[name] ? [[name, entries[name]]] : [])));

/** The points of both, by value; a disturbed point replaces none. */
function mergedGrowth(before, measured) {
  const merged = { ...before };
  for (const [name, points] of Object.entries(measured)) {
    const byValue = new Map((before[name] ?? []).map((point) => [point.value, point]));
    for (const point of points) {
      if (point.busy <= maxBusyFraction) byValue.set(point.value, point);
      else
        console.error(
          `not saved: ${name} ${point.value}, because other programs used ${percent(point.busy)} of the processors; run it again`,
        );
    }
    merged[name] = [...byValue.values()].toSorted((left, right) => left.value - right.value);
  }
  return merged;
}

/** @returns {Measured[]} the saved results of each kind of processor */
export const readSaved = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")));

const missedRows = ({ rows: results }) =>
  Object.entries(results).flatMap(([name, result]) => (goalOf(rows[name], result).met === false ? [name] : []));

/** The rows that miss their goal without an explanation in limits.mjs. @param {Measured} measured */
export const unexplainedRows = (measured) =>
  missedRows(measured).filter((name) => limits[measured.processor]?.[name] === undefined);

/**
 * Generates RESULTS.md, the pictures and the README's part on speed from the saved results.
 * @throws {Error} if a row misses its goal and limits.mjs does not say why
 */
export async function writePage() {
  const all = readSaved();
  for (const measured of all) {
    const unexplained = unexplainedRows(measured);
    if (unexplained.length > 0)
      throw new Error(
        `"${measured.processor}" misses the goal of ${unexplained.join(", ")}: say why in bench/limits.mjs, then npm run bench -- --page`,
      );
  }
  const inShort = all.filter((measured) => shortResults(measured).size > 0);
  for (const measured of inShort)
    writeFileSync(new URL(speedFile(measured), folder), speedPicture(shortResults(measured), subtitle(measured)));
  const sections = all.map((measured) => {
    const { processor, growth } = measured;
    const picture = `${fileName(processor)}.svg`;
    const grown = Object.keys(growth).length > 0;
    if (grown) writeFileSync(new URL(picture, folder), chart(growth));
    return section(measured, grown ? `results/${picture}` : null);
  });
  const text = ["# Results", "", introduction, "", ...sections].join("\n");
  writeFileSync(page, await format(text, { parser: "markdown", printWidth: 120 }));
  const newest = inShort.reduce((left, right) => (right.date >= left.date ? right : left));
  const before = readFileSync(readme, "utf8");
  const after = before.replace(speedPart, () =>
    ["<!-- speed -->", ...readmeLines(newest), "<!-- /speed -->"].join("\n\n"),
  );
  writeFileSync(readme, await format(after, { parser: "markdown", printWidth: 120, proseWrap: "preserve" }));
}

const speedPart = /<!-- speed -->[^]*<!-- \/speed -->/;

/** The results of the rows of a run without options. @param {Measured} measured */
const shortResults = ({ rows: results }) =>
  new Map(shortRows.flatMap((name) => (results[name] ? [[name, results[name]]] : [])));

const speedFile = ({ processor }) => `${fileName(processor)}-speed.svg`;

/** As in "2026-11-22 to 2026-11-29". @param {Measured} measured @param {Map<string, import("./measure.mjs").Result>} results */
const dates = ({ date }, results) => range([...results.values()].map((result) => result.date ?? date));

/** @param {Measured} measured */
const subtitle = (measured) =>
  `${measured.processor}, ${measured.run.threads} threads, ${dates(measured, shortResults(measured))}`;

/** The paragraphs of the README on speed. @param {Measured} measured */
function readmeLines(measured) {
  const results = shortResults(measured);
  const table = markdownTable([
    ["speed of rnn relative to", ...Object.values(frameworks)],
    ...answers(results).map(({ kind, comparisons }) => [
      kind,
      ...Object.keys(frameworks).map((name) => comparisonText(comparisons.find(({ framework }) => framework === name))),
    ]),
  ]);
  return [
    `![Bars: tokens or documents per second of rnn, PyTorch, Keras and ONNX Runtime](bench/results/${speedFile(measured)})`,
    `Measured on ${measured.processor}, ${measured.run.threads} threads each, ${dates(measured, results)}: geometric means over the rows of the picture, and the range over all repetitions.`,
    table.join("\n"),
  ];
}

const introduction = `\`npm run bench -- --save\` and \`npm run bench -- --growth --save\` write this page: each run updates the section of its kind of processor.
[rows.mjs](rows.mjs) describes the rows. Since 2026-11-23 a row is timed only after a check that its kernels compute the same results as their references.
The roofline is the maximum speed that the machine allows. Arithmetic on 32-bit floats limits it, or the memory bandwidth if each step reads all weights for
a few operations; both limits are measured between the repetitions. A row at 90 % of the roofline meets its goal.`;

/** @param {Measured} measured @param {string | null} picture */
function section(measured, picture) {
  const { processor, run, growth } = measured;
  const results = new Map(Object.entries(measured.rows));
  const missed = missedRows(measured);
  const points = Object.values(growth).flat();
  return [
    `## ${processor}`,
    "",
    `${dates(measured, results)}. ${report(results, run)}`,
    "",
    ...(missed.length > 0 ? ["### Goals missed, and the limiting factors", ""] : []),
    ...missed.map(
      (name) => `- ${name}: ${[...measuredLimits(rows[name], measured.rows[name]), limits[processor][name]].join(" ")}`,
    ),
    "",
    ...(picture
      ? [
          "### Scaling",
          "",
          `${range(points.map(({ date }) => date ?? measured.date))}.`,
          "",
          `![training tokens per second](${picture})`,
          "",
          growthTable(growth),
          "",
        ]
      : []),
  ].join("\n");
}
