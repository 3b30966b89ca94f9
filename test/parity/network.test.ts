/** @file Networks of stacked, normalized and residual layers against PyTorch with packed rows: outputs, loss and all gradients. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import { type Rank, tensor, tensor1d, tidy, variableGrads } from "../../src/engine/tfjs.js";
import { type Inputs, Network } from "../../src/network/network.js";
import type { LayerSpec, Spec } from "../../src/network/spec.js";
import { backendsHere } from "../engine/support.js";

type Fixture = {
  time: number;
  batch: number;
  inputs: number;
  units: number;
  lengths: number[];
  sequence: number[];
  cases: {
    task: "classifier" | "regressor";
    bidirectional: boolean;
    classes: number;
    targets: number[];
    weights: Record<string, { shape: number[]; values: number[] }>;
    outputs: number[];
    loss: number;
    gradients: Record<string, number[]>;
  }[];
};

const fixture = JSON.parse(readFileSync(new URL("network.json", import.meta.url), "utf8")) as Fixture;
const { time, batch, inputs, units, lengths } = fixture;

const specOf = ({ task, bidirectional, classes }: Fixture["cases"][number]): Spec => {
  const lstm: LayerSpec = { type: "recurrent", cell: "lstm", units, bidirectional };
  return {
    task,
    width: inputs,
    layers: [
      lstm,
      { type: "normalisation" },
      lstm,
      { type: "normalisation" },
      { type: "residual", over: 2 },
      { type: "pooling", over: ["last", "mean", "max"] },
    ],
    classes,
  };
};

/** Expects each number within 1e-5: absolute if it is small, else relative. */
function expectClose(found: Float32Array, expected: number[]): void {
  const errors = expected.map((value, index) => Math.abs(found[index]! - value) / Math.max(1, Math.abs(value)));
  expect(found.length).toBe(expected.length);
  expect(Math.max(...errors)).toBeLessThan(1e-5);
}

for (const backend of backendsHere) {
  test.each(fixture.cases)(
    `network: a $task of stacked layers on ${backend} matches PyTorch (bidirectional: $bidirectional)`,
    async (one) => {
      await selectBackend(backend);
      const weights = Object.entries(one.weights).map(
        ([name, { shape, values }]) => [name, { shape, values: Float32Array.from(values) }] as const,
      );
      const network = Network.from(specOf(one), new Map(weights));
      const read = (): Inputs => ({
        values: tensor<Rank.R3>(fixture.sequence, [time, batch, inputs]),
        lengths: tensor1d(lengths, "int32"),
      });
      expectClose(
        tidy(() => network.logits(read(), null).logits.dataSync<"float32">()),
        one.outputs,
      );
      const targets = tensor1d(one.targets, one.task === "regressor" ? "float32" : "int32");
      const { value, grads } = variableGrads(
        () => network.loss(read(), targets, null, { training: true, seed: 1 }).loss,
        [...network.weights.values()],
      );
      expect(value.dataSync()[0]).toBeCloseTo(one.loss, 5);
      for (const [name, weight] of network.weights) {
        expectClose(grads[weight.name]!.dataSync<"float32">(), one.gradients[name]!);
      }
      network.dispose();
    },
  );
}
