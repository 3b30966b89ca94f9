/** @file The answer of the benchmark in short: how many times as fast as each peer, by kind of work, and the bars of the charts. */
import { relativeSpeed } from "./goals.mjs";
import { rows } from "./rows.mjs";

/** The frameworks that the answer names, with their titles. */
export const frameworks = { pytorch: "PyTorch", keras: "Keras", onnxruntime: "ONNX Runtime" };

/** Titles of the kinds of work that the frameworks do. */
const kinds = {
  training: ["train", "train-labels"],
  labeling: ["label"],
  generating: ["generate"],
};

/**
 * @typedef {{ framework: string, mean: number, min: number, max: number }} Comparison
 *   mean: the geometric mean over the rows of the ratio of the medians; min, max: over the repetitions of all rows
 * @typedef {{ kind: string, rows: string[], comparisons: Comparison[] }} Answer
 */

/** The rows in 32-bit floats on the fastest backend: those in which a peer does what rnn does by default. */
const comparable = (name) => rows[name] && !rows[name].shape.precision && !rows[name].shape.backend;

/**
 * One answer for each kind of work that was measured beside a framework.
 * @param {Map<string, import("./measure.mjs").Result>} results by row
 * @returns {Answer[]}
 */
export function answers(results) {
  const all = Object.entries(kinds).map(([kind, works]) => {
    const measured = [...results].filter(([name]) => comparable(name) && works.includes(rows[name].work));
    const comparisons = Object.keys(frameworks).flatMap((framework) => comparisonWith(framework, measured));
    return { kind, rows: measured.map(([name]) => name), comparisons };
  });
  return all.filter(({ comparisons }) => comparisons.length > 0);
}

/** @returns {Comparison[]} none if no row has both */
function comparisonWith(framework, measured) {
  const ratios = measured.flatMap(([name, { speeds, ratios: byContender }]) => {
    const [ours, peer] = [speeds.ours, speeds[framework]];
    if (!ours || !peer) return [];
    const median = relativeSpeed(rows[name].unit, ours.median, peer.median);
    const { min, max } = byContender?.[framework] ?? { min: median, max: median };
    return [{ median, min, max }];
  });
  if (ratios.length === 0) return [];
  const logarithms = ratios.map(({ median }) => Math.log(median));
  return [
    {
      framework,
      mean: Math.exp(logarithms.reduce((sum, logarithm) => sum + logarithm, 0) / ratios.length),
      min: Math.min(...ratios.map(({ min }) => min)),
      max: Math.max(...ratios.map(({ max }) => max)),
    },
  ];
}

/** As in "1.84". @param {number} ratio */
export const times = (ratio) => (ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1));

/** As in "1.84 × (1.31–2.60)". @param {Comparison | undefined} comparison */
export const comparisonText = (comparison) =>
  comparison ? `${times(comparison.mean)} × (${times(comparison.min)}–${times(comparison.max)})` : "–";

/**
 * @typedef {{ contender: string, title: string, speed: number, fraction: number }} Bar fraction: of the fastest in its group
 * @typedef {{ row: string, unit: string, bars: Bar[] }} BarGroup
 */

/** The bars of the rows that were measured beside a framework. @param {Map<string, import("./measure.mjs").Result>} results by row @returns {BarGroup[]} */
export function barGroups(results) {
  return [...results].flatMap(([row, { speeds }]) => {
    const shown = Object.entries({ ours: "rnn", ...frameworks }).filter(([contender]) => speeds[contender]);
    if (!rows[row] || rows[row].unit === "s" || shown.length < 2) return [];
    const fastest = Math.max(...shown.map(([contender]) => speeds[contender].median));
    const bars = shown.map(([contender, title]) => {
      const speed = speeds[contender].median;
      return { contender, title, speed, fraction: speed / fastest };
    });
    return [{ row, unit: rows[row].unit, bars }];
  });
}
