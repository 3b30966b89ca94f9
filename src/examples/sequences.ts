/** @file Stores of sequences, from which batches are made. */
import type { InputKind } from "../common/names.js";
import type { Batch, BatchInputs } from "./batch.js";
import { GrowingNumbers } from "./growingNumbers.js";

/** The steps of each row of a batch that are read, instead of those from the start: from its begin to before its end. */
export type Spans = { begins: Int32Array; ends: Int32Array };

/** Sequences with their targets. */
export type Sequences = {
  readonly count: number;
  /** The length of a sequence, in steps. */
  lengthOf(index: number): number;
  /** The number of targets if sequences are cut to `longest` steps. */
  targetsWithin(longest: number): number;
  /** A batch of the chosen sequences, one a row, cut to `longest` steps. @param spans of texts alone */
  batch(chosen: Int32Array, longest: number, spans?: Spans): Batch;
  dispose(): void;
};

/** The inputs of sequences, of one kind. */
export type InputStore = {
  readonly inputs: InputKind;
  readonly count: number;
  lengthOf(index: number): number;
  /** The chosen sequences, one a row, padded at the end; the padding is never read. @param spans of texts alone */
  gather(chosen: Int32Array, longest: number, spans?: Spans): BatchInputs;
  dispose(): void;
};

/** Sequences with one label each: a class id or a number. */
export class LabeledSequences<Store extends InputStore = InputStore> implements Sequences {
  constructor(
    readonly inputs: Store,
    private readonly labelArray: (labels: number[]) => Int32Array | Float32Array = (labels) => Int32Array.from(labels),
    /** [sequences] */
    readonly labels: GrowingNumbers = new GrowingNumbers(Int32Array),
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

  dispose(): void {
    this.inputs.dispose();
  }

  batch(chosen: Int32Array, longest: number, spans?: Spans): Batch {
    const targets = this.labelArray(Array.from(chosen, (index) => this.labels.at(index)));
    return { ...this.inputs.gather(chosen, longest, spans), targets, continues: false };
  }
}

/** Sequences with any number of labels each. */
export class LabelSetSequences<Store extends InputStore = InputStore> implements Sequences {
  /** @param sets the class ids of each sequence @param classes the number of all labels */
  constructor(
    readonly inputs: Store,
    readonly sets: LabelSetStore,
    private readonly classes: number,
  ) {}

  get count(): number {
    return this.sets.count;
  }

  lengthOf(index: number): number {
    return this.inputs.lengthOf(index);
  }

  targetsWithin(): number {
    return this.count;
  }

  dispose(): void {
    this.inputs.dispose();
    this.sets.dispose();
  }

  batch(chosen: Int32Array, longest: number, spans?: Spans): Batch {
    const { classes } = this;
    const targets = new Float32Array(chosen.length * classes);
    for (const [row, index] of chosen.entries())
      for (const id of this.sets.document(index)) targets[row * classes + id] = 1;
    return { ...this.inputs.gather(chosen, longest, spans), targets, labels: classes, continues: false };
  }
}

/** The class ids of each sequence. */
export type LabelSetStore = {
  readonly count: number;
  document(index: number): ArrayLike<number> & Iterable<number>;
  dispose(): void;
};

/** The lengths for a batch, null if all are equal. @returns time: the longest, at least 1 */
export function lengthsOf(steps: readonly number[]): { time: number; lengths: Int32Array | null } {
  const time = steps.reduce((most, length) => Math.max(most, length), 1);
  return { time, lengths: steps.every((length) => length === time) ? null : Int32Array.from(steps) };
}
