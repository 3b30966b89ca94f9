/** @file Stores the rows of numbers of a corpus in one growing typed array, of bytes if the corpus has bytes. */
import type { Rows, RowsShape } from "../corpus/document.js";
import type { BatchInputs } from "./batch.js";
import { type Scale, scaledInput, scalesOf } from "./scaling.js";
import { type InputStore, lengthsOf } from "./sequences.js";

type NumberArray = Rows["values"];

/** Sequences of rows, one after the other; windows of one time series share their common rows. */
export class NumberDocuments implements InputStore {
  readonly inputs = "numbers";
  /** [width], applied when a batch is made. */
  scaling: readonly Scale[] = [];
  private readonly begins: number[] = []; // rows in storage
  private readonly steps: number[] = [];
  private storage: NumberArray = new Float32Array(0);
  private rows = 0;
  /** The index in the series of the row after the last stored one. */
  private reached: number | undefined;

  constructor(readonly shape: RowsShape) {}

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
    this.reserve(this.rows + steps - known, values);
    this.storage.set(values.subarray(known * width), this.rows * width);
    this.begins.push(this.rows - known);
    this.steps.push(steps);
    this.rows += steps - known;
    this.reached = begin === undefined ? undefined : begin + steps;
  }

  /** The scale of each column over all stored rows, each counted once. */
  scales(): Scale[] {
    return scalesOf(this.storage.subarray(0, this.rows * this.shape.width), this.shape);
  }

  /** The unscaled numbers of a sequence, [time, width]. */
  document(index: number): NumberArray {
    const { width } = this.shape;
    return this.storage.subarray(this.begins[index]! * width, (this.begins[index]! + this.steps[index]!) * width);
  }

  lengthOf(index: number): number {
    return this.steps[index]!;
  }

  gather(chosen: Int32Array, longest: number): BatchInputs {
    const { width } = this.shape;
    return numberInputs(
      Array.from(chosen, (index) => this.document(index).subarray(0, longest * width)),
      this.scaling,
    );
  }

  private reserve(rows: number, like: NumberArray): void {
    const wanted = rows * this.shape.width;
    if (wanted <= this.storage.length) return;
    const length = Math.ceil(Math.max(wanted, 1024, this.storage.length * 1.5));
    const grown = like instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
    grown.set(this.storage.subarray(0, this.rows * this.shape.width));
    this.storage = grown;
  }
}

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
