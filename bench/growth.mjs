/** @file Measures how the training speed of rnn and PyTorch scales with each dimension of the network and the batch. */
import { availableParallelism } from "node:os";
import { contendersOf } from "./contenders.mjs";
import { measure } from "./measure.mjs";
import { markdownTable, rounded } from "./table.mjs";

const characters = { vocabulary: 65, embedding: 64, units: [256, 256], batch: 32, steps: 64, optimizer: "adam" };
const words = { vocabulary: 10_000, embedding: 200, units: [200, 200], batch: 20, steps: 20, optimizer: "adam" };

/** 1, 2, 4, … up to the number of processors. */
const threadCounts = () => {
  const all = availableParallelism();
  const counts = Array.from({ length: Math.ceil(Math.log2(all)) }, (_, power) => 2 ** power);
  return [...counts, all];
};

/**
 * The dimensions: their titles, the other sizes, and the values that are measured.
 * @type {Record<string, { title: string, base: import("./rows.mjs").Shape, about: string, values: number[], grow?: (value: number) => Partial<import("./rows.mjs").Shape> }>}
 */
export const dimensions = {
  units: {
    title: "units",
    base: characters,
    about: "2 layers, 65 characters, batch 32, length 64",
    values: [64, 128, 256, 512, 1024],
    grow: (units) => ({ units: [units, units] }),
  },
  vocabulary: {
    title: "vocabulary",
    base: words,
    about: "2 × 200, batch 20, length 20",
    values: [1000, 3000, 10_000, 30_000, 100_000],
    grow: (vocabulary) => ({ vocabulary }),
  },
  steps: {
    title: "sequence length",
    base: characters,
    about: "2 × 256, 65 characters, batch 32",
    values: [16, 32, 64, 128, 256, 512],
    grow: (steps) => ({ steps }),
  },
  batch: {
    title: "batch size",
    base: characters,
    about: "2 × 256, 65 characters, length 64",
    values: [1, 4, 16, 64, 256],
    grow: (batch) => ({ batch }),
  },
  threads: {
    title: "threads",
    base: characters,
    about: "2 × 256, 65 characters, batch 32, length 64",
    values: threadCounts(),
  },
};

/**
 * @typedef {{ value: number, speeds: Record<string, number>, versions?: Record<string, string>, busy?: number, date?: string }} Point
 *   speeds: tokens per second by contender; versions, busy, date: as in Result
 */

/**
 * Measures the points of a dimension.
 * @param {string} name of the dimension
 * @param {{ values?: number[], rounds: number, threads: number, withPeers: boolean }} options values: only these of the dimension's own
 * @returns {AsyncGenerator<Point>}
 */
export async function* grow(name, { values: wanted, rounds, threads, withPeers }) {
  const { base, values, grow: grown } = dimensions[name];
  for (const value of values.filter((one) => wanted?.includes(one) ?? true)) {
    const row = {
      work: "train",
      unit: "tokens/s",
      shape: { ...base, ...grown?.(value) },
      goals: [],
      comparedWith: ["pytorch"],
    };
    const count = name === "threads" ? value : threads;
    const { speeds, versions, busy, date } = await measure(row, contendersOf(row, { withPeers, others: {} }), {
      rounds,
      threads: count,
      programs: null,
    });
    yield {
      value,
      speeds: Object.fromEntries(Object.entries(speeds).map(([contender, { median }]) => [contender, median])),
      versions,
      busy,
      date,
    };
  }
}

const shown = (speed) => (speed === undefined ? "–" : rounded(speed).toLocaleString("en-US"));

/** The points as a table in Markdown. @param {Record<string, Point[]>} growth points by dimension */
export function growthTable(growth) {
  const lines = Object.entries(growth).flatMap(([name, points]) =>
    points.map(({ value, speeds: { ours, pytorch } }) => [
      dimensions[name].title,
      value.toLocaleString("en-US"),
      shown(ours),
      shown(pytorch),
      ours && pytorch ? `${(ours / pytorch).toFixed(2)} ×` : "–",
    ]),
  );
  return markdownTable([["dimension", "value", "rnn, tokens/s", "pytorch, tokens/s", "relative speed"], ...lines]).join(
    "\n",
  );
}
