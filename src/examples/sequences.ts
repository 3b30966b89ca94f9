/** @file Sequences of a part of the corpus, kept side by side, from which batches are made. */
import type { InputKind } from "../common/names.js";
import type { Batch, BatchInputs } from "./batch.js";

/** Sequences with what should come out of each. */
export type Sequences = {
  readonly count: number;
  /** Steps of a sequence. */
  lengthOf(index: number): number;
  /** What is learned from where sequences are cut to their first `longest` steps. */
  targetsWithin(longest: number): number;
  /** The chosen ones, a row each, cut to their first `longest` steps. */
  batch(chosen: Int32Array, longest: number): Batch;
};

/** What is read of each sequence, of one kind of input. */
export type InputStore = {
  readonly inputs: InputKind;
  readonly count: number;
  lengthOf(index: number): number;
  /** The chosen ones, a row each, padded behind, which is never read. */
  gather(chosen: Int32Array, longest: number): BatchInputs;
};

/** Sequences with one label each: its class, or a number. */
export class LabelledSequences<Store extends InputStore = InputStore> implements Sequences {
  /** One for each sequence of the store. */
  readonly labels: number[] = [];

  constructor(
    readonly inputs: Store,
    private readonly labelArray: (labels: number[]) => Int32Array | Float32Array = (labels) => Int32Array.from(labels),
  ) {}

  get count(): number {
    return this.labels.length;
  }

  lengthOf(index: number): number {
    return this.inputs.lengthOf(index);
  }

  targetsWithin(): number {
    return this.count;
  }

  batch(chosen: Int32Array, longest: number): Batch {
    const targets = this.labelArray(Array.from(chosen, (index) => this.labels[index]!));
    return { ...this.inputs.gather(chosen, longest), targets, continues: false };
  }
}

/** The sequences' lengths as a batch holds them: null where each has every step. @returns time: the longest, at least 1 */
export function lengthsOf(steps: readonly number[]): { time: number; lengths: Int32Array | null } {
  const time = steps.reduce((most, length) => Math.max(most, length), 1);
  return { time, lengths: steps.every((length) => length === time) ? null : Int32Array.from(steps) };
}
