/** @file One row: all that can do it run side by side, one repetition each in turn, with the processor's peak among them. */
import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";
import { operations } from "./rows.mjs";
import { ContenderProcess } from "./process.mjs";

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

/**
 * @param {import("./rows.mjs").Row} row
 * @param {Record<string, import("./contenders.mjs").Contender>} contenders ours among them
 * @param {{ rounds: number, threads: number, peak: string | null }} options peak: the program that measures it
 * @returns units a second by contender, why others are absent, versions, GFLOP/s of the peak, ours as a share of it, and the share of the processors that others used
 */
export async function measure(row, contenders, { rounds, threads, peak }) {
  const argument = JSON.stringify({ work: row.work, shape: row.shape, threads });
  const running = new Map();
  const versions = {};
  const absent = {};
  try {
    for (const [name, { command, missing, works }] of Object.entries(contenders)) {
      if (works && !works.includes(row.work)) continue;
      const contender = missing === null ? new ContenderProcess(command, argument) : null;
      try {
        if (!contender) throw new Error(missing);
        versions[name] = await contender.ready();
        running.set(name, contender);
      } catch (error) {
        absent[name] = error.message;
        await contender?.stop();
      }
    }
    if (peak) {
      running.set("peak", new ContenderProcess([peak], String(threads)));
      await running.get("peak").ready();
    }
    const speeds = Object.fromEntries([...running.keys()].map((name) => [name, []]));
    const busy = [];
    for (let round = 0; round < rounds; round++) {
      busy.push(await busyShare());
      for (const [name, contender] of running) speeds[name].push(await contender.repeat());
    }
    const { peak: ofPeak, ...others } = Object.fromEntries(
      Object.entries(speeds).map(([name, values]) => [name, summary(values)]),
    );
    return {
      speeds: others,
      absent,
      versions,
      peak: ofPeak?.median ?? null,
      share: ofPeak && others.ours ? (others.ours.median * operations(row)) / 1e9 / ofPeak.median : null,
      busy: summary(busy).median,
    };
  } finally {
    await Promise.all([...running.values()].map((contender) => contender.stop()));
  }
}
