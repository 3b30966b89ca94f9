/**
 * @file The state of a network after a long text. A step of one text leaves most of the processor idle, so the text is read in segments side by side: first
 * each from the initial state, then again from the end of the segment before it, until the states are those of the first reading. From there on the first
 * reading is right, because a state and the tokens after it determine all later states.
 */
import { dispose, type Rank, type Tensor, tensor } from "../../engine/tfjs.js";
import { inputsOf } from "../../network/inputs.js";
import type { Network, NetworkState } from "../../network/network.js";

/** Texts of fewer tokens are read in their order. */
export const longText = 1 << 14;

/** Tokens that are read in one forward pass of each segment. */
const chunkTokens = 256;
/** Tokens. */
export const shortestSegment = 1 << 10;
const mostSegments = 64;
/** A network that keeps something over whole segments needs a reading for each of them; it reads the rest in its order. */
const mostReadings = 3;
/** Of equal states, beside those of float32 in another order of additions. */
const tolerance = 1e-5;

export type LongTextOptions = {
  /** Rows of the state, all the same. */
  rows: number;
  /** Called after each part, with the tokens read so far; they fall if the rest is read again in its order. */
  onRead?: ((read: number) => void) | undefined;
};

/** The values of a state at the end of a chunk, for each tensor in the network's order: [rows, units]. */
type StateValues = Float32Array[];

/**
 * The state after a long text: that of a reading in order, within the rounding of float32. The caller disposes of it.
 * @param ids at least one segment
 */
export function stateAfter(network: Network, ids: readonly number[], { rows, onRead }: LongTextOptions): NetworkState {
  const segments = new Segments(network, ids, onRead);
  let unsettled = segments.readAll();
  for (let reading = 1; reading < mostReadings && unsettled.length > 0; reading++)
    unsettled = segments.readAgain(unsettled);
  const state = segments.readRest(unsettled[0] ?? segments.count);
  if (rows === 1) return state;
  const copies = segments.copiesOf(state, rows);
  dispose(state);
  return copies;
}

class Segments {
  readonly count: number;
  private readonly length: number;
  /** At the end of each chunk, with a row for each segment. */
  private readonly states: StateValues[] = [];
  private units: number[] = []; // of each tensor
  private layers: number[] = []; // the tensors of each layer

  constructor(
    private readonly network: Network,
    private readonly ids: readonly number[],
    private readonly onRead: LongTextOptions["onRead"],
  ) {
    this.count = Math.min(mostSegments, Math.floor(ids.length / shortestSegment));
    this.length = Math.floor(ids.length / this.count);
  }

  /** Reads every segment from the initial state. @returns the segments that are to be read again */
  readAll(): number[] {
    const rows = Array.from({ length: this.count }, (_, row) => row);
    let state: NetworkState | null = null;
    for (const { first, end } of this.chunks()) {
      state = this.readChunk(rows, { first, end, state });
      this.layers = state.map((tensors) => tensors.length);
      this.units = state.flat().map(({ shape }) => shape[1]);
      this.states.push(valuesOf(state));
      this.onRead?.(Math.min(this.ids.length, end * this.count));
    }
    if (state) dispose(state);
    return rows.slice(1);
  }

  /**
   * Reads segments from the ends of those before them, as far as their states differ from the last reading.
   * @returns the segments that start elsewhere now
   */
  readAgain(rows: readonly number[]): number[] {
    const last = this.states.at(-1)!;
    let state: NetworkState | null = this.tensorsOf(
      this.rowsOf(
        last,
        rows.map((row) => row - 1),
      ),
    );
    let changed = rows;
    for (const [index, { first, end }] of this.chunks().entries()) {
      state = this.readChunk(rows, { first, end, state });
      changed = this.replace(this.states[index]!, valuesOf(state), rows);
      if (changed.length === 0) break;
    }
    dispose(state);
    return changed.map((row) => row + 1).filter((row) => row < this.count);
  }

  /** Reads in order from a segment to the end of the text. */
  readRest(segment: number): NetworkState {
    let state = this.tensorsOf(this.rowsOf(this.states.at(-1)!, [segment - 1]));
    for (let first = segment * this.length; first < this.ids.length; first += chunkTokens) {
      const end = Math.min(this.ids.length, first + chunkTokens);
      state = this.readChunk([0], { first, end, state });
      this.onRead?.(end);
    }
    return state;
  }

  /** @param state of one row */
  copiesOf(state: NetworkState, rows: number): NetworkState {
    return this.tensorsOf(
      this.rowsOf(
        valuesOf(state),
        Array.from({ length: rows }, () => 0),
      ),
    );
  }

  /** Places in a segment. */
  private chunks(): { first: number; end: number }[] {
    return Array.from({ length: Math.ceil(this.length / chunkTokens) }, (_, index) => ({
      first: index * chunkTokens,
      end: Math.min(this.length, (index + 1) * chunkTokens),
    }));
  }

  /** Reads a part of some segments; disposes of the state before it. */
  private readChunk(
    segments: readonly number[],
    { first, end, state }: { first: number; end: number; state: NetworkState | null },
  ): NetworkState {
    const time = end - first;
    const rows = segments.length;
    const tokens = new Int32Array(time * rows); // [time, rows]
    for (const [row, segment] of segments.entries())
      for (let step = 0; step < time; step++)
        tokens[step * rows + row] = this.ids[segment * this.length + first + step]!;
    const next = this.network.stateAfter(() => inputsOf({ tokens, time, rows, lengths: null }), state);
    if (state) dispose(state);
    return next;
  }

  private rowsOf(values: StateValues, rows: readonly number[]): StateValues {
    return values.map((all, index) => {
      const units = this.units[index]!;
      const some = new Float32Array(rows.length * units);
      for (const [place, row] of rows.entries()) some.set(all.subarray(row * units, (row + 1) * units), place * units);
      return some;
    });
  }

  private tensorsOf(values: StateValues): NetworkState {
    const tensors = values.map((some, index) =>
      tensor<Rank.R2>(some, [some.length / this.units[index]!, this.units[index]!]),
    );
    let at = 0;
    return this.layers.map((count) => tensors.slice(at, (at += count)));
  }

  /** Puts new values of some rows in the place of the old ones. @returns the rows that differ */
  private replace(old: StateValues, fresh: StateValues, rows: readonly number[]): number[] {
    const changed = new Set<number>();
    for (const [index, values] of fresh.entries()) {
      const units = this.units[index]!;
      for (const [place, row] of rows.entries()) {
        const now = values.subarray(place * units, (place + 1) * units);
        const before = old[index]!.subarray(row * units, (row + 1) * units);
        if (!now.every((value, unit) => isClose(value, before[unit]!))) changed.add(row);
        before.set(now);
      }
    }
    return rows.filter((row) => changed.has(row));
  }
}

const isClose = (value: number, other: number): boolean =>
  Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(other));

const valuesOf = (state: NetworkState): StateValues =>
  state.flat().map((values: Tensor) => values.dataSync<"float32">().slice());
