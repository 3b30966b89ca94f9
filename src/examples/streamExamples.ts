/** @file One long text as parallel streams: each row reads its own segment from start to end, and the state is carried from batch to batch. */
import type { Batch, Examples } from "./batch.js";
import type { Sequence } from "./tokenStore.js";

export type StreamOptions = { rows: number; time: number };

/**
 * Each row has a segment of equal length; each token except the first is a target exactly once in an epoch.
 * A text that is too short for `rows` rows gets fewer rows, each at least one batch long.
 * @param tokens at least two
 */
export function streamExamples(tokens: Sequence, { rows: wanted, time }: StreamOptions): Examples {
  const targets = tokens.length - 1;
  const rows = Math.max(1, Math.min(wanted, Math.floor(targets / time)));
  const segment = Math.ceil(targets / rows);
  const batchesPerEpoch = Math.ceil(segment / time);

  const batch = (_epoch: number, batchIndex: number): Batch => {
    const first = batchIndex * time;
    const steps = Math.min(time, segment - first);
    const inputs = new Int32Array(steps * rows);
    const outputs = new Int32Array(steps * rows).fill(-1);
    const lengths = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const start = row * segment + first;
      const end = Math.min(start + steps, (row + 1) * segment, targets);
      lengths[row] = Math.max(0, end - start);
      const read = tokens.slice(start, end + 1);
      for (let step = 0, at = row; step < end - start; step++, at += rows) {
        inputs[at] = read[step]!;
        outputs[at] = read[step + 1]!;
      }
    }
    const full = lengths.every((length) => length === steps);
    return {
      time: steps,
      rows,
      tokens: inputs,
      lengths: full ? null : lengths,
      targets: outputs,
      continues: batchIndex > 0,
    };
  };
  return { batchesPerEpoch, targetsPerEpoch: targets, batch, continues: (index) => index > 0 };
}
