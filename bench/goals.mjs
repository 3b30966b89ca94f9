/** @file Whether a row reached what it is to reach. */

/**
 * @typedef {{ times: number, peer: string } | { share: number } | { seconds: number }} Condition
 *   so many times as fast as a peer; a share of the processor's fp32 peak; seconds at most
 *
 * @typedef {{ median: number, least: number, most: number }} Summary
 */

/** A row that comes so near to what the machine can do at all is met, whatever its conditions. */
const nearRoofline = 0.9;

/** How many times as fast ours is. @param {string} unit @param {number} ours @param {number} peer */
export const timesAsFast = (unit, ours, peer) => (unit === "s" ? peer / ours : ours / peer);

/** @param {Condition} condition */
function describe(condition) {
  if ("times" in condition) return `${condition.times} x ${condition.peer}`;
  if ("share" in condition) return `${Math.round(100 * condition.share)} % of peak`;
  return `at most ${condition.seconds} s`;
}

/** @param {Condition} condition @returns {boolean | null} null where it was not measured */
function holds(condition, unit, { speeds, peakShare }) {
  if (!speeds.ours) return null;
  const ours = speeds.ours.median;
  if ("times" in condition) {
    const peer = speeds[condition.peer];
    return peer ? timesAsFast(unit, ours, peer.median) >= condition.times : null;
  }
  if ("share" in condition) return peakShare === null ? null : peakShare >= condition.share;
  return ours <= condition.seconds;
}

/**
 * @param {import("./rows.mjs").Row} row
 * @param {{ speeds: Record<string, Summary>, peakShare: number | null, roofline: { share: number } | null }} result
 * @returns {{ goal: string | null, met: boolean | null }} met: null where it cannot be told
 */
export function goalOf({ goals, unit }, result) {
  if (goals.length === 0) return { goal: null, met: null };
  const goal = goals.map(describe).join(", ");
  if (result.roofline && result.roofline.share >= nearRoofline) return { goal, met: true };
  const held = new Set(goals.map((condition) => holds(condition, unit, result)));
  if (held.has(false)) return { goal, met: false };
  return { goal, met: held.has(null) ? null : true };
}
