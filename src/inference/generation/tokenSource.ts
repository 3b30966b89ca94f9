/** @file Where new tokens come from: a network's decoder in the engine, or the network itself and the sampler, which any network allows. */
import { createDecoder } from "../../engine/ops/decoder.js";
import { dispose } from "../../engine/tfjs.js";
import { documentBatch } from "../../examples/documentExamples.js";
import { decoderWeights } from "../../network/decoderWeights.js";
import { inputsOf } from "../../network/inputs.js";
import type { Network, NetworkState } from "../../network/network.js";
import { isPooled } from "../../network/spec.js";
import { createSampler, type DistributionOptions, type Sampler, strayedLogits } from "./distribution.js";

/** Each row is a text of its own; all have read the same beginning. */
export type TokenSource = {
  /**
   * Draws the rows' next tokens, and the ones after these: as many as there are uniform numbers.
   * @param uniforms [steps, rows], each from 0 to below 1
   * @returns [steps, rows]; how many steps are asked for at once changes none of them
   * @throws UserError where the network's output is not a number
   */
  next: (uniforms: Float64Array) => Int32Array;
  dispose: () => void;
};

export type Beginning = {
  /** What each row reads before its first draw, at least one token. */
  start: readonly number[];
  rows: number;
  /** How many tokens a network reads that reads them all for each draw. */
  window: number;
};

/** @throws UserError for an option out of its range */
export function tokenSource(network: Network, options: DistributionOptions, beginning: Beginning): TokenSource {
  const sampler = createSampler(options);
  return (
    decoderSource(network, options, beginning) ??
    samplerSource(
      isPooled(network.spec) ? new WindowReader(network, beginning) : new StreamReader(network, beginning),
      sampler,
      beginning.rows,
    )
  );
}

/** Null where the backend or the network is none that it is for. */
export function decoderSource(
  network: Network,
  { temperature, topK = Infinity, topP = 1, minP = 0, banned = [] }: DistributionOptions,
  { start, rows }: Beginning,
): TokenSource | null {
  const weights = decoderWeights(network);
  const vocabulary = network.spec.classes;
  const draw = { temperature, topK: Math.min(topK, vocabulary), topP, minP, banned };
  const decoder = weights && createDecoder(weights, rows, draw);
  if (!decoder) return null;
  const before = new StreamReader(network, { start: start.slice(0, -1), rows: 1 });
  decoder.start(before.states());
  before.dispose();
  let last = new Int32Array(rows).fill(start.at(-1)!);
  return {
    next: (uniforms) => {
      const tokens = decoder.next(last, uniforms);
      last = tokens.slice(-rows);
      if (last.includes(-1)) throw strayedLogits(decoder.logits, vocabulary);
      return tokens;
    },
    dispose: () => decoder.dispose(),
  };
}

/** What reads tokens and says the logits of the next. */
type Reader = {
  /** [rows · vocabulary] */
  logits: () => Float32Array;
  /** @param tokens the next one of each row */
  read: (tokens: Int32Array) => void;
  dispose: () => void;
};

/** Any network's, a draw at a time. */
export function samplerSource(reader: Reader, sampler: Sampler, rows: number): TokenSource {
  let unread: Int32Array | null = null;
  const step = (uniforms: Float64Array): Int32Array => {
    if (unread) reader.read(unread);
    const logits = reader.logits();
    const vocabulary = logits.length / rows;
    unread = Int32Array.from(uniforms, (uniform, row) =>
      sampler(logits.subarray(row * vocabulary, (row + 1) * vocabulary), () => uniform),
    );
    return unread;
  };
  return {
    next: (uniforms) => {
      const tokens = new Int32Array(uniforms.length);
      for (let at = 0; at < tokens.length; at += rows) tokens.set(step(uniforms.subarray(at, at + rows)), at);
      return tokens;
    },
    dispose: () => reader.dispose(),
  };
}

/** Tokens of a long prompt that are read at once. */
const longestRead = 256;

/** Reads each token once and carries the state. */
export class StreamReader implements Reader {
  private state: NetworkState | null = null;
  private last: Float32Array = new Float32Array(0);
  private readonly rows: number;

  constructor(
    private readonly network: Network,
    { start, rows }: Pick<Beginning, "start" | "rows">,
  ) {
    this.rows = rows;
    for (let from = 0; from < start.length; from += longestRead) this.readSteps(start.slice(from, from + longestRead));
  }

  logits(): Float32Array {
    return this.last;
  }

  read(tokens: Int32Array): void {
    this.step(tokens, 1);
  }

  /** Of every layer, in order; none before the first token. */
  states(): NetworkState[number] {
    return this.state?.flat() ?? [];
  }

  dispose(): void {
    if (this.state) dispose(this.state);
  }

  private readSteps(tokens: readonly number[]): void {
    this.step(
      Int32Array.from({ length: tokens.length * this.rows }, (_, index) => tokens[Math.floor(index / this.rows)]!),
      tokens.length,
    );
  }

  private step(tokens: Int32Array, time: number): void {
    const before = this.state;
    const { rows, network } = this;
    const { logits, state } = network.read(() => inputsOf({ tokens, time, rows, lengths: null }), before);
    if (before) dispose(before);
    this.state = state;
    this.last = logits.subarray((time - 1) * rows * network.spec.classes);
  }
}

/** Reads the last tokens anew each time, as a network must that reads in both directions. */
export class WindowReader implements Reader {
  private readonly texts: number[][];
  private readonly window: number;

  constructor(
    private readonly network: Network,
    { start, rows, window }: Beginning,
  ) {
    this.window = window;
    this.texts = Array.from({ length: rows }, () => start.slice(-window));
  }

  logits(): Float32Array {
    const { logits, state } = this.network.read(() => inputsOf(documentBatch(this.texts, [])), null);
    dispose(state);
    return logits;
  }

  read(tokens: Int32Array): void {
    for (const [row, text] of this.texts.entries()) {
      text.push(tokens[row]!);
      if (text.length > this.window) text.shift();
    }
  }

  dispose(): void {}
}
