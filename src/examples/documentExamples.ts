/** @file Batches of sequences of similar length, so that there is little padding. */
import { randomStream, shuffle } from "../common/random.js";
import { numbersTo, shuffleSorted, sortLongestFirst } from "./arrangement.js";
import type { Batch, BatchInputs, Examples, TokenBatch } from "./batch.js";
import { lengthsOf, type Sequences } from "./sequences.js";

export type DocumentOptions = {
  rows: number;
  /** Documents are cut to this number of steps. */
  longest: number;
  /** Default: every epoch in order of length, for evaluation. */
  seed?: number;
};

/** Documents of this number of batches are sorted by length together: more give less padding, fewer give more varied batches. */
export const batchesSortedTogether = 50;

export function documentExamples(documents: Sequences, { rows, longest, seed }: DocumentOptions): Examples {
  const lengthOf = (index: number): number => Math.min(longest, documents.lengthOf(index));
  const batchesPerEpoch = Math.ceil(documents.count / rows);

  /** The sequences of an epoch, and the order of its batches, which are neighbors in it. */
  const arrange = (epoch: number): { order: Int32Array; batches: Int32Array } => {
    const order = numbersTo(documents.count);
    const batches = numbersTo(batchesPerEpoch);
    if (seed === undefined) sortLongestFirst(order, lengthOf);
    else {
      const random = randomStream(seed, "documents", epoch);
      shuffleSorted(order, { random, size: rows * batchesSortedTogether, lengthOf });
      shuffle(batches, random);
    }
    return { order, batches };
  };

  let arranged = { epoch: -1, order: numbersTo(0), batches: numbersTo(0) };
  const batch = (epoch: number, index: number): Batch => {
    const wanted = seed === undefined ? 0 : epoch;
    if (arranged.epoch !== wanted) arranged = { epoch: wanted, ...arrange(wanted) };
    const first = arranged.batches[index]! * rows;
    const chosen = arranged.order.subarray(first, first + rows);
    return { ...documents.batch(chosen, longest), documents: chosen };
  };
  return { batchesPerEpoch, targetsPerEpoch: documents.targetsWithin(longest), batch };
}

/** @param rows the tokens of each row; padded at the end; the padding is never read */
export function tokenInputs(rows: readonly ArrayLike<number>[]): BatchInputs<TokenBatch> {
  const { time, lengths } = lengthsOf(rows.map(({ length }) => length));
  const tokens = new Int32Array(time * rows.length);
  for (const [row, ids] of rows.entries()) {
    for (let step = 0; step < ids.length; step++) tokens[step * rows.length + row] = ids[step]!;
  }
  return { time, rows: rows.length, tokens, lengths };
}

/** The tokens of each row of a batch, without its padding. @throws TypeError for rows of numbers */
export function tokenRows(batch: BatchInputs): Int32Array[] {
  if (!("tokens" in batch)) throw new TypeError("expected tokens, not rows of numbers");
  const { time, rows, tokens, lengths } = batch;
  return Array.from({ length: rows }, (_, row) => {
    const ids = new Int32Array(lengths?.[row] ?? time);
    for (let step = 0; step < ids.length; step++) ids[step] = tokens[step * rows + row]!;
    return ids;
  });
}

/** A batch of rows of tokens with one target each. */
export const documentBatch = (rows: readonly ArrayLike<number>[], targets: ArrayLike<number>): TokenBatch => ({
  ...tokenInputs(rows),
  targets: Int32Array.from(targets),
  continues: false,
});
