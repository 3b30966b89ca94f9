/** @file Results as a table in Markdown and as lines of JSON. */
import { goalOf, relativeSpeed } from "./goals.mjs";
import { summary } from "./measure.mjs";
import { rows } from "./rows.mjs";

/** The table warns if other programs use more than this fraction of the processors. */
const maxBusyFraction = 0.05;

export const percent = (fraction) => `${(100 * fraction).toFixed(fraction < 0.1 ? 1 : 0)} %`;

/** At least three significant digits. */
export const rounded = (speed) => (speed < 100 ? Number(speed.toPrecision(3)) : Math.round(speed));
const shown = (speed) => rounded(speed).toLocaleString("en-US", { maximumSignificantDigits: 21 });
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
  const versions = Object.assign({}, ...all.map((result) => result.versions));
  const busy = summary(all.map((result) => result.busy)).median;
  return [
    `Medians of ${rounds} alternating repetitions (minimum–maximum), ${threads} ${threads === 1 ? "thread" : "threads"} each. The factor (×) after a peer's figures is the speed of rnn relative to that peer.`,
    "",
    ...markdownTable([header, ...[...results].map(([name, result]) => cells(name, result))]),
    "",
    `- machine: ${machine}`,
    ...(busy > maxBusyFraction
      ? [
          `- other programs used ${percent(busy)} of the processors: a machine without load gives other figures and ratios.`,
        ]
      : []),
    ...Object.entries(versions).map(([name, version]) => (name === "ours" ? `- ${version}` : `- ${name}: ${version}`)),
    ...absences(results),
  ].join("\n");
}

/** The contenders that were not run, their rows, and the reasons. */
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
    return `- not run: ${titleOf(name)} in ${names.join(", ")} (${reason})`;
  });
}
