/** @file What `npm run bench` prints first: how many times as fast as other frameworks, and bars, in at most 80 columns. */
import { answers, barGroups, comparisonText, frameworks } from "./speeds.mjs";
import { absences, busyNote, shown } from "./table.mjs";

const kindWidth = 12;
const comparisonWidth = 22;
const titleWidth = 15;
const barWidth = 50;

/** Eighths of a character. */
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `fraction` of the width. @param {number} fraction 0 … 1 @returns {string} at least an eighth of a character */
export function bar(fraction) {
  const count = Math.max(1, Math.round(fraction * barWidth * 8));
  return "█".repeat(Math.floor(count / 8)) + eighths[count % 8];
}

/**
 * @param {Map<string, import("./measure.mjs").Result>} results by row
 * @param {{ machine: string, threads: number }} run
 * @param {(bar: string) => string} [paint] colors the bars of rnn
 * @returns {string} lines of at most 80 columns, except that of the machine and reasons why a contender was not run
 */
export function firstScreen(results, { machine, threads }, paint = (text) => text) {
  return [
    `Speed of rnn relative to other frameworks, ${threads} ${threads === 1 ? "thread" : "threads"} each, on`,
    machine,
    "",
    ...answerLines(answers(results)),
    "",
    ...barGroups(results).flatMap((group) => [...groupLines(group, paint), ""]),
    ...busyNote([...results.values()]),
    ...absences(results, Object.keys(frameworks)).map((line) => line.slice("- ".length)),
    "every row with its goal and limit: npm run bench -- --all",
    "by size, batch and threads:        npm run bench -- --growth",
    "saved results by processor:        bench/RESULTS.md",
  ].join("\n");
}

function answerLines(all) {
  if (all.length === 0) return ["no row in 32-bit floats was measured beside another framework"];
  const line = (first, cells) =>
    (first.padEnd(kindWidth) + cells.map((cell) => cell.padEnd(comparisonWidth)).join("")).trimEnd();
  return [
    line("", Object.values(frameworks)),
    ...all.map(({ kind, comparisons }) => {
      const of = (name) => comparisons.find(({ framework }) => framework === name);
      return line(
        kind,
        Object.keys(frameworks).map((name) => comparisonText(of(name))),
      );
    }),
    "(geometric mean over the rows below, and the range over all repetitions)",
  ];
}

function groupLines({ row, unit, bars }, paint) {
  return [
    `${row}, ${unit}`,
    ...bars.map(({ contender, title, speed, fraction }) => {
      const drawn = bar(fraction);
      return `  ${title.padEnd(titleWidth)}${contender === "ours" ? paint(drawn) : drawn} ${shown(speed)}`;
    }),
  ];
}
