/** @file Batches of sequences of similar length, so that there is little padding. */
import { randomStream, shuffle } from "../common/random.js";
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
  const byLength = (left: number, right: number): number => lengthOf(right) - lengthOf(left) || left - right;

  const arrange = (epoch: number): Int32Array[] => {
    const order = Int32Array.from({ length: documents.count }, (_, index) => index);
    if (seed === undefined) return slices(order.toSorted(byLength), rows);
    const random = randomStream(seed, "documents", epoch);
    shuffle(order, random);
    const batches = slices(order, rows * batchesSortedTogether).flatMap((chunk) =>
      slices(chunk.toSorted(byLength), rows),
    );
    return shuffle(batches, random);
  };

  let arranged = { epoch: -1, batches: [] as Int32Array[] };
  const batch = (epoch: number, index: number): Batch => {
    if (arranged.epoch !== epoch) arranged = { epoch, batches: arrange(epoch) };
    return documents.batch(arranged.batches[index]!, longest);
  };
  return {
    batchesPerEpoch: Math.ceil(documents.count / rows),
    targetsPerEpoch: documents.targetsWithin(longest),
    batch,
  };
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

/** A batch of rows of tokens with one target each. */
export const documentBatch = (rows: readonly ArrayLike<number>[], targets: ArrayLike<number>): TokenBatch => ({
  ...tokenInputs(rows),
  targets: Int32Array.from(targets),
  continues: false,
});

const slices = (array: Int32Array, size: number): Int32Array[] =>
  Array.from({ length: Math.ceil(array.length / size) }, (_, index) => array.slice(index * size, (index + 1) * size));
