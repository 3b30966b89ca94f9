/** @file Results as a table in Markdown and as lines of JSON. */
import { goalOf, relativeSpeed } from "./goals.mjs";
import { maxBusyFraction, summary } from "./measure.mjs";
import { rows } from "./rows.mjs";

/** A note if other programs used the processors; else none. @param {import("./measure.mjs").Result[]} results @returns {string[]} */
export function busyNote(results) {
  const busy = summary(results.map((result) => result.busy)).median;
  if (busy <= maxBusyFraction) return [];
  return [
    `other programs used ${percent(busy)} of the processors: a machine without load gives other figures and ratios.`,
  ];
}

export const percent = (fraction) => `${(100 * fraction).toFixed(fraction < 0.1 ? 1 : 0)} %`;

/** At least three significant digits. */
export const rounded = (speed) => (speed < 100 ? Number(speed.toPrecision(3)) : Math.round(speed));
export const shown = (speed) => rounded(speed).toLocaleString("en-US", { maximumSignificantDigits: 21 });
const spread = ({ median, min, max }) => `${shown(median)} (${shown(min)}–${shown(max)})`;

/** A contender's name in tables and messages. */
export const titleOf = (contender) => (contender === "ours" ? "rnn" : contender);

/** A row's result as one line of JSON. @param {string} name of the row @param {import("./measure.mjs").Result} result */
export function jsonLine(name, result) {
  const { ours, ...peers } = Object.fromEntries(
    Object.entries(result.speeds).map(([contender, { median }]) => [contender, rounded(median)]),
  );
  const { unit } = rows[name];
  return JSON.stringify({ row: name, unit, ours: ours ?? null, peers, ...goalOf(rows[name], result) });
}

/** The peer with its own column. */
const mainPeer = "pytorch";

function peerCell(unit, { ours }, name, speed) {
  const ratio = ours ? ` ${relativeSpeed(unit, ours.median, speed.median).toFixed(2)} ×` : "";
  return name === mainPeer ? spread(speed) + ratio : `${name} ${spread(speed)}${ratio}`;
}

const rooflineCell = ({ fraction, by }) => `${percent(fraction)} (${by})`;
const verdict = { true: "met", false: "missed", null: "unknown" };

function cells(name, result) {
  const { unit } = rows[name];
  const { ours, ...others } = result.speeds;
  const peerCells = Object.entries(others).map(([peer, speed]) => [peer, peerCell(unit, result.speeds, peer, speed)]);
  const { goal, met } = goalOf(rows[name], result);
  return [
    name,
    unit,
    ours ? spread(ours) : "not run",
    peerCells.find(([peer]) => peer === mainPeer)?.[1] ?? "–",
    peerCells.flatMap(([peer, text]) => (peer === mainPeer ? [] : [text])).join("; ") || "–",
    result.roofline ? rooflineCell(result.roofline) : "–",
    goal === null ? "–" : `${goal}: ${verdict[met]}`,
  ];
}

/** @param {string[][]} lines cells by line, the header first */
export function markdownTable(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const rule = widths.map((width) => "-".repeat(width));
  return [lines[0], rule, ...lines.slice(1)].map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`,
  );
}

const header = ["row", "unit", "rnn", mainPeer, "others", "fraction of the roofline", "goal"];

/**
 * The table in Markdown, with the machine, the versions and the contenders that were not run below it.
 * @param {Map<string, import("./measure.mjs").Result>} results by row
 * @param {{ machine: string, rounds: number, threads: number }} run
 */
export function report(results, { machine, rounds, threads }) {
  const all = [...results.values()];
  const counts = all.map((result) => result.rounds ?? rounds);
  return [
    `Medians of ${range(counts)} alternating repetitions (minimum–maximum), ${threads} ${threads === 1 ? "thread" : "threads"} each. The factor (×) after a peer's figures is the speed of rnn relative to that peer.`,
    "",
    ...markdownTable([header, ...[...results].map(([name, result]) => cells(name, result))]),
    "",
    `- machine: ${machine}`,
    ...busyNote(all).map((note) => `- ${note}`),
    ...versions(results),
    ...absences(results),
  ].join("\n");
}

/** As in "3" or "3 to 5". @param {(number | string)[]} values in any order */
export function range(values) {
  const sorted = [...new Set(values)].toSorted((left, right) => (left < right ? -1 : 1));
  return sorted.length > 1 ? `${sorted[0]} to ${sorted.at(-1)}` : String(sorted[0]);
}

/** The rows by the entries of one of their fields. @returns {[name: string, text: string, rows: string[]][]} */
function rowsByEntry(results, field) {
  const found = new Map();
  for (const [row, { [field]: entries }] of results) {
    for (const entry of Object.entries(entries)) {
      const key = JSON.stringify(entry);
      found.set(key, [...(found.get(key) ?? []), row]);
    }
  }
  return [...found].map(([key, names]) => [...JSON.parse(key), names]);
}

/** The versions of the contenders; where there are several of one, with the rows of all but the most frequent. */
function versions(results) {
  const all = rowsByEntry(results, "versions");
  return all.map(([name, version, names]) => {
    const mostFrequent = all.every(([other, , others]) => other !== name || others.length <= names.length);
    return `- ${name === "ours" ? "" : `${name}: `}${version}${mostFrequent ? "" : ` (${names.join(", ")})`}`;
  });
}

/**
 * The contenders that were not run, their rows, and the reasons.
 * @param {Map<string, import("./measure.mjs").Result>} results by row
 * @param {string[]} [contenders] only these
 */
export const absences = (results, contenders) =>
  rowsByEntry(results, "absent").flatMap(([name, reason, names]) =>
    !contenders || name === "ours" || contenders.includes(name)
      ? [`- not run: ${titleOf(name)} in ${names.join(", ")} (${reason})`]
      : [],
  );
