/** @file Networks of pre-norm residual blocks against PyTorch modules written from the papers: outputs, loss and all gradients. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import { tensor1d, tensor2d, tidy, variableGrads } from "../../src/engine/tfjs.js";
import { type Inputs, Network } from "../../src/network/network.js";
import { readSpec } from "../../src/network/spec.js";
import { backendsHere } from "../engine/support.js";

type Fixture = {
  time: number;
  batch: number;
  lengths: number[];
  cases: {
    spec: object;
    tokens: number[];
    targets: number[];
    weights: Record<string, { shape: number[]; values: number[] }>;
    outputs: number[];
    loss: number;
    gradients: Record<string, number[]>;
  }[];
};

const fixture = JSON.parse(readFileSync(new URL("blocks.json", import.meta.url), "utf8")) as Fixture;
const { time, batch, lengths } = fixture;

/** Expects each number within 1e-5: absolute if it is small, else relative. */
function expectClose(found: Float32Array, expected: number[]): void {
  const errors = expected.map((value, index) => Math.abs(found[index]! - value) / Math.max(1, Math.abs(value)));
  expect(found.length).toBe(expected.length);
  expect(Math.max(...errors)).toBeLessThan(1e-5);
}

const cases = fixture.cases.map((one) => {
  const spec = readSpec(one.spec);
  const layer = spec.layers.find(({ type }) => type === "recurrent");
  const weights = Object.entries(one.weights).map(
    ([name, { shape, values }]) => [name, { shape, values: Float32Array.from(values) }] as const,
  );
  return {
    ...one,
    spec,
    cell: layer?.type === "recurrent" ? layer.cell : "",
    network: () => Network.from(spec, new Map(weights)),
  };
});

const inputs = (tokens: number[]) => (): Inputs => ({
  values: tensor2d(tokens, [time, batch], "int32"),
  lengths: tensor1d(lengths, "int32"),
});

for (const backend of backendsHere) {
  test.each(cases)(
    `blocks: a $spec.task of $cell on ${backend} matches PyTorch, gradients too`,
    async ({ spec, tokens, targets, outputs, loss, gradients, network: networkOf }) => {
      await selectBackend(backend);
      const network = networkOf();
      const logits = tidy(() => network.logits(inputs(tokens)(), null).logits.arraySync());
      const isPresent = (row: number): boolean =>
        spec.task === "classifier" || Math.floor(row / batch) < lengths[row % batch]!;
      for (const [row, values] of logits.entries())
        if (isPresent(row))
          expectClose(Float32Array.from(values), outputs.slice(row * spec.classes, (row + 1) * spec.classes));
      const { value, grads } = variableGrads(
        () => network.loss(inputs(tokens)(), tensor1d(targets, "int32"), null, { training: true, seed: 1 }).loss,
        [...network.weights.values()],
      );
      expect(value.dataSync()[0]).toBeCloseTo(loss, 5);
      for (const [name, weight] of network.weights)
        expectClose(grads[weight.name]!.dataSync<"float32">(), gradients[name]!);
      network.dispose();
    },
  );
}
