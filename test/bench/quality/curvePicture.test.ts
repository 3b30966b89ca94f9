/** @file The picture of the learning curves. */
import { expect, test } from "vitest";
import { advantage, curvePicture, secondsUntil } from "../../../bench/quality/curvePicture.mjs";

const points = (...losses: number[]) => losses.map((loss, index) => ({ seconds: 5 * (index + 1), steps: index, loss }));
const run = (ours: number[], pytorch: number[]) => ({
  seed: 1,
  date: "2026-01-02",
  threads: 2,
  versions: {},
  points: { ours: points(...ours), pytorch: points(...pytorch) },
});

test("bench curve: the time until a loss is interpolated between the measured points", () => {
  expect(secondsUntil(points(3, 2), 2.5)).toBe(7.5);
  expect(secondsUntil(points(3, 2), 3)).toBe(5);
  expect(secondsUntil(points(3, 2), 1)).toBeNull();
});

test("bench curve: the picture says when rnn reaches the last loss of PyTorch", () => {
  expect(advantage([run([2, 1], [2, 1.5])])).toBe("rnn reaches the loss of PyTorch after 10 s in 8 s");
  expect(advantage([run([2, 1.9], [2, 1.5])])).toContain("does not reach");
});

test("bench curve: one line per contender and run, with the processor and the date", () => {
  const picture = curvePicture({ processor: "a processor", runs: [run([3, 2], [3, 2.2]), run([3, 1.9], [3, 2.1])] });
  expect(picture.match(/<polyline/g)).toHaveLength(4);
  expect(picture).toContain("a processor, 2 threads, 2026-01-02");
  expect(picture).not.toContain("NaN");
});
