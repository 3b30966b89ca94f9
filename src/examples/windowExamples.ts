/** @file n-gram windows of a text, shuffled: some tokens, and the target token that follows them. */
import { randomStream, shuffle } from "../common/random.js";
import type { Batch, Examples } from "./batch.js";
import { documentBatch } from "./documentExamples.js";
import type { Sequence } from "./tokenStore.js";

export type WindowOptions = {
  rows: number;
  /** Tokens in a window. */
  time: number;
  /** Whether the shorter prefixes of the text are examples too. */
  prefixes: boolean;
  /** Default: in order, for evaluation. */
  seed?: number;
};

/** Every token with enough text before it is a target exactly once in an epoch. */
export function windowExamples(tokens: Sequence, { rows, time, prefixes, seed }: WindowOptions): Examples {
  const first = prefixes ? 1 : Math.min(time, tokens.length - 1);
  const count = Math.max(0, tokens.length - first);

  let arranged: { epoch: number; order: Int32Array } = { epoch: -1, order: new Int32Array(0) };
  const orderOf = (epoch: number): Int32Array => {
    const order = Int32Array.from({ length: count }, (_, index) => first + index);
    return seed === undefined ? order : shuffle(order, randomStream(seed, "windows", epoch));
  };
  const batch = (epoch: number, index: number): Batch => {
    const wanted = seed === undefined ? 0 : epoch;
    if (arranged.epoch !== wanted) arranged = { epoch: wanted, order: orderOf(wanted) };
    const positions = arranged.order.subarray(index * rows, (index + 1) * rows);
    const windows = Array.from(positions, (position) => tokens.slice(Math.max(0, position - time), position + 1));
    return documentBatch(
      windows.map((window) => window.subarray(0, -1)),
      windows.map((window) => window.at(-1)!),
    );
  };
  return { batchesPerEpoch: Math.ceil(count / rows), targetsPerEpoch: count, batch };
}
