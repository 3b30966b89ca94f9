/** @file Vectors on a plane: their first two principal components, so that what is near in the vectors' space is near on paper. */
import { randomStream } from "../../common/random.js";

/** points: a place for each vector; shares: of the vectors' whole variance, what each of the two axes shows. */
export type Projection = { points: (readonly [x: number, y: number])[]; shares: readonly [number, number] };

const mostIterations = 500;
const settled = 1e-9;

/**
 * Principal component analysis by power iteration: v ← XᵀX v / |XᵀX v| turns to the direction of the largest variance; X less what it
 * has in that direction gives the next.
 * @param vectors each of the same width; the plane's signs are such that each direction's largest part is positive
 */
export function project(vectors: readonly Float32Array[]): Projection {
  const width = vectors[0]?.length ?? 0;
  const mean = Array.from({ length: width }, (_, column) => average(vectors.map((vector) => vector[column]!)));
  let rows = vectors.map((vector) => Array.from(vector, (value, column) => value - mean[column]!)); // [vectors, width]
  const variance = sum(rows.flat().map((value) => value * value));
  const axes = [0, 1].map((axis) => {
    const direction = leading(rows, width, axis);
    const places = rows.map((row) => dot(row, direction));
    rows = rows.map((row, index) => row.map((value, column) => value - places[index]! * direction[column]!));
    return { places, share: variance === 0 ? 0 : sum(places.map((place) => place * place)) / variance };
  });
  const [first, second] = axes as [(typeof axes)[0], (typeof axes)[0]];
  return {
    points: vectors.map((_, index) => [first.places[index]!, second.places[index]!] as const),
    shares: [first.share, second.share],
  };
}

/** The direction of the largest variance, of length 1. */
function leading(rows: readonly number[][], width: number, axis: number): number[] {
  const random = randomStream(0, "projection", axis);
  let direction = unit(Array.from({ length: width }, () => random() - 0.5));
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const next = Array.from({ length: width }, () => 0);
    for (const row of rows) {
      const place = dot(row, direction);
      for (const [column, value] of row.entries()) next[column]! += place * value;
    }
    if (next.every((value) => value === 0)) break; // no variance is left
    const before = direction;
    direction = unit(next);
    if (1 - dot(before, direction) < settled) break;
  }
  const largest = direction.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return largest < 0 ? direction.map((value) => -value) : direction;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]): number => sum(values) / values.length;
const dot = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((total, value, index) => total + value * right[index]!, 0);
const unit = (vector: readonly number[]): number[] => {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
};
