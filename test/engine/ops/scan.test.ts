/** @file The fold behind recurrent layers. */
import { expect, test } from "vitest";
import { scan } from "../../../src/engine/ops/scan.js";

test("scan: a scan with addition gives the running sum", () => {
  expect(scan((sum, x) => sum + x, 0, [1, 2, 3])).toEqual([1, 3, 6]);
});

test("scan: an empty sequence gives an empty result", () => {
  expect(scan((sum: number, x: number) => sum + x, 5, [])).toEqual([]);
});
