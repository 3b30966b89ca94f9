/** @file Tokens that identify their position, and batches as rows for comparisons. */
import type { Batch, Examples } from "../../src/examples/batch.js";
import { LabeledSequences } from "../../src/examples/sequences.js";
import { TokenDocuments } from "../../src/examples/tokenDocuments.js";

/** Ids 0, 1, 2 …: each equals its position. */
export const positions = (count: number): Int32Array => Int32Array.from({ length: count }, (_, position) => position);

/** Documents of the given lengths; each repeats its own number, and labels alternate. */
export function documentsOf(lengths: readonly number[]): LabeledSequences<TokenDocuments> {
  const documents = new LabeledSequences(new TokenDocuments(1 << 20));
  for (const [index, length] of lengths.entries()) {
    documents.inputs.push(Array<number>(length).fill(index + 1));
    documents.labels.push(index % 3);
  }
  return documents;
}

/** A batch row by row: its inputs, and its targets at each step or once. */
export function rowsOf(batch: Batch): { inputs: number[]; targets: number[] }[] {
  if (!("tokens" in batch)) throw new TypeError("expected a batch of tokens");
  const { tokens, targets, lengths, rows, time } = batch;
  const column = (array: Int32Array | Float32Array, row: number, steps: number): number[] =>
    Array.from({ length: steps }, (_, step) => array[step * rows + row]!);
  return Array.from({ length: rows }, (_, row) => ({
    inputs: column(tokens, row, lengths?.[row] ?? time),
    targets: targets.length === rows ? [targets[row]!] : column(targets, row, time),
  }));
}

export const epochOf = (examples: Examples, epoch: number): Batch[] =>
  Array.from({ length: examples.batchesPerEpoch }, (_, index) => examples.batch(epoch, index));
