/** @file How speed changes with each dimension of a network and of a batch, beside PyTorch. */
import { availableParallelism } from "node:os";
import { contendersOf } from "./contenders.mjs";
import { measure } from "./measure.mjs";
import { markdownTable, rounded } from "./table.mjs";

const characters = { vocabulary: 65, embedding: 64, units: [256, 256], batch: 32, steps: 64, optimizer: "adam" };
const words = { vocabulary: 10_000, embedding: 200, units: [200, 200], batch: 20, steps: 20, optimizer: "adam" };

/** From 1 to all processors in doublings. */
const threadCounts = () => {
  const all = availableParallelism();
  const counts = Array.from({ length: Math.ceil(Math.log2(all)) }, (_, power) => 2 ** power);
  return [...counts, all];
};

/**
 * What grows, from which shape, to what.
 * @type {Record<string, { base: import("./rows.mjs").Shape, about: string, values: number[], grow?: (value: number) => Partial<import("./rows.mjs").Shape> }>}
 */
export const dimensions = {
  units: {
    base: characters,
    about: "2 layers, 65 characters, batch 32, 64 steps",
    values: [64, 128, 256, 512, 1024],
    grow: (units) => ({ units: [units, units] }),
  },
  vocabulary: {
    base: words,
    about: "2 × 200, batch 20, 20 steps",
    values: [1000, 3000, 10_000, 30_000, 100_000],
    grow: (vocabulary) => ({ vocabulary }),
  },
  steps: {
    base: characters,
    about: "2 × 256, 65 characters, batch 32",
    values: [16, 32, 64, 128, 256, 512],
    grow: (steps) => ({ steps }),
  },
  batch: {
    base: characters,
    about: "2 × 256, 65 characters, 64 steps",
    values: [1, 4, 16, 64, 256],
    grow: (batch) => ({ batch }),
  },
  threads: { base: characters, about: "2 × 256, 65 characters, batch 32, 64 steps", values: threadCounts() },
};

/** @typedef {{ value: number, speeds: Record<string, number> }} Point tokens a second by contender */

/**
 * @param {string} name of a dimension
 * @param {{ rounds: number, threads: number, withPeers: boolean }} options
 * @returns {AsyncGenerator<Point>}
 */
export async function* grow(name, { rounds, threads, withPeers }) {
  const { base, values, grow: grown } = dimensions[name];
  for (const value of values) {
    const row = {
      work: "train",
      unit: "tokens/s",
      shape: { ...base, ...grown?.(value) },
      goals: [],
      beside: ["pytorch"],
    };
    const count = name === "threads" ? value : threads;
    const { speeds } = await measure(row, contendersOf(row, { withPeers, others: {} }), {
      rounds,
      threads: count,
      programs: null,
    });
    yield { value, speeds: Object.fromEntries(Object.entries(speeds).map(([who, { median }]) => [who, median])) };
  }
}

const shown = (speed) => (speed === undefined ? "–" : rounded(speed).toLocaleString("en-US"));

/** @param {Record<string, Point[]>} growth by dimension */
export function growthTable(growth) {
  const lines = Object.entries(growth).flatMap(([name, points]) =>
    points.map(({ value, speeds: { ours, pytorch } }) => [
      name,
      value.toLocaleString("en-US"),
      shown(ours),
      shown(pytorch),
      ours && pytorch ? `${(ours / pytorch).toFixed(2)} ×` : "–",
    ]),
  );
  return markdownTable([["dimension", "value", "ours, tokens/s", "pytorch", "ours is"], ...lines]).join("\n");
}
