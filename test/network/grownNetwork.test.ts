/** @file Networks that start from another one's weights. */
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import { documentBatch } from "../../src/examples/documentExamples.js";
import { haveSameLayers, resizedSpec, startedNetwork } from "../../src/network/grownNetwork.js";
import { softmax } from "../../src/network/softmax.js";
import type { Network } from "../../src/network/network.js";
import type { LayerSpec, Spec } from "../../src/network/spec.js";
import { classifierSpec, generatorSpec, logitsOf, networkOf, recurrent } from "./sampleSpecs.js";

beforeAll(() => selectBackend("auto"));

const sentence = documentBatch([[3, 7, 7, 2, 19]], []);
const start = (base: Network, spec: Spec, keepsHead = true): Network =>
  startedNetwork(base, { initial: networkOf(spec, 2), keepsHead });

const tied: Spec = {
  ...generatorSpec,
  layers: [{ type: "embedding", units: 8 }, ...generatorSpec.layers.slice(1)],
  tied: true,
};
const adaptive: Spec = { ...generatorSpec, adaptive: { cutoffs: [6, 12], divValue: 2 } };

test.each(Object.entries({ full: generatorSpec, tied, adaptive }))(
  "grown network: a generator with more tokens gives the old ones the same odds (%s softmax)",
  (_, spec) => {
    const base = networkOf(spec);
    const grown = start(base, resizedSpec(spec, { vocabulary: 23, classes: 23 }));
    const before = logitsOf(base, sentence);
    const after = logitsOf(grown, sentence);
    for (const [step, row] of before.entries()) {
      const old = softmax(Float32Array.from(row));
      const probabilities = softmax(Float32Array.from(after[step]!));
      for (const token of [0, 3, 5])
        expect(probabilities[token]! / probabilities[4]!).toBeCloseTo(old[token]! / old[4]!, 4);
      for (const token of [20, 21, 22]) expect(probabilities[token]).toBeLessThan(0.2);
    }
    base.dispose();
    grown.dispose();
  },
);

test("grown network: the vector of a new token is the mean of the old ones, and its bias the smallest", () => {
  const base = networkOf(generatorSpec);
  base.storedWeight("head/bias").values.set([-3, 2]);
  const grown = start(base, resizedSpec(generatorSpec, { vocabulary: 21, classes: 21 }));
  const table = base.storedWeight("0-embedding/table").values;
  const mean = Array.from({ length: 6 }, (_, unit) => {
    const column = table.filter((_value, at) => at % 6 === unit);
    return column.reduce((sum, value) => sum + value, 0) / column.length;
  });
  const row = grown.storedWeight("0-embedding/table").values.slice(-6);
  for (const [unit, value] of row.entries()) expect(value).toBeCloseTo(mean[unit]!, 5);
  expect(grown.storedWeight("head/bias").values.at(-1)).toBe(-3);
  base.dispose();
  grown.dispose();
});

test("grown network: weights find their layers where dropout was added or removed", () => {
  const spec: Spec = {
    ...generatorSpec,
    layers: [
      { type: "embedding", units: 6, dropout: 0.1 },
      { type: "dropout", rate: 0.5 },
      { ...recurrent(9), recurrentDropout: 0.2 } as LayerSpec,
      { type: "dropout", rate: 0.5 },
      recurrent(8),
    ],
  };
  expect(haveSameLayers(generatorSpec, spec)).toBe(true);
  const base = networkOf(generatorSpec);
  const grown = start(base, spec);
  expect(logitsOf(grown, sentence)).toEqual(logitsOf(base, sentence));
  base.dispose();
  grown.dispose();
});

test("grown network: a residual connection is the same with and without the dropout that it passes", () => {
  const withResidual = (dropout: LayerSpec[]): Spec => ({
    ...generatorSpec,
    layers: [
      { type: "embedding", units: 6 },
      recurrent(8),
      ...dropout,
      recurrent(8),
      ...dropout,
      { type: "residual", over: 1 + dropout.length },
    ],
  });
  expect(haveSameLayers(withResidual([]), withResidual([{ type: "dropout", rate: 0.5 }]))).toBe(true);
});

test("grown network: a new output layer is the initial one, the other weights are the old ones", () => {
  const base = networkOf(classifierSpec);
  const spec = resizedSpec(classifierSpec, { vocabulary: 25, classes: 4 });
  const initial = networkOf(spec, 2);
  const head = initial.values().get("head/kernel")!;
  const grown = startedNetwork(base, { initial, keepsHead: false });
  expect(grown.values().get("head/kernel")).toEqual(head);
  expect(grown.values().get("2-recurrent/forward/kernel")).toEqual(base.values().get("2-recurrent/forward/kernel"));
  base.dispose();
  grown.dispose();
});

test("grown network: other layers, cells and units are not the same", () => {
  expect(haveSameLayers(generatorSpec, classifierSpec)).toBe(false);
  expect(haveSameLayers(generatorSpec, tied)).toBe(false);
  const gru = {
    ...generatorSpec,
    layers: generatorSpec.layers.map((layer) => ({ ...layer, cell: "gru" }) as LayerSpec),
  };
  expect(haveSameLayers(generatorSpec, gru)).toBe(false);
});
