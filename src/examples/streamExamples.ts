/** @file One long text as parallel streams: each row reads its own stretch from end to end, and its state is carried from batch to batch. */
import type { Batch, Examples } from "./batch.js";
import type { TokenArray } from "./tokenDocuments.js";

export type StreamOptions = { rows: number; time: number };

/**
 * Each row has an equal stretch of the text; each token but the first is a target exactly once an epoch.
 * A text too short for the rows asked for has fewer rows, so that each is at least one batch long.
 * @param tokens at least two
 */
export function streamExamples(tokens: TokenArray, { rows: wanted, time }: StreamOptions): Examples {
  const targets = tokens.length - 1;
  const rows = Math.max(1, Math.min(wanted, Math.floor(targets / time)));
  const stretch = Math.ceil(targets / rows);
  const batchesPerEpoch = Math.ceil(stretch / time);

  const batch = (_epoch: number, index: number): Batch => {
    const first = index * time;
    const steps = Math.min(time, stretch - first);
    const inputs = new Int32Array(steps * rows);
    const outputs = new Int32Array(steps * rows).fill(-1);
    const lengths = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const start = row * stretch + first;
      const end = Math.min(start + steps, (row + 1) * stretch, targets);
      lengths[row] = Math.max(0, end - start);
      for (let place = start, at = row; place < end; place++, at += rows) {
        inputs[at] = tokens[place]!;
        outputs[at] = tokens[place + 1]!;
      }
    }
    const full = lengths.every((length) => length === steps);
    return {
      time: steps,
      rows,
      tokens: inputs,
      lengths: full ? null : lengths,
      targets: outputs,
      continues: index > 0,
    };
  };
  return { batchesPerEpoch, targetsPerEpoch: targets, batch };
}
