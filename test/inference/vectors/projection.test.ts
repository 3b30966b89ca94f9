/** @file Principal component analysis of vectors with known components. */
import { expect, test } from "vitest";
import { project } from "../../../src/inference/vectors/projection.js";

test("projection: points of a plane in space keep their distances, the longer side first", () => {
  const plane = [
    [4, 1],
    [-4, 1],
    [4, -1],
    [-4, -1],
  ] as const;
  const [along, across] = [
    [0.6, 0, 0.8],
    [0, 1, 0],
  ];
  const vectors = plane.map(([x, y]) => Float32Array.from(along, (value, axis) => 7 + x * value + y * across[axis]!));
  const { points, explained } = project(vectors);
  for (const [index, [x, y]] of plane.entries()) {
    expect(points[index]![0]).toBeCloseTo(x, 4);
    expect(points[index]![1]).toBeCloseTo(y, 4);
  }
  expect(explained[0]).toBeCloseTo(16 / 17, 5);
  expect(explained[1]).toBeCloseTo(1 / 17, 5);
});

test("projection: equal vectors, a single vector and none have coordinates", () => {
  const same = Float32Array.of(1, 2, 3);
  expect(project([same, same])).toEqual({
    points: [
      [0, 0],
      [0, 0],
    ],
    explained: [0, 0],
  });
  expect(project([same]).points).toEqual([[0, 0]]);
  expect(project([]).points).toEqual([]);
});
