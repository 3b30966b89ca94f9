/** @file Readers of a network's forward pass: token by token with the state carried, or a window again and again. */
import { dispose } from "../../engine/tfjs.js";
import { documentBatch } from "../../examples/documentExamples.js";
import { inputsOf } from "../../network/inputs.js";
import type { Network, NetworkState } from "../../network/network.js";
import { longText, stateAfter } from "./longText.js";
import type { Prompt } from "./promptIds.js";

/** Reads tokens and gives the logits of the next one. */
export type LogitReader = {
  /** [rows · vocabulary] */
  logits: () => Float32Array;
  /** @param tokens [rows], the next one of each row */
  read: (tokens: Int32Array) => void;
  dispose: () => void;
};

/** Prompt tokens that are read in one forward pass. */
const promptChunk = 256;

/** Reads each token once and carries the state; a long prompt as `stateAfter` does. */
export class StreamReader implements LogitReader {
  private state: NetworkState | null = null;
  private last: Float32Array = new Float32Array(0);
  private readonly rows: number;

  constructor(
    private readonly network: Network,
    { ids, rows, onRead }: Pick<Prompt, "ids" | "rows" | "onRead">,
  ) {
    this.rows = rows;
    const isLong = ids.length > longText;
    if (isLong) this.state = stateAfter(network, ids.slice(0, -1), { rows, onRead });
    for (let first = isLong ? ids.length - 1 : 0; first < ids.length; first += promptChunk)
      this.readChunk(ids.slice(first, first + promptChunk));
  }

  logits(): Float32Array {
    return this.last;
  }

  read(tokens: Int32Array): void {
    this.forward(tokens, 1);
  }

  /** The states of all layers in order; none before the first token. */
  states(): NetworkState[number] {
    return this.state?.flat() ?? [];
  }

  dispose(): void {
    if (this.state) dispose(this.state);
  }

  /** Every row reads the same tokens. */
  private readChunk(ids: readonly number[]): void {
    this.forward(
      Int32Array.from({ length: ids.length * this.rows }, (_, index) => ids[Math.floor(index / this.rows)]!),
      ids.length,
    );
  }

  /** @param tokens [time, rows] */
  private forward(tokens: Int32Array, time: number): void {
    const previous = this.state;
    const { rows, network } = this;
    const { logits, state } = network.read(() => inputsOf({ tokens, time, rows, lengths: null }), previous); // [time · rows · vocabulary]
    if (previous) dispose(previous);
    this.state = state;
    this.last = logits.subarray((time - 1) * rows * network.spec.classes);
  }
}

/** Reads the last `window` tokens again for each draw, as a pooled or bidirectional network needs. */
export class WindowReader implements LogitReader {
  protected texts: number[][];
  protected readonly window: number;

  constructor(
    private readonly network: Network,
    { ids, rows, window }: Prompt,
  ) {
    this.window = window;
    this.texts = Array.from({ length: rows }, () => ids.slice(-window));
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
