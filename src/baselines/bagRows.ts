/** @file Documents as sparse rows of the features of a bag of n-grams. */
import type { BagFeatures, IdDocuments } from "./bagFeatures.js";
import type { SparseRows } from "./bagSolver.js";
import { GrowingIntegers } from "./pairTable.js";

/** Rows whose features ascend in length, so that those of shorter n-grams alone are rows too. */
export class BagRows {
  private constructor(
    readonly count: number,
    private readonly starts: Float64Array, // [documents]
    private readonly ends: readonly Float64Array[], // [order][documents]
    readonly columns: Int32Array,
  ) {}

  static from(documents: IdDocuments, features: BagFeatures): BagRows {
    const { count } = documents;
    const { order } = features;
    const starts = new Float64Array(count);
    const ends = Array.from({ length: order }, () => new Float64Array(count));
    const columns = new GrowingIntegers();
    for (let document = 0; document < count; document++) {
      starts[document] = columns.length;
      const found = features.of(documents.ids(document));
      for (let size = 0; size < order; size++) ends[size]![document] = columns.length + found.ends[size]!;
      columns.append(found.features, found.count);
    }
    return new BagRows(count, starts, ends, columns.values.slice(0, columns.length));
  }

  /** The rows with n-grams up to a length. */
  upTo(order: number): SparseRows {
    const { count, starts, columns } = this;
    return { count, starts, ends: this.ends[order - 1] ?? starts, columns };
  }
}

/** The features of all rows together. */
export function sizeOf({ count, starts, ends }: SparseRows): number {
  let size = 0;
  for (let row = 0; row < count; row++) size += ends[row]! - starts[row]!;
  return size;
}

/** In how many rows each feature is. @param chosen whether a row counts */
export function rowCounts(
  { count, starts, ends, columns }: SparseRows,
  features: number,
  chosen: (row: number) => boolean = () => true,
): Uint32Array {
  const counts = new Uint32Array(features);
  for (let row = 0; row < count; row++) {
    if (!chosen(row)) continue;
    for (let at = starts[row]!; at < ends[row]!; at++) counts[columns[at]!]!++;
  }
  return counts;
}

/** 1 / ‖row‖ of each row, 0 for an empty one. @param units the values of the features before rows get the length 1 */
export function unitFactors({ count, starts, ends, columns }: SparseRows, units: Float32Array): Float64Array {
  const factors = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let squares = 0;
    for (let at = starts[row]!; at < ends[row]!; at++) squares += units[columns[at]!]! ** 2;
    factors[row] = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  }
  return factors;
}

/** weights · row + bias for each row. */
export function rowScores(
  { count, starts, ends, columns }: SparseRows,
  factors: Float64Array,
  { weights, bias }: { weights: Float64Array; bias: number },
): Float64Array {
  const scores = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = 0;
    for (let at = starts[row]!; at < ends[row]!; at++) sum += weights[columns[at]!]!;
    scores[row] = factors[row]! * sum + bias;
  }
  return scores;
}
