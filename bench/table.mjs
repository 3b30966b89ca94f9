/** @file Results as a table for people and as lines for machines. */
import { goalOf, timesAsFast } from "./goals.mjs";
import { summary } from "./measure.mjs";
import { rows } from "./rows.mjs";

/** Others may use this share of the processors before a run is called disturbed. */
const quiet = 0.05;

export const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Three digits at least. */
export const rounded = (speed) => (speed < 100 ? Number(speed.toPrecision(3)) : Math.round(speed));
const shown = (speed) => rounded(speed).toLocaleString("en-US", { maximumSignificantDigits: 21 });
const spread = ({ median, least, most }) => `${shown(median)} (${shown(least)}–${shown(most)})`;

/** @param {string} name of the row @param {import("./measure.mjs").Result} result */
export function jsonLine(name, result) {
  const { ours, ...peers } = Object.fromEntries(
    Object.entries(result.speeds).map(([contender, { median }]) => [contender, rounded(median)]),
  );
  const { unit } = rows[name];
  return JSON.stringify({ row: name, unit, ours: ours ?? null, peers, ...goalOf(rows[name], result) });
}

/** The peer that has a column of its own; the others share one. */
const first = "pytorch";

function besideOurs(unit, { ours }, name, speed) {
  const ratio = ours ? ` ${timesAsFast(unit, ours.median, speed.median).toFixed(2)} ×` : "";
  return name === first ? spread(speed) + ratio : `${name} ${spread(speed)}${ratio}`;
}

const ofRoofline = ({ share, by }) => `${percent(share)} of ${by}`;
const verdict = { true: "met", false: "missed", null: "unknown" };

function cells(name, result) {
  const { unit } = rows[name];
  const { ours, ...others } = result.speeds;
  const beside = Object.entries(others).map(([peer, speed]) => [peer, besideOurs(unit, result.speeds, peer, speed)]);
  const { goal, met } = goalOf(rows[name], result);
  return [
    name,
    unit,
    ours ? spread(ours) : "cannot do it yet",
    beside.find(([peer]) => peer === first)?.[1] ?? "–",
    beside.flatMap(([peer, text]) => (peer === first ? [] : [text])).join("; ") || "–",
    result.roofline ? ofRoofline(result.roofline) : "–",
    goal === null ? "–" : `${goal}: ${verdict[met]}`,
  ];
}

/** @param {string[][]} lines the header first */
export function markdownTable(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const rule = widths.map((width) => "-".repeat(width));
  return [lines[0], rule, ...lines.slice(1)].map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`,
  );
}

const header = ["row", "unit", "ours", first, "others", "ours, of the roofline", "goal"];

/**
 * The table with its notes.
 * @param {Map<string, import("./measure.mjs").Result>} results by row
 * @param {{ machine: string, rounds: number, threads: number }} run
 */
export function report(results, { machine, rounds, threads }) {
  const all = [...results.values()];
  const versions = Object.assign({}, ...all.map((result) => result.versions));
  const busy = summary(all.map((result) => result.busy)).median;
  return [
    `Medians of ${rounds} alternating repetitions (least–most); behind a peer's figure, × is how many times as fast ours is. ${threads} ${threads === 1 ? "thread" : "threads"} each.`,
    "",
    ...markdownTable([header, ...[...results].map(([name, result]) => cells(name, result))]),
    "",
    `- machine: ${machine}`,
    ...(busy > quiet
      ? [
          `- in use by others: ${percent(busy)} of the processors. These figures and ratios are not what a quiet machine gives.`,
        ]
      : []),
    ...Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`),
    ...absences(results),
  ].join("\n");
}

/** Who could not take part, in which rows, and why. */
function absences(results) {
  const rowsOf = new Map();
  for (const [row, { absent }] of results) {
    for (const [name, reason] of Object.entries(absent)) {
      const key = JSON.stringify([name, reason]);
      rowsOf.set(key, [...(rowsOf.get(key) ?? []), row]);
    }
  }
  return [...rowsOf].map(([key, names]) => {
    const [name, reason] = JSON.parse(key);
    return `- absent: ${name} in ${names.join(", ")} (${reason})`;
  });
}
