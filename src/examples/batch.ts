/** @file What a network is given at each step, and where it comes from. */

type BatchFrame = {
  time: number;
  rows: number;
  /** [rows]; null where each row has every step. */
  lengths: Int32Array | null;
  /** What should come out: [time · rows] for each step, or [rows]. Classes, -1 where nothing is asked; or numbers. */
  targets: Int32Array | Float32Array;
  /** Whether it goes on where the batch before it ended, row by row, so that the state is carried over. */
  continues: boolean;
};

/** tokens: [time, rows], the step first, so that a whole step lies together. */
export type TokenBatch = BatchFrame & {
  tokens: Int32Array;
  /** The different words of the batch by their characters, where these are read: [longest, words], their lengths [words], and which stands where, [time, rows]. */
  spelling?: { characters: Int32Array; lengths: Int32Array; places: Int32Array };
};

/** numbers: [time, rows, width]. */
export type NumberBatch = BatchFrame & { width: number; numbers: Float32Array };

/** What is read at each step, by its kind. */
export type Batch = TokenBatch | NumberBatch;

/** What a batch holds beside what should come out. */
export type BatchInputs<Kind extends Batch = Batch> = Kind extends Batch ? Omit<Kind, "targets" | "continues"> : never;

/** A source of batches in which a batch is a pure function of its place: a stopped run finds its way back by two numbers. */
export type Examples<Kind extends Batch = Batch> = {
  readonly batchesPerEpoch: number;
  /** What is learned from in an epoch: targets, which for texts are tokens and for labels documents. */
  readonly targetsPerEpoch: number;
  /** @param epoch from 0 @param index 0 … batchesPerEpoch - 1 */
  batch(epoch: number, index: number): Kind;
};

/** Targets that count in a batch. */
export const targetCount = ({ targets }: Batch): number =>
  targets instanceof Float32Array
    ? targets.length
    : targets.reduce((count, target) => (target < 0 ? count : count + 1), 0);
