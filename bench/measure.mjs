/** @file Measures one row: its contenders and the programs that measure the processor's limits take turns, one repetition each. */
import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";
import { relativeSpeed } from "./goals.mjs";
import { ContenderProcess } from "./process.mjs";
import { multiplies, operations, roofline, weightBytes } from "./roofline.mjs";

/** Median, minimum and maximum. @param {number[]} speeds @returns {import("./goals.mjs").Summary} */
export function summary(speeds) {
  const sorted = speeds.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/** A repetition during which other programs use more than this fraction of the processors is repeated … */
export const maxBusyFraction = 0.1;
/** … at most this often per row, times the number of contenders. */
const maxRepeated = 2;
/** How long a row waits for other programs to end, in milliseconds. */
const maxWaitMs = 20_000;
/** The load is measured over this time. */
const busyIntervalMs = 200;

const msPerSecond = 1000;

/** Seconds of all processors since the start, by kind of use. */
function processorTimes() {
  const all = cpus().map(({ times }) => times);
  const total = all.reduce((sum, times) => sum + Object.values(times).reduce((part, ms) => part + ms, 0), 0);
  const idle = all.reduce((sum, { idle: ms }) => sum + ms, 0);
  return { total: total / msPerSecond, used: (total - idle) / msPerSecond };
}

/**
 * The load that other programs cause while a contender works.
 * @template Result
 * @param {ContenderProcess} contender
 * @param {() => Promise<Result>} action
 * @returns {Promise<{ result: Result, busy: number }>} busy: the fraction of the processors that other programs used; 0 where the system does not tell
 */
export async function loadDuring(contender, action) {
  const [before, ownBefore] = [processorTimes(), contender.processorSeconds()];
  const result = await action();
  const [after, own] = [processorTimes(), contender.processorSeconds()];
  if (own === null || ownBefore === null) return { result, busy: 0 };
  const others = after.used - before.used - (own - ownBefore);
  return { result, busy: Math.max(0, others / (after.total - before.total)) };
}

/** @returns {Promise<{ speed: number, busy: number }>} */
async function repetition(contender) {
  const { result, busy } = await loadDuring(contender, () => contender.repeat());
  return { speed: result, busy };
}

/**
 * A repetition without other load as far as possible: it waits for the other programs, and a disturbed one is repeated.
 * @param {{ repetitions: number, waitMs: number }} budget that is left
 * @returns the least disturbed repetition
 */
async function undisturbed(contender, budget) {
  await waitForOthers(budget);
  let best = await repetition(contender);
  while (best.busy > maxBusyFraction && budget.repetitions > 0) {
    budget.repetitions--;
    await waitForOthers(budget);
    const next = await repetition(contender);
    if (next.busy < best.busy) best = next;
  }
  return best;
}

/** Waits until other programs leave the processors alone, or until the budget is used up. */
async function waitForOthers(budget) {
  while (budget.waitMs > 0) {
    const before = processorTimes();
    await setTimeout(busyIntervalMs);
    const after = processorTimes();
    if (after.used - before.used <= maxBusyFraction * (after.total - before.total)) return;
    budget.waitMs -= busyIntervalMs;
  }
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
 * @property {Record<string, import("./goals.mjs").Summary>} [ratios] speed of `ours` relative to each other contender, repetition by repetition; absent in results from before 2026-11-29
 * @property {string} [date] YYYY-MM-DD; absent in results from before 2026-11-29
 * @property {number} [rounds] repetitions; absent in results from before 2026-11-29
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
    const budget = { repetitions: maxRepeated * running.size, waitMs: maxWaitMs };
    const disturbances = [];
    for (let round = 0; round < rounds; round++) {
      for (const [name, contender] of running) {
        const { speed, busy } = await undisturbed(contender, budget);
        samples[name].push(row.unit === "s" && !(name in limits) ? 1 / speed : speed);
        disturbances.push(busy);
      }
    }
    const { peak, bandwidth, ...bySpeed } = samples;
    const speeds = mapValues(bySpeed, summary);
    const machine = { peak: peak ? summary(peak).max : null, bandwidth: bandwidth ? summary(bandwidth).max : null }; // other programs only lower them
    const { ours, ...others } = bySpeed;
    return {
      speeds,
      ratios: ours
        ? mapValues(others, (values) =>
            summary(values.map((value, round) => relativeSpeed(row.unit, ours[round], value))),
          )
        : {},
      absent,
      versions,
      ...machine,
      ...fractions(row, speeds.ours, machine),
      busy: summary(disturbances).median,
      date: new Date().toISOString().slice(0, 10),
      rounds,
    };
  } finally {
    await Promise.all([...running.values()].map((contender) => contender.stop()));
  }
}

const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/** The peak is that of 32-bit floats, so that a row in another precision has no fractions. */
function fractions(row, ours, machine) {
  if (!ours || machine.peak === null || row.shape.precision) return { peakFraction: null, roofline: null };
  const { speed, by } = roofline(row, machine);
  return {
    peakFraction: (ours.median * operations(row)) / 1e9 / machine.peak,
    roofline: { fraction: ours.median / speed, by },
  };
}
