/** @file Tensors of a batch. */
import { type Rank, tensor, tensor1d, tensor2d, type Tensor1D } from "../engine/tfjs.js";
import type { Batch, BatchInputs, TokenBatch } from "../examples/batch.js";
import type { Inputs } from "./network.js";
import type { Spelling } from "./layers/layer.js";

/** The inputs of a batch; the caller disposes of them, or calls this inside `tidy`. */
export const inputsOf = (batch: BatchInputs): Inputs => {
  const { time, rows, lengths } = batch;
  return {
    values:
      "tokens" in batch
        ? tensor2d(batch.tokens, [time, rows], "int32")
        : tensor<Rank.R3>(batch.numbers, [time, rows, batch.width], "float32"),
    lengths: lengths && tensor1d(lengths, "int32"),
    spelling: "tokens" in batch && batch.spelling ? spellingOf(batch.spelling, [time, rows]) : undefined,
    numbers:
      "tokens" in batch && batch.textNumbers
        ? tensor2d(batch.textNumbers, [rows, batch.textNumbers.length / rows], "float32")
        : undefined,
  };
};

function spellingOf(
  { characters, lengths, positions }: NonNullable<TokenBatch["spelling"]>,
  shape: [time: number, rows: number],
): Spelling {
  const words = lengths.length;
  return {
    characters: tensor2d(characters, [characters.length / words, words], "int32"),
    lengths: tensor1d(lengths, "int32"),
    positions: tensor2d(positions, shape, "int32"),
  };
}

/** int32 for classes, float32 for numbers. */
export const targetsOf = ({ targets }: Batch): Tensor1D =>
  tensor1d(targets, targets instanceof Float32Array ? "float32" : "int32");
