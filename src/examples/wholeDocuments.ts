/** @file Documents of a generator: each starts from the initial state after an end token, and its own end is its last target. */
import { randomStream, shuffle } from "../common/random.js";
import { endId } from "../tokenizers/specialTokens.js";
import type { Batch, Examples } from "./batch.js";
import { numbersTo, shuffleSorted, sortLongestFirst } from "./arrangement.js";
import { batchesSortedTogether } from "./documentExamples.js";
import { GrowingNumbers } from "./growingNumbers.js";
import type { Sequence } from "./tokenStore.js";

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
export function wholeDocuments(tokens: Sequence, { rows, time, seed }: WholeDocumentOptions): Examples {
  const { starts, lengths } = piecesOf(tokens, Math.max(rows * time, Math.ceil(tokens.length / rows)));
  const lengthOf = (piece: number): number => lengths.at(piece);
  const batchesOf = (piece: number): number => Math.ceil(lengthOf(piece) / time);
  const pieces = numbersTo(lengths.length);
  const short = pieces.filter((piece) => lengthOf(piece) <= time);
  const long = pieces.filter((piece) => lengthOf(piece) > time);
  const shortTokens = short.reduce((sum, piece) => sum + lengthOf(piece), 0);
  const shortRows = Math.max(rows, Math.floor((rows * time * short.length) / shortTokens) || 0);

  const longGroups = Math.ceil(long.length / rows);
  const groupCount = longGroups + Math.ceil(short.length / shortRows);

  /** The pieces of an epoch, and the group and the first step of each batch. The numbers of batches of all groups are the same in each epoch, up to their order. */
  const arrange = (epoch: number): Arranged => {
    const random = seed === undefined ? null : randomStream(seed, "documents", epoch);
    const order = new Int32Array(pieces.length);
    const longOrder = order.subarray(0, long.length);
    longOrder.set(long);
    if (random) shuffle(longOrder, random);
    longOrder.sort((left, right) => batchesOf(right) - batchesOf(left));
    for (let start = 0; start < long.length; start += rows)
      sortLongestFirst(longOrder.subarray(start, start + rows), lengthOf);
    const shortOrder = order.subarray(long.length);
    shortOrder.set(short);
    if (random) shuffleSorted(shortOrder, { random, size: shortRows * batchesSortedTogether, lengthOf });
    else sortLongestFirst(shortOrder, lengthOf);
    const groups = numbersTo(groupCount);
    if (random) shuffle(groups, random);
    return { epoch, order, ...batchesIn(groups, (group) => batchesOf(groupOf(order, group)[0]!)) };
  };
  /** The pieces of a group, which are read side by side. */
  const groupOf = (order: Int32Array, group: number): Int32Array => {
    if (group < longGroups) return order.subarray(group * rows, Math.min((group + 1) * rows, long.length));
    const start = long.length + (group - longGroups) * shortRows;
    return order.subarray(start, start + shortRows);
  };

  let arranged = arrange(0);
  const batchesPerEpoch = arranged.groups.length;
  const batch = (epoch: number, index: number): Batch => {
    const wanted = seed === undefined ? 0 : epoch;
    if (arranged.epoch !== wanted) arranged = arrange(wanted);
    const group = groupOf(arranged.order, arranged.groups[index]!);
    const first = arranged.firstBatches[index]! * time;
    const stepsOf = (piece: number): number => Math.min(time, Math.max(0, lengthOf(piece) - first));
    const steps = stepsOf(group[0]!);
    const inputs = new Int32Array(steps * group.length);
    const targets = new Int32Array(steps * group.length).fill(-1);
    for (const [row, piece] of group.entries()) {
      const start = starts.at(piece) + first;
      const before = Math.min(start, 1); // the first document has no token before it
      const read = tokens.slice(start - before, start + stepsOf(piece));
      for (let step = 0, at = row; step < stepsOf(piece); step++, at += group.length) {
        inputs[at] = read[step + before - 1] ?? endId;
        targets[at] = read[step + before]!;
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
  const continuing = arranged.firstBatches.map((first) => Math.min(first, 1));
  return { batchesPerEpoch, targetsPerEpoch: tokens.length, batch, continues: (index) => continuing[index] === 1 };
}

type Arranged = { epoch: number; order: Int32Array; groups: Int32Array; firstBatches: Int32Array };

/** The group of each batch, and its number among the batches of its group. */
function batchesIn(
  groups: Int32Array,
  batchesOf: (group: number) => number,
): Pick<Arranged, "groups" | "firstBatches"> {
  const count = groups.reduce((sum, group) => sum + batchesOf(group), 0);
  const batches = { groups: new Int32Array(count), firstBatches: new Int32Array(count) };
  let at = 0;
  for (const group of groups) {
    for (let batch = 0; batch < batchesOf(group); batch++, at++) {
      batches.groups[at] = group;
      batches.firstBatches[at] = batch;
    }
  }
  return batches;
}

const scannedTogether = 1 << 16;

/** The first target of each piece and its number of targets: a document with its end, or an equal share of one that is longer than `longest`. */
function piecesOf(tokens: Sequence, longest: number): { starts: GrowingNumbers; lengths: GrowingNumbers } {
  const starts = new GrowingNumbers(Float64Array);
  const lengths = new GrowingNumbers(Int32Array);
  const add = (begin: number, end: number): void => {
    const share = Math.ceil((end - begin) / Math.ceil((end - begin) / longest));
    for (let start = begin; start < end; start += share) {
      starts.push(start);
      lengths.push(Math.min(share, end - start));
    }
  };
  let begin = 0;
  for (let first = 0; first < tokens.length; first += scannedTogether) {
    const scanned = tokens.slice(first, first + scannedTogether);
    for (let at = scanned.indexOf(endId); at !== -1; at = scanned.indexOf(endId, at + 1)) {
      add(begin, first + at + 1);
      begin = first + at + 1;
    }
  }
  add(begin, tokens.length);
  return { starts, lengths };
}
