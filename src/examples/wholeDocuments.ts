/** @file Documents of a generator: each starts from the initial state after an end token, and its own end is its last target. */
import { randomStream, shuffle } from "../common/random.js";
import { endId } from "../tokenizers/specialTokens.js";
import type { Batch, Examples } from "./batch.js";
import { batchesSortedTogether } from "./documentExamples.js";
import type { TokenArray } from "./tokenDocuments.js";

export type WholeDocumentOptions = {
  /** Rows of a batch of `time` steps; a batch of shorter documents has more, up to the same number of tokens. */
  rows: number;
  /** The most steps of a batch; a longer document continues in the next batch, with its state. */
  time: number;
  /** Default: every epoch in the same order, for evaluation. */
  seed?: number;
};

/**
 * Each token is a target exactly once in an epoch. Rows of a batch have similar lengths, the longest first. A document that is longer than a batch's
 * tokens, and than a row's share of all tokens, is cut into rows that start from the initial state, as a stream is.
 * @param tokens documents with an end token after each
 */
export function wholeDocuments(tokens: TokenArray, { rows, time, seed }: WholeDocumentOptions): Examples {
  const { starts, lengths } = piecesOf(tokens, Math.max(rows * time, Math.ceil(tokens.length / rows)));
  const batchesOf = (piece: number): number => Math.ceil(lengths[piece]! / time);
  const pieces = Int32Array.from(starts, (_, piece) => piece);
  const short = pieces.filter((piece) => lengths[piece]! <= time);
  const long = pieces.filter((piece) => lengths[piece]! > time);
  const shortTokens = short.reduce((sum, piece) => sum + lengths[piece]!, 0);
  const shortRows = Math.max(rows, Math.floor((rows * time * short.length) / shortTokens) || 0);
  const longestFirst = (left: number, right: number): number => lengths[right]! - lengths[left]! || left - right;

  /** The pieces of each group, which are read side by side. The numbers of batches of all groups are the same in each epoch, up to their order. */
  const groupsOf = (epoch: number): Int32Array[] => {
    const random = seed === undefined ? null : randomStream(seed, "documents", epoch);
    const shuffled = (some: Int32Array): Int32Array => (random ? shuffle(some.slice(), random) : some);
    const sortedTogether = random ? shortRows * batchesSortedTogether : short.length;
    const groups = [
      ...slices(
        shuffled(long).toSorted((left, right) => batchesOf(right) - batchesOf(left)),
        rows,
      ),
      ...slices(shuffled(short), sortedTogether).flatMap((some) => slices(some.toSorted(longestFirst), shortRows)),
    ].map((group) => group.toSorted(longestFirst));
    return random ? shuffle(groups, random) : groups;
  };
  /** The group and the first step of each batch. */
  const arrange = (epoch: number): { group: Int32Array; first: number }[] =>
    groupsOf(epoch).flatMap((group) =>
      Array.from({ length: batchesOf(group[0]!) }, (_, index) => ({ group, first: index * time })),
    );

  let arranged = { epoch: 0, batches: arrange(0) };
  const batchesPerEpoch = arranged.batches.length;
  const batch = (epoch: number, index: number): Batch => {
    const wanted = seed === undefined ? 0 : epoch;
    if (arranged.epoch !== wanted) arranged = { epoch: wanted, batches: arrange(wanted) };
    const { group, first } = arranged.batches[index]!;
    const stepsOf = (piece: number): number => Math.min(time, Math.max(0, lengths[piece]! - first));
    const steps = stepsOf(group[0]!);
    const inputs = new Int32Array(steps * group.length);
    const targets = new Int32Array(steps * group.length).fill(-1);
    for (const [row, piece] of group.entries()) {
      const start = starts[piece]! + first;
      for (let step = 0, at = row; step < stepsOf(piece); step++, at += group.length) {
        inputs[at] = tokens[start + step - 1] ?? endId;
        targets[at] = tokens[start + step]!;
      }
    }
    const rowSteps = Int32Array.from(group, stepsOf);
    return {
      time: steps,
      rows: group.length,
      tokens: inputs,
      lengths: rowSteps.every((length) => length === steps) ? null : rowSteps,
      targets,
      continues: first > 0,
    };
  };
  return { batchesPerEpoch, targetsPerEpoch: tokens.length, batch };
}

/** The first target of each piece and its number of targets: a document with its end, or an equal share of one that is longer than `longest`. */
function piecesOf(tokens: TokenArray, longest: number): { starts: number[]; lengths: number[] } {
  const starts: number[] = [];
  const lengths: number[] = [];
  for (let start = 0; start < tokens.length;) {
    const found = tokens.indexOf(endId, start);
    const end = found === -1 ? tokens.length : found + 1;
    const share = Math.ceil((end - start) / Math.ceil((end - start) / longest));
    for (; start < end; start += share) {
      starts.push(start);
      lengths.push(Math.min(share, end - start));
    }
    start = end;
  }
  return { starts, lengths };
}

/** Slices of nearly equal length, at most `size`. */
function slices(array: Int32Array, size: number): Int32Array[] {
  const count = Math.ceil(array.length / size);
  return Array.from({ length: count }, (_, index) =>
    array.slice(Math.floor((index * array.length) / count), Math.floor(((index + 1) * array.length) / count)),
  );
}
