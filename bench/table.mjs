/** @file Results as a table for people and as lines for machines. */
import { arch, cpus, release, type as system } from "node:os";
import { summary } from "./measure.mjs";
import { rows } from "./rows.mjs";

/** Others may use this share of the processors before a run is called disturbed. */
const quiet = 0.05;

const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
const whole = (speed) => Math.round(speed).toLocaleString("en-US");
const spread = ({ median, least, most }) => `${whole(median)} (${whole(least)}–${whole(most)})`;

/** Whether ours is as fast as the row's goal wants; null where nothing can be said. */
function goalOf(name, { speeds }) {
  const { goal } = rows[name];
  if (!goal) return { goal: null, met: null };
  const peer = speeds[goal.peer];
  return {
    goal: `${goal.times} x ${goal.peer}`,
    met: peer && speeds.ours ? speeds.ours.median >= goal.times * peer.median : null,
  };
}

/** @param {string} name of the row @param {Awaited<ReturnType<typeof import("./measure.mjs").measure>>} result */
export function jsonLine(name, result) {
  const { ours, ...peers } = Object.fromEntries(
    Object.entries(result.speeds).map(([contender, { median }]) => [contender, Math.round(median)]),
  );
  return JSON.stringify({ row: name, unit: rows[name].unit, ours: ours ?? null, peers, ...goalOf(name, result) });
}

const met = { true: "met", false: "missed", null: "unknown" };

function cells(name, result, contenders) {
  const { ours } = result.speeds;
  const ofContenders = contenders.map((contender) => {
    const speed = result.speeds[contender];
    if (!speed) return "–";
    return contender === "ours" || !ours
      ? spread(speed)
      : `${spread(speed)} ${(ours.median / speed.median).toFixed(2)} ×`;
  });
  const goal = goalOf(name, result);
  const share = result.share === null ? "–" : percent(result.share);
  return [name, rows[name].unit, ...ofContenders, share, goal.goal ? `${goal.goal}: ${met[goal.met]}` : "–"];
}

/** @param {string[][]} lines the header first */
function markdownTable(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const rule = widths.map((width) => "-".repeat(width));
  return [lines[0], rule, ...lines.slice(1)].map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`,
  );
}

/** @param {Map<string, object>} results by row @param {{ threads: number, rounds: number, peak: number[] }} run peak: GFLOP/s of one thread and of all */
export function report(results, { threads, rounds, peak }) {
  const contenders = [...new Set([...results.values()].flatMap(({ speeds }) => Object.keys(speeds)))];
  const header = ["row", "unit", ...contenders, "ours, of peak", "goal"];
  const lines = [...results].map(([name, result]) => cells(name, result, contenders));
  const versions = Object.assign({}, ...[...results.values()].map((result) => result.versions));
  const absent = Object.assign({}, ...[...results.values()].map((result) => result.absent));
  const processors = cpus();
  const busy = summary([...results.values()].map((result) => result.busy)).median;
  const peaks =
    peak.length > 0
      ? `fp32 peak ${peak.map(Math.round).join(" GFLOP/s on one thread, ")} on ${threads}`
      : "no C compiler: peak unknown";
  return [
    `Medians of ${rounds} alternating repetitions of a second (least–most); under a peer, × is how many times as fast ours is. ${threads} ${threads === 1 ? "thread" : "threads"} each.`,
    "",
    ...markdownTable([header, ...lines]),
    "",
    `- machine: ${processors[0].model.trim()}, ${processors.length} processors, ${system()} ${release()} ${arch()}; ${peaks}`,
    ...(busy > quiet
      ? [
          `- in use by others: ${percent(busy)} of the processors. These figures and ratios are not what a quiet machine gives.`,
        ]
      : []),
    ...Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`),
    ...Object.entries(absent).map(([name, reason]) => `- absent: ${name} (${reason})`),
  ].join("\n");
}
