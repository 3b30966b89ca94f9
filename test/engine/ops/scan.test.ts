/** @file The fold that recurrent layers are. */
import { expect, test } from "vitest";
import { scan } from "../../../src/engine/ops/scan.js";

test("a scan of addition is the running sum", () => {
  expect(scan((sum, x) => sum + x, 0, [1, 2, 3])).toEqual([1, 3, 6]);
});

test("a scan of nothing is nothing", () => {
  expect(scan((sum: number, x: number) => sum + x, 5, [])).toEqual([]);
});
