/** @file Draws tokens for several texts that begin at different times and after different prompts. */
import type { TextModel } from "../../model/model.js";
import { type DistributionOptions, nonFiniteLogits } from "./distribution.js";
import { RowDraws } from "./rowDraws.js";
import { decoderRows, rowReader } from "./rowReaders.js";
import { decoderSampling } from "./tokenSource.js";

/** A row for each text. */
export type BatchSource = {
  /**
   * Starts a row's text anew; rows that were never started are idle.
   * @param ids what the model reads before the text, at least one
   * @param prompt those of the prompt alone, which samplers read
   */
  restart: (row: number, ids: readonly number[], prompt: readonly number[]) => void;
  /** Ends a row's text. */
  end: (row: number) => void;
  /** Whether the next step draws a token of the row: it has no more of its prompt to read before. */
  draws: (row: number) => boolean;
  /**
   * Reads a token of each row, and draws the next token of those that `draws` names.
   * @param uniforms [rows], each from 0 to below 1
   * @returns [rows]
   * @throws UserError for logits that are not finite
   */
  step: (uniforms: Float64Array) => Int32Array;
  /** The log probability of a token at the last step, by the model alone: temperature 1, no samplers. */
  logProbability: (row: number, token: number) => number;
  dispose: () => void;
};

/** @throws UserError for an option out of range */
export function batchSource(model: TextModel, options: DistributionOptions, rows: number): BatchSource {
  const { tokenizer, mixture } = model;
  const vocabulary = mixture?.ngrams.vocabulary ?? model.network.spec.classes;
  const chain = new RowDraws(options, tokenizer.follow, { rows, vocabulary });
  const sampling = mixture || tokenizer.follow ? null : decoderSampling(options);
  const fused = sampling && decoderRows(model.network, rows, sampling);
  const reader = fused ?? rowReader(model, rows);
  const unread = Array.from({ length: rows }, (): number[] => []);
  const idle = unread.map(() => true);
  const last = new Int32Array(rows);
  let logits: Float32Array = new Float32Array(0);

  const drawNext = (uniforms: Float64Array): Int32Array => {
    if (fused) {
      const drawn = fused.draw(last, uniforms);
      logits = fused.logits();
      if (drawn.includes(-1)) throw nonFiniteLogits(logits, vocabulary);
      return drawn;
    }
    reader.read(last);
    logits = reader.logits();
    return Int32Array.from(uniforms, (uniform, row) => {
      if (idle[row] || unread[row]!.length > 0) return 0;
      return chain.draw(logits.subarray(row * vocabulary, (row + 1) * vocabulary), uniform, row);
    });
  };

  return {
    restart: (row, ids, prompt) => {
      idle[row] = false;
      chain.restart(row, prompt);
      unread[row] = reader.restart(row, ids).toReversed();
    },
    end: (row) => {
      idle[row] = true;
      last[row] = 0;
    },
    draws: (row) => unread[row]!.length <= 1,
    step: (uniforms) => {
      for (const [row, ids] of unread.entries()) last[row] = ids.pop() ?? last[row]!;
      const drawn = drawNext(uniforms);
      last.set(drawn);
      return drawn;
    },
    logProbability: (row, token) => logSoftmaxAt(logits.subarray(row * vocabulary, (row + 1) * vocabulary), token),
    dispose: () => reader.dispose(),
  };
}

/** The logarithm of a token's probability. @param logits [vocabulary] */
export function logSoftmaxAt(logits: Float32Array, token: number): number {
  return logits[token]! - logSumExp(logits);
}

/** log Σ exp, without overflow. */
export function logSumExp(logits: Float32Array): number {
  let highest = -Infinity;
  for (let token = 0; token < logits.length; token++) highest = Math.max(highest, logits[token]!);
  let sum = 0;
  for (let token = 0; token < logits.length; token++) sum += Math.exp(logits[token]! - highest);
  return highest + Math.log(sum);
}
