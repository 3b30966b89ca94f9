/** @file Vectors projected to two dimensions by principal component analysis, for a plot. */
import { randomStream } from "../../common/random.js";

/** points: coordinates of each vector; explained: the fraction of the variance on each axis. */
export type Projection = { points: (readonly [x: number, y: number])[]; explained: readonly [number, number] };

const maxIterations = 500;
const tolerance = 1e-9;

/**
 * Principal component analysis by power iteration: v ← XᵀX v / |XᵀX v| converges to the direction of the largest variance; removing that
 * direction from X gives the next.
 * @param vectors all of the same width; the signs are such that the largest element of each direction is positive
 */
export function project(vectors: readonly Float32Array[]): Projection {
  const width = vectors[0]?.length ?? 0;
  const mean = Array.from({ length: width }, (_, column) => average(vectors.map((vector) => vector[column]!)));
  let rows = vectors.map((vector) => Array.from(vector, (value, column) => value - mean[column]!)); // [vectors, width]
  const variance = sum(rows.flat().map((value) => value * value));
  const axes = [0, 1].map((axis) => {
    const direction = principalDirection(rows, width, axis);
    const coordinates = rows.map((row) => dot(row, direction));
    rows = rows.map((row, index) => row.map((value, column) => value - coordinates[index]! * direction[column]!));
    return { coordinates, explained: variance === 0 ? 0 : sum(coordinates.map((value) => value * value)) / variance };
  });
  const [first, second] = axes as [(typeof axes)[0], (typeof axes)[0]];
  return {
    points: vectors.map((_, index) => [first.coordinates[index]!, second.coordinates[index]!] as const),
    explained: [first.explained, second.explained],
  };
}

/** The direction of the largest variance, of length 1. @param rows [vectors, width], of mean 0 */
function principalDirection(rows: readonly number[][], width: number, axis: number): number[] {
  const random = randomStream(0, "projection", axis);
  let direction = normalized(Array.from({ length: width }, () => random() - 0.5));
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const next = Array.from({ length: width }, () => 0);
    for (const row of rows) {
      const coordinate = dot(row, direction);
      for (const [column, value] of row.entries()) next[column]! += coordinate * value;
    }
    if (next.every((value) => value === 0)) break; // no variance is left
    const previous = direction;
    direction = normalized(next);
    if (1 - dot(previous, direction) < tolerance) break;
  }
  const largest = direction.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return largest < 0 ? direction.map((value) => -value) : direction;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]): number => sum(values) / values.length;
const dot = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((total, value, index) => total + value * right[index]!, 0);
const normalized = (vector: readonly number[]): number[] => {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
};
