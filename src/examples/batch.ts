/** @file Batches, and the sources of batches. */

import { randomStream } from "../common/random.js";
import { unknownId } from "../tokenizers/specialTokens.js";

type BatchFrame = {
  time: number;
  rows: number;
  /** [rows]; null if all rows have the full length. */
  lengths: Int32Array | null;
  /** [time · rows] for each step, or [rows]. Class ids, -1 for no target; or numbers. With `labels`: [rows · labels], 1 for a label that the row has, else 0. */
  targets: Int32Array | Float32Array;
  /** The number of labels of which each row has any. */
  labels?: number;
  /** Whether each row continues the same row of the previous batch, so that the state is carried over. */
  continues: boolean;
  /** Of another corpus, which has its own carried state (see `withReplay`). */
  replayed?: true;
  /** [rows], the index of each row's document in its part; of documents alone. */
  documents?: Int32Array;
  /** [documents], the rows of each document, of which all are chunks: then targets and documents are those of documents, not of rows. */
  chunks?: Int32Array;
  /** In knowledge distillation: what the network that learns is compared with beside the targets. */
  teacher?: TeacherLogits;
};

/** logits: [targets · classes], of another network; temperature and alpha as in `distillationLoss`. */
export type TeacherLogits = { logits: Float32Array; temperature: number; alpha: number };

/** tokens: [time, rows], time-major. */
export type TokenBatch = BatchFrame & {
  tokens: Int32Array;
  /** The characters of the distinct words: ids [longest, words], lengths [words], and the index of the word at each position [time, rows]. */
  spelling?: { characters: Int32Array; lengths: Int32Array; positions: Int32Array };
  /** The numbers beside each text, standardized: [rows, columns]. */
  textNumbers?: Float32Array;
};

/** numbers: [time, rows, width]. */
export type NumberBatch = BatchFrame & { width: number; numbers: Float32Array };

/** A batch by its kind of input. */
export type Batch = TokenBatch | NumberBatch;

/** A batch without its targets. */
export type BatchInputs<Kind extends Batch = Batch> = Kind extends Batch
  ? Omit<Kind, "targets" | "labels" | "continues" | "replayed" | "documents" | "chunks" | "teacher">
  : never;

/** A source of batches. A batch is a pure function of its epoch and index, so that a run resumes from these two numbers. */
export type Examples<Kind extends Batch = Batch> = {
  readonly batchesPerEpoch: number;
  /** Targets in an epoch: tokens of a generator, words of a tagger, documents of other tasks. */
  readonly targetsPerEpoch: number;
  /** @param epoch from 0 @param index 0 … batchesPerEpoch - 1 */
  batch(epoch: number, index: number): Kind;
  /** Whether a batch of the first epoch continues the one before it. Default: none does. */
  continues?(index: number): boolean;
};

/** The number of targets in a batch, without those that are -1. */
export const targetCount = ({ targets, labels = 1 }: Batch): number =>
  targets instanceof Float32Array
    ? targets.length / labels
    : targets.reduce((count, target) => (target < 0 ? count : count + 1), 0);

export type WordDropoutOptions = {
  /** The fraction of input tokens that are replaced by the unknown token, 0 … 1. */
  wordDropout: number;
  seed: number;
};

/** The batch with word dropout: the same for the same seed and step. */
export function withWordDropout(batch: Batch, { wordDropout, seed }: WordDropoutOptions, step: number): Batch {
  if (wordDropout === 0 || !("tokens" in batch)) return batch;
  const random = randomStream(seed, "words", step);
  return { ...batch, tokens: batch.tokens.map((token) => (random() < wordDropout ? unknownId : token)) };
}

/**
 * Mixes batches of another corpus into those of a run, at equal distances. Each corpus is read in its own order, over as many of its epochs as it takes; an
 * epoch is, within half a batch, one of the run's own corpus with the batches that are mixed in.
 * @param fraction of all batches, 0 … 1
 */
export function withReplay(examples: Examples, replayed: Examples, fraction: number): Examples {
  const batchesPerEpoch = Math.max(1, Math.round(examples.batchesPerEpoch / (1 - fraction)));
  const batch = (epoch: number, index: number): Batch => {
    const position = epoch * batchesPerEpoch + index;
    const before = Math.floor(position * fraction); // replayed batches before this one
    const isReplayed = Math.floor((position + 1) * fraction) > before;
    return isReplayed ? { ...batchAt(replayed, before), replayed: true } : batchAt(examples, position - before);
  };
  return { batchesPerEpoch, targetsPerEpoch: examples.targetsPerEpoch, batch };
}

/** A batch by its place in all epochs of its corpus, from 0. */
const batchAt = (examples: Examples, position: number): Batch =>
  examples.batch(Math.floor(position / examples.batchesPerEpoch), position % examples.batchesPerEpoch);
