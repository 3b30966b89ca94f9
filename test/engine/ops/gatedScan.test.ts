/** @file The products of the element-wise cells in bf16; test/engine/ops/recurrent.test.ts compares the cells with their equations. */
import { expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { recurrent } from "../../../src/engine/ops/recurrent.js";
import type { PrecisionName } from "../../../src/common/names.js";
import { cells } from "../../../src/network/cells.js";
import { emulatedKernels, emulatesBf16 } from "../../support/emulatedBf16.js";
import { type Tensor, tensor, tidy } from "../../support/tfjs.js";
import { difference, type Values } from "../support.js";
import { inputsOf, run } from "./layers.js";

const kernels = emulatedKernels();

const shape = { time: 7, batch: 5, inputs: 24, units: 24, directions: 2, initial: true };

async function outputsOf(cell: "sru" | "hgrn" | "mingru", inputs: Values[], precision: PrecisionName) {
  await selectBackend("native");
  kernels.useIsa("avx2-bf16");
  kernels.usePrecision(precision);
  const layer = run(recurrent, cells[cell], shape, [7, 0, 3, 1, 5]);
  return tidy(() => {
    const tensors = inputs.map((one): Tensor => tensor(one.values.slice(), one.shape));
    return layer(tensors).map((one) => Float32Array.from(one.dataSync()));
  });
}

/** A multiple of 1/128 below 1: a number of bf16. */
const coarse = ({ values, ...one }: Values): Values => ({
  ...one,
  values: values.map((value) => Math.round(value * 128) / 128),
});

test.skipIf(!emulatesBf16).each(["sru", "hgrn", "mingru"] as const)(
  "recurrent: bf16 rounds the factors of the product of %s, and nothing else",
  async (cell) => {
    const inputs = inputsOf(cells[cell], shape);
    const [fp32, bf16] = [await outputsOf(cell, inputs, "fp32"), await outputsOf(cell, inputs, "bf16")];
    expect(bf16).not.toEqual(fp32);
    expect(difference(bf16, fp32)).toBeLessThan(0.02);
    // Biases, SRU's vectors and initial states stay as they are: they are not factors of the product.
    const factors = inputs.map((one, index) => (index === 0 || one.shape[0] === shape.inputs ? coarse(one) : one));
    const exact = [await outputsOf(cell, factors, "fp32"), await outputsOf(cell, factors, "bf16")] as const;
    expect(difference(exact[1], exact[0])).toBeLessThan(1e-6);
  },
);
