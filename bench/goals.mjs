/** @file The goals of the benchmark's rows, and whether a result meets them. */

/**
 * @typedef {{ times: number, peer: string } | { peakFraction: number } | { seconds: number }} Condition
 *   times: the minimum speed relative to a peer; peakFraction: the minimum fraction of the processor's fp32 peak; seconds: the maximum time
 *
 * @typedef {{ median: number, min: number, max: number }} Summary
 */

/** A row at this fraction of the roofline meets its goal, whatever its conditions. */
const nearRoofline = 0.9;

/** The speed of `ours` relative to a peer. @param {string} unit "s" for times, where less is faster @param {number} ours @param {number} peer */
export const relativeSpeed = (unit, ours, peer) => (unit === "s" ? peer / ours : ours / peer);

/** @param {Condition} condition */
function describe(condition) {
  if ("times" in condition) return `${condition.times} x ${condition.peer}`;
  if ("peakFraction" in condition) return `${Math.round(100 * condition.peakFraction)} % of peak`;
  return `at most ${condition.seconds} s`;
}

/** @param {Condition} condition @returns {boolean | null} null if it was not measured */
function holds(condition, unit, { speeds, peakFraction }) {
  if (!speeds.ours) return null;
  const ours = speeds.ours.median;
  if ("times" in condition) {
    const peer = speeds[condition.peer];
    return peer ? relativeSpeed(unit, ours, peer.median) >= condition.times : null;
  }
  if ("peakFraction" in condition) return peakFraction === null ? null : peakFraction >= condition.peakFraction;
  return ours <= condition.seconds;
}

/**
 * Describes the goal of a row and says whether a result meets it.
 * @param {import("./rows.mjs").Row} row
 * @param {{ speeds: Record<string, Summary>, peakFraction: number | null, roofline: { fraction: number } | null }} result
 * @returns {{ goal: string | null, met: boolean | null }} met: null if a condition was not measured and no other one fails
 */
export function goalOf({ goals, unit }, result) {
  if (goals.length === 0) return { goal: null, met: null };
  const goal = goals.map(describe).join(", ");
  if (result.roofline && result.roofline.fraction >= nearRoofline) return { goal, met: true };
  const held = new Set(goals.map((condition) => holds(condition, unit, result)));
  if (held.has(false)) return { goal, met: false };
  return { goal, met: held.has(null) ? null : true };
}

const percent = (fraction) => `${Math.round(100 * fraction)} %`;

/**
 * What the figures of a row themselves say about its goal, as sentences.
 * @param {import("./rows.mjs").Row} row
 * @param {import("./measure.mjs").Result} result
 * @returns {string[]}
 */
export function measuredLimits({ goals, unit }, { speeds, peakFraction, roofline }) {
  const { ours, "bare-node": bareNode } = speeds;
  if (!ours) return [];
  if (bareNode)
    return [`Node with an empty script takes ${bareNode.median.toFixed(3)} s of the ${ours.median.toFixed(3)} s.`];
  if (roofline?.by === "memory") return [`It reaches ${percent(roofline.fraction)} of the memory bandwidth.`];
  if (peakFraction === null) return [];
  return goals.flatMap((condition) => {
    const peer = "times" in condition ? speeds[condition.peer] : undefined;
    if (!peer || holds(condition, unit, { speeds, peakFraction })) return [];
    const ofPeer = peakFraction / relativeSpeed(unit, ours.median, peer.median);
    return [
      `${condition.peer} reaches ${percent(ofPeer)} of the fp32 peak here and rnn ${percent(peakFraction)}; ${condition.times} times the speed of ${condition.peer} would be ${percent(condition.times * ofPeer)}.`,
    ];
  });
}
