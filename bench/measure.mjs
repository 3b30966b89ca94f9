/** @file Measures one row: its contenders and the programs that measure the processor's limits take turns, one repetition each. */
import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";
import { ContenderProcess } from "./process.mjs";
import { multiplies, operations, roofline, weightBytes } from "./roofline.mjs";

/** Median, minimum and maximum. @param {number[]} speeds @returns {import("./goals.mjs").Summary} */
export function summary(speeds) {
  const sorted = speeds.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/** How long the use of the processors by other programs is measured. */
const busyIntervalMs = 200;

/** The fraction of the processors that other programs use; no contender runs meanwhile. */
async function busyFraction() {
  const before = cpus();
  await setTimeout(busyIntervalMs);
  const elapsed = cpus().flatMap(({ times }, index) =>
    Object.entries(times).map(([kind, time]) => ({ kind, time: time - before[index].times[kind] })),
  );
  const sum = (entries) => entries.reduce((total, { time }) => total + time, 0);
  return 1 - sum(elapsed.filter(({ kind }) => kind === "idle")) / sum(elapsed);
}

/** Commands of the programs that measure the machine's limits for a row. @param {{ peak: string, bandwidth: string } | null} programs */
function limitsOf(row, threads, programs) {
  if (!programs || !multiplies(row.work)) return {};
  const bytes = weightBytes(row);
  return {
    peak: [programs.peak, String(threads)],
    ...(bytes !== null && { bandwidth: [programs.bandwidth, String(threads), String(bytes)] }),
  };
}

/**
 * @typedef {object} Result
 * @property {Record<string, import("./goals.mjs").Summary>} speeds by contender, in the row's unit
 * @property {Record<string, string>} absent why a contender was not run
 * @property {Record<string, string>} versions
 * @property {number | null} peak GFLOP/s of 32-bit floats
 * @property {number | null} bandwidth GB/s of reading the row's weights, if each step reads them all
 * @property {number | null} peakFraction speed of `ours` as a fraction of the peak
 * @property {{ fraction: number, by: "arithmetic" | "memory" } | null} roofline speed of `ours` as a fraction of the roofline, and the limit that applies
 * @property {number} busy the fraction of the processors that other programs used
 */

/**
 * Measures a row.
 * @param {import("./rows.mjs").Row} row
 * @param {Record<string, import("./contenders.mjs").Contender>} contenders by name; `ours` is this project
 * @param {{ rounds: number, threads: number, programs: { peak: string, bandwidth: string } | null }} options programs: those that measure the machine's limits
 * @returns {Promise<Result>}
 */
export async function measure(row, contenders, { rounds, threads, programs }) {
  const task = { work: row.work, shape: row.shape, threads, seconds: row.seconds ?? 1 };
  const running = new Map();
  const versions = {};
  const absent = {};
  try {
    for (const [name, { commands, missing, variation }] of Object.entries(contenders)) {
      const argument = JSON.stringify(variation ? variation(task) : task);
      const contender = missing === null ? new ContenderProcess([...commands[row.work], argument]) : null;
      try {
        if (!contender) throw new Error(missing);
        versions[name] = await contender.ready();
        running.set(name, contender);
      } catch (error) {
        absent[name] = error.message;
        await contender?.stop();
      }
    }
    const limits = limitsOf(row, threads, programs);
    for (const [name, command] of Object.entries(limits)) {
      running.set(name, new ContenderProcess(command));
      await running.get(name).ready();
    }
    const samples = Object.fromEntries([...running.keys()].map((name) => [name, []]));
    const busy = [];
    for (let round = 0; round < rounds; round++) {
      busy.push(await busyFraction());
      for (const [name, contender] of running) {
        const speed = await contender.repeat();
        samples[name].push(row.unit === "s" && !(name in limits) ? 1 / speed : speed);
      }
    }
    const { peak, bandwidth, ...speeds } = Object.fromEntries(
      Object.entries(samples).map(([name, values]) => [name, summary(values)]),
    );
    const machine = { peak: peak?.median ?? null, bandwidth: bandwidth?.median ?? null };
    return {
      speeds,
      absent,
      versions,
      ...machine,
      ...fractions(row, speeds.ours, machine),
      busy: summary(busy).median,
    };
  } finally {
    await Promise.all([...running.values()].map((contender) => contender.stop()));
  }
}

function fractions(row, ours, machine) {
  if (!ours || machine.peak === null) return { peakFraction: null, roofline: null };
  const { speed, by } = roofline(row, machine);
  return {
    peakFraction: (ours.median * operations(row)) / 1e9 / machine.peak,
    roofline: { fraction: ours.median / speed, by },
  };
}
