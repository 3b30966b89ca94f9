/** @file What a network is given at each step, and where it comes from. */

export type Batch = {
  time: number;
  rows: number;
  /** [time, rows]: the step first, so that a whole step lies together. */
  tokens: Int32Array;
  /** [rows]; null where each row has every step. */
  lengths: Int32Array | null;
  /** What should come out: [time · rows] for each step, or [rows]; -1 where nothing is asked. */
  targets: Int32Array;
  /** Whether it goes on where the batch before it ended, row by row, so that the state is carried over. */
  continues: boolean;
};

/** A source of batches in which a batch is a pure function of its place: a stopped run finds its way back by two numbers. */
export type Examples = {
  readonly batchesPerEpoch: number;
  /** What is learned from in an epoch: targets, which for texts are tokens and for labels documents. */
  readonly targetsPerEpoch: number;
  /** @param epoch from 0 @param index 0 … batchesPerEpoch - 1 */
  batch(epoch: number, index: number): Batch;
};

/** Targets that count in a batch. */
export const targetCount = ({ targets }: Batch): number =>
  targets.reduce((count, target) => (target < 0 ? count : count + 1), 0);
