/** @file Every optimizer against PyTorch's and Keras's, over several steps, with and without clipping. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import { createSlots, updateWeights } from "../../src/engine/ops/updateWeights.js";
import { tensor, tidy, variable } from "../../src/engine/tfjs.js";
import { type OptimizerName, optimizerNames } from "../../src/common/names.js";
import { backendsHere } from "../engine/support.js";

type Fixture = {
  learningRate: number;
  momentum: number;
  weightDecay: number;
  shapes: number[][];
  start: number[][];
  gradients: number[][][];
  cases: { by: "PyTorch" | "Keras"; name: OptimizerName; clip: number | null; steps: number[][][] }[];
};

const fixture = JSON.parse(readFileSync(new URL("optimizers.json", import.meta.url), "utf8")) as Fixture;
const { shapes, start, gradients, cases, ...options } = fixture;

test("optimizer: every optimizer has reference numbers", () => {
  expect(new Set(cases.map(({ name }) => name))).toEqual(new Set(optimizerNames));
});

test.each(backendsHere.flatMap((backend) => cases.map((one) => ({ backend, ...one, one }))))(
  "optimizer: $name on $backend, clipped to $clip, updates weights as $by does",
  async ({ backend, name, one }) => {
    await selectBackend(backend);
    const weights = start.map((values, index) => tidy(() => variable(tensor(values, shapes[index]))));
    const slots = createSlots(name, weights);
    for (const [index, given] of gradients.entries()) {
      tidy(() =>
        updateWeights(
          name,
          weights,
          given.map((values, place) => tensor(values, shapes[place])),
          slots,
          { ...options, step: index + 1, ...(one.clip !== null && { clip: one.clip }) },
        ),
      );
      for (const [place, values] of one.steps[index]!.entries()) {
        const found = weights[place]!.dataSync();
        for (const [position, value] of values.entries()) expect(found[position]).toBeCloseTo(value, 5);
      }
    }
  },
);
