/** @file The scaling chart. */
import { expect, test } from "vitest";
import { chart } from "../../bench/chart.mjs";
import type { Point } from "../../bench/growth.mjs";

test("bench chart: one panel per dimension with one marker per measured speed", () => {
  const points: Point[] = [
    { value: 64, speeds: { ours: 3000, pytorch: 1000 } },
    { value: 1024, speeds: { ours: 30 } },
  ];
  const picture = chart({ units: points, threads: [{ value: 1, speeds: { ours: 10 } }] });
  expect(picture.match(/font-weight="600">(\w+)</g)).toHaveLength(2);
  expect(picture.match(/<circle class="ours"/g)).toHaveLength(3);
  expect(picture.match(/<circle class="pytorch"/g)).toHaveLength(1);
  expect(picture).toContain(">1,024<");
  expect(picture).not.toContain("NaN");
});
