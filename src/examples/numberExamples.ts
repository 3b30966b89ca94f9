/** @file Stores the rows of numbers of a corpus in one growing sequence, of bytes if the corpus has bytes. */
import type { Rows, RowsShape } from "../corpus/document.js";
import type { BatchInputs } from "./batch.js";
import { type Scale, scaledInput, scalesOf } from "./scaling.js";
import type { GrowingNumbers } from "./growingNumbers.js";
import { type InputStore, lengthsOf } from "./sequences.js";
import { inMemory, type Storage, type ValueStore } from "./tokenStore.js";

type NumberArray = Rows["values"];

/** Sequences of rows, one after the other; windows of one time series share their common rows. */
export class NumberDocuments implements InputStore {
  readonly inputs = "numbers";
  /** [width], applied when a batch is made. */
  scaling: readonly Scale[] = [];
  private readonly begins: GrowingNumbers; // rows in the store
  private readonly steps: GrowingNumbers;
  private values: ValueStore<NumberArray> | null;
  private rows = 0;
  /** The index in the series of the row after the last stored one. */
  private reached: number | undefined;

  constructor(
    readonly shape: RowsShape,
    private readonly storage: Storage = inMemory,
    private readonly name = "rows",
  ) {
    this.begins = storage.numbers(`${name}-begins`, Float64Array);
    this.steps = storage.numbers(`${name}-steps`, Int32Array);
    this.values = storage.stored(name);
  }

  get count(): number {
    return this.begins.length;
  }

  push({ values, begin }: Rows): void {
    const { width } = this.shape;
    const steps = values.length / width;
    const known =
      begin === undefined || this.reached === undefined || begin > this.reached
        ? 0
        : Math.min(steps, this.reached - begin);
    this.values ??= this.storage.store<NumberArray>(
      this.name,
      values instanceof Uint8Array ? Uint8Array : Float32Array,
    );
    this.values.push(values.subarray(known * width));
    this.begins.push(this.rows - known);
    this.steps.push(steps);
    this.rows += steps - known;
    this.reached = begin === undefined ? undefined : begin + steps;
  }

  /** The scale of each column over all stored rows, each counted once. */
  scales(): Scale[] {
    return scalesOf(this.values ?? new Float32Array(), this.shape);
  }

  /** The unscaled numbers of a sequence, [time, width], at most the first `longest` rows. */
  document(index: number, longest = Infinity): NumberArray {
    const { width } = this.shape;
    const begin = this.begins.at(index);
    return this.values!.slice(begin * width, (begin + Math.min(longest, this.steps.at(index))) * width);
  }

  lengthOf(index: number): number {
    return this.steps.at(index);
  }

  gather(chosen: Int32Array, longest: number): BatchInputs {
    return numberInputs(
      Array.from(chosen, (index) => this.document(index, longest)),
      this.scaling,
    );
  }

  dispose(): void {
    this.values?.dispose();
  }
}

/** The numbers beside texts, [rows, columns]: standardized, and that of the mean for a missing one. @param rows the numbers of each text */
export const standardized = (rows: readonly ArrayLike<number>[], scaling: readonly Scale[]): Float32Array =>
  Float32Array.from(
    rows.flatMap((values) => scaling.map((scale, column) => scaledInput(Math.fround(values[column]!), scale))),
  );

/** @param rows the numbers of each row of the batch, [time, width]; padded at the end; the padding is never read */
export function numberInputs(rows: readonly ArrayLike<number>[], scaling: readonly Scale[]): BatchInputs {
  const width = scaling.length;
  const { time, lengths } = lengthsOf(rows.map(({ length }) => length / width));
  const numbers = new Float32Array(time * rows.length * width);
  for (const [row, values] of rows.entries()) {
    for (let index = 0; index < values.length; index++) {
      const column = index % width;
      const step = (index - column) / width;
      numbers[(step * rows.length + row) * width + column] = scaledInput(values[index]!, scaling[column]!);
    }
  }
  return { time, rows: rows.length, width, numbers, lengths };
}
