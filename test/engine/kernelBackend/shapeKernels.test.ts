/** @file TF.js's own ops on our kernels: the same numbers and shapes. */
import { add, concat, split, tensor, type Tensor } from "../../support/tfjs.js";
import { expect, test } from "vitest";
import { evaluate, randomValues, withoutNative } from "../support.js";

const values = [randomValues([3, 4, 5], "left"), randomValues([3, 4, 5], "right")];
const runs: [string, (tensors: Tensor[]) => Tensor[]][] = [
  ["a sum", ([a, b]) => [add(a!, b!)]],
  ["a sum with a row", ([a, b]) => [add(add(a!, tensor([1, 2, 3, 4, 5])), b!)]],
  ...[0, 1, -1].flatMap((axis): (typeof runs)[number][] => [
    [`joining along ${axis}`, ([a, b]) => [concat([a!, b!, a!], axis)]],
    [
      `splitting along ${axis}`,
      ([a, b]) => [...split(a!, [1, a!.shape.at(axis)! - 1], axis), ...split(b!, [1, b!.shape.at(axis)! - 1], axis)],
    ],
  ]),
  ["splitting into equal parts", ([a, b]) => split(add(a!, b!), 4, 1)],
];

test.skipIf(withoutNative).each(runs)("kernelBackend: %s equals TF.js, forward and backward", async (_, run) => {
  const native = await evaluate("native", values, run);
  const cpu = await evaluate("cpu", values, run);
  expect(native).toEqual(cpu);
});
