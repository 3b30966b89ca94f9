/** @file One row: all that can do it run side by side, one repetition each in turn, with the processor's limits among them. */
import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";
import { ContenderProcess } from "./process.mjs";
import { multiplies, operations, roofline, weightBytes } from "./roofline.mjs";

/** @param {number[]} speeds */
export function summary(speeds) {
  const sorted = speeds.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
  return { median, least: sorted[0], most: sorted.at(-1) };
}

/** How long one listens to what others do on the machine, in milliseconds. */
const listening = 200;

/** Share of the processors that others use, while no contender runs. */
async function busyShare() {
  const before = cpus();
  await setTimeout(listening);
  const spent = cpus().flatMap(({ times }, index) =>
    Object.entries(times).map(([kind, time]) => ({ kind, time: time - before[index].times[kind] })),
  );
  const sum = (entries) => entries.reduce((total, { time }) => total + time, 0);
  return 1 - sum(spent.filter(({ kind }) => kind === "idle")) / sum(spent);
}

/** The programs that measure what the machine can do at such a row. @param {{ peak: string, bandwidth: string } | null} programs */
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
 * @property {Record<string, import("./goals.mjs").Summary>} speeds units a second by contender; seconds where the unit is one
 * @property {Record<string, string>} absent why others are not among them
 * @property {Record<string, string>} versions
 * @property {number | null} peak GFLOP/s of 32-bit floats
 * @property {number | null} bandwidth GB/s of reading the row's weights, where each step reads them all
 * @property {number | null} peakShare ours as a share of the peak
 * @property {{ share: number, by: "arithmetic" | "memory" } | null} roofline ours as a share of what the machine allows at the most
 * @property {number} busy the share of the processors that others used
 */

/**
 * @param {import("./rows.mjs").Row} row
 * @param {Record<string, import("./contenders.mjs").Contender>} contenders ours among them
 * @param {{ rounds: number, threads: number, programs: { peak: string, bandwidth: string } | null }} options programs: what measures the machine
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
      busy.push(await busyShare());
      for (const [name, contender] of running) {
        const speed = await contender.repeat();
        samples[name].push(row.unit === "s" && !(name in limits) ? 1 / speed : speed);
      }
    }
    const { peak, bandwidth, ...speeds } = Object.fromEntries(
      Object.entries(samples).map(([name, values]) => [name, summary(values)]),
    );
    const machine = { peak: peak?.median ?? null, bandwidth: bandwidth?.median ?? null };
    return { speeds, absent, versions, ...machine, ...shares(row, speeds.ours, machine), busy: summary(busy).median };
  } finally {
    await Promise.all([...running.values()].map((contender) => contender.stop()));
  }
}

function shares(row, ours, machine) {
  if (!ours || machine.peak === null) return { peakShare: null, roofline: null };
  const { speed, by } = roofline(row, machine);
  return {
    peakShare: (ours.median * operations(row)) / 1e9 / machine.peak,
    roofline: { share: ours.median / speed, by },
  };
}
