/** @file Residual connections, normalization and every kind of dropout: against their formulas, and with rows of different lengths. */
import { expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { dropoutReference } from "../../../src/engine/ops/dropout.js";
import { recurrent, recurrentReference, sequenceOf } from "../../../src/engine/ops/recurrent.js";
import type { Lookup } from "../../../src/engine/ops/embedding.js";
import {
  eye,
  fill,
  ones,
  type Tensor,
  tensor,
  tensor1d,
  type Tensor2D,
  tensor2d,
  type Tensor3D,
  tidy,
  variableGrads,
  zeros,
} from "../../support/tfjs.js";
import type { BatchInputs } from "../../../src/examples/batch.js";
import { documentBatch } from "../../../src/examples/documentExamples.js";
import { type CellName, cellNames } from "../../../src/common/names.js";
import { cells } from "../../../src/network/cells.js";
import { inputsOf } from "../../../src/network/inputs.js";
import type { Pass, Signal, Weights } from "../../../src/network/layers/layer.js";
import { kindOf } from "../../../src/network/layers/index.js";
import type { Network } from "../../../src/network/network.js";
import { type LayerSpec, readSpec, type Spec } from "../../../src/network/spec.js";
import { seed32 } from "../../../src/common/random.js";
import {
  backendsHere,
  difference,
  exactBackendsHere,
  evaluate,
  randomValues,
  gradientError,
} from "../../engine/support.js";
import { labelBlocksSpec, logitsOf, networkOf } from "../sampleSpecs.js";

const pass: Pass = { training: true, dropping: true, seed: 7, endsOnly: false, carried: null, earlier: [] };
const signalOf = (values: Signal["values"]): Signal => ({ values, lengths: null, ends: null });
const forward = (spec: LayerSpec, values: Signal["values"], weights: Weights = {}, more: Partial<Pass> = {}) =>
  kindOf(spec).forward(spec, signalOf(values), weights, { ...pass, ...more }).signal;
const valuesAfter = (...given: Parameters<typeof forward>): Tensor => forward(...given).values as Tensor;

test.each(backendsHere)(
  "residual: on %s, the layer adds the input of the first layer that it spans",
  async (backend) => {
    const inputs = [randomValues([2, 2, 3], "read"), randomValues([2, 2, 3], "output"), randomValues([2, 3], "ends")];
    const { outputs, gradients } = await evaluate(backend, inputs, ([read, output, ends]) => {
      const earlier = [signalOf(zeros([2, 2, 9])), { ...signalOf(read!), ends: ends as Tensor2D }, signalOf(output!)];
      const spec: LayerSpec = { type: "residual", over: 2 };
      const given = { ...signalOf(output!), ends: ends as Tensor2D };
      const { signal } = kindOf(spec).forward(spec, given, {}, { ...pass, earlier });
      return [signal.values as Tensor, signal.ends!];
    });
    expect(outputs[0]).toEqual(inputs[0]!.values.map((value, index) => value + inputs[1]!.values[index]!));
    expect(outputs[1]).toEqual(inputs[2]!.values.map((value) => 2 * value));
    expect(gradients[0]).toEqual(gradients[1]);
  },
);

test.each(backendsHere)(
  "dropout: on %s, the variational mask is the same at all steps and differs between rows",
  async (backend) => {
    const spec: LayerSpec = { type: "dropout", rate: 0.3, variational: true };
    const inputs = [{ shape: [4, 50, 40], values: new Float32Array(8000).fill(1) }];
    const { outputs } = await evaluate(backend, inputs, ([x]) => [
      valuesAfter(spec, x!),
      valuesAfter(spec, x!, {}, { training: true, dropping: false }),
    ]);
    const [dropped, whole] = outputs as [Float32Array, Float32Array];
    const steps = [0, 1, 2, 3].map((step) => dropped.slice(step * 2000, (step + 1) * 2000));
    for (const step of steps) expect(step).toEqual(steps[0]);
    expect(steps[0]!.slice(0, 40)).not.toEqual(steps[0]!.slice(40, 80));
    expect(steps[0]!.filter((value) => value === 0).length / 2000).toBeCloseTo(0.3, 1);
    expect(whole).toEqual(inputs[0]!.values);
  },
);

test.each(backendsHere)("embedding: on %s, dropout removes a word everywhere in the batch", async (backend) => {
  await selectBackend(backend);
  const spec: LayerSpec = { type: "embedding", units: 6, dropout: 0.4 };
  const tokens = tensor2d([...Array(30).keys(), ...Array(30).keys()], [2, 30], "int32");
  const read = (dropping: boolean) =>
    sequenceOf(forward(spec, tokens, { table: ones([30, 6]) }, { dropping }).values as Lookup).arraySync();
  const [first, second] = read(true);
  expect(second).toEqual(first); // the same words
  const sums = first!.map((vector) => new Set(vector));
  expect(sums.every(({ size }) => size === 1)).toBe(true); // the whole vector of a word, or zeros
  expect(new Set(first!.flat()).size).toBe(2);
  expect(first!.flat()).toContain(0);
  expect(Math.max(...first!.flat())).toBeCloseTo(1 / 0.6, 5);
  expect(new Set(read(false).flat(2))).toEqual(new Set([1]));
});

const layerOf = (cell: CellName, more: object): LayerSpec => ({
  type: "recurrent",
  cell,
  units: 4,
  bidirectional: false,
  ...more,
});

function weightsOf(cell: CellName): { shape: number[]; values: Float32Array }[] {
  const columns = cells[cell].gates * 4;
  const bias = cells[cell].biases === 1 ? [columns] : [2, columns];
  return [[5, 2, 3], [3, columns], [4, columns], bias].map((shape, index) => randomValues(shape, cell, index));
}

const withMatrix = cellNames.filter((cell) => !cells[cell].elementwise);

for (const cell of withMatrix) {
  test(`recurrent: a ${cell} layer with weight dropout equals one with zeros in the recurrent kernel`, async () => {
    const seed = seed32(seed32(pass.seed, "forward"), "weights");
    for (const backend of backendsHere) {
      const dropped = await evaluate(backend, weightsOf(cell), ([x, kernel, weights, bias]) => [
        valuesAfter(layerOf(cell, { weightDrop: 0.4 }), x!, {
          "forward/kernel": kernel!,
          "forward/recurrent": weights!,
          "forward/bias": bias!,
        }),
      ]);
      const expected = await evaluate("cpu", weightsOf(cell), ([x, kernel, weights, bias]) => {
        const droppedWeights = dropoutReference(weights as Tensor2D, 0.4, seed);
        const direction = { weights: { kernel: kernel as Tensor2D, recurrent: droppedWeights, bias: bias! } };
        return [recurrentReference(cells[cell], x as Tensor3D, null, [direction]).outputs];
      });
      expect(difference(dropped.outputs, expected.outputs)).toBeLessThan(2e-5);
      expect(difference(dropped.gradients, expected.gradients)).toBeLessThan(2e-5);
    }
  });

  test(`recurrent: gradients of a ${cell} layer with recurrent dropout match finite differences on every backend`, async () => {
    const run = ([x, kernel, weights, bias]: Tensor[]): Tensor[] => {
      const mask = tensor2d([2, 0, 2, 2, 0, 2, 2, 0], [2, 4]);
      const direction = { weights: { kernel: kernel as Tensor2D, recurrent: weights as Tensor2D, bias: bias!, mask } };
      return [recurrent(cells[cell], x as Tensor3D, tensor1d([5, 2], "int32"), [direction]).outputs];
    };
    const error = cell === "rnn-relu" ? 0 : await gradientError(weightsOf(cell), run); // relu has a kink
    expect(error).toBeLessThan(0.01);
    const expected = await evaluate("cpu", weightsOf(cell), run);
    for (const backend of backendsHere) {
      const actual = await evaluate(backend, weightsOf(cell), run);
      expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
      expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
    }
  });
}

test.each(backendsHere)(
  "recurrent: on %s, recurrent dropout uses one mask of mean 1 for all steps",
  async (backend) => {
    await selectBackend(backend);
    const [rows, units, rate] = [50, 40, 0.25];
    // With the identity as its kernel and no input, h' = relu(mask h): powers of the mask.
    const spec: LayerSpec = {
      type: "recurrent",
      cell: "rnn-relu",
      units,
      bidirectional: false,
      recurrentDropout: rate,
    };
    const weights = {
      "forward/kernel": zeros([1, units]),
      "forward/recurrent": eye(units),
      "forward/bias": zeros([units]),
    };
    const run = (dropping: boolean): number[][] =>
      (
        valuesAfter(spec, zeros([3, rows, 1]), weights, {
          dropping,
          carried: [fill([rows, units], 1)],
        }) as Tensor3D
      )
        .arraySync()
        .map((step) => step.flat());
    const [first, second, third] = run(true) as [number[], number[], number[]];
    expect(first.filter((value) => value === 0).length / first.length).toBeCloseTo(rate, 1);
    expect(first.reduce((sum, value) => sum + value, 0) / first.length).toBeCloseTo(1, 1);
    for (const [index, value] of first.entries()) {
      expect(second[index]).toBeCloseTo(value ** 2, 5);
      expect(third[index]).toBeCloseTo(value ** 3, 5);
    }
    expect(first.slice(0, units)).not.toEqual(first.slice(units, 2 * units));
    expect(new Set(run(false).flat())).toEqual(new Set([1]));
  },
);

/** Two recurrent layers with normalization, dropout and a residual connection. */
const wholeSpec = (bidirectional: boolean, over: ("last" | "max" | "mean" | "attention")[], drop = true): Spec => {
  const recurrentLayer: LayerSpec = {
    type: "recurrent",
    cell: "gru",
    units: 4,
    bidirectional,
    ...(drop && { recurrentDropout: 0.2, weightDrop: 0.2 }),
  };
  const dropout: LayerSpec = { type: "dropout", rate: 0.2, variational: true };
  return {
    task: "classifier",
    vocabulary: 20,
    layers: [
      { type: "embedding", units: 6, ...(drop && { dropout: 0.2 }) },
      recurrentLayer,
      { type: "normalisation" },
      dropout,
      recurrentLayer,
      { type: "normalisation" },
      dropout,
      { type: "residual", over: 3 },
      { type: "pooling", over },
    ],
    classes: 3,
  };
};
const specs = [
  wholeSpec(true, ["last", "max", "mean"]),
  wholeSpec(false, ["attention"]),
  wholeSpec(false, ["last"]),
  wholeSpec(true, ["mean", "last"], false),
  labelBlocksSpec,
];

/** Gives normalization nonzero shifts, so that its output for padding is not zero either. */
function shifted(network: Network): Network {
  const values = new Map(
    [...network.values()].map(([name, { shape, values: numbers }]) => [
      name,
      { shape, values: name.endsWith("/shift") ? numbers.map((_, index) => 1 + index) : numbers },
    ]),
  );
  network.assign(values);
  return network;
}

const texts = [[3, 4, 5, 6, 7], [8, 9], [10]];
const targets = (): ReturnType<typeof tensor1d> => tensor1d([0, 2, 1], "int32");

/** The same rows with more padding, of other tokens. */
function padded(batch: BatchInputs): BatchInputs {
  if (!("tokens" in batch)) throw new TypeError("the batch has no tokens");
  const { rows, time } = batch;
  const tokens = new Int32Array((time + 3) * rows).fill(13);
  for (const [row, text] of texts.entries())
    for (const [step, token] of text.entries()) tokens[step * rows + row] = token;
  return { ...batch, tokens, time: time + 3 };
}

/** The loss and the gradients of all weights in training. */
const lossAndGradients = (network: Network, batch: BatchInputs): Float32Array[] =>
  tidy(() => {
    const loss = () => network.loss(inputsOf(batch), targets(), null, { training: true, seed: 5 }).loss;
    const { value, grads } = variableGrads(loss, [...network.weights.values()]);
    const all = [value, ...[...network.weights.values()].map(({ name }) => grads[name]!)];
    return all.map((result: Tensor) => Float32Array.from(result.dataSync()));
  });

for (const backend of backendsHere) {
  // Course rows 1.2, 4.5: docs/guide/README.md#course-rows
  test.each(specs)(`network: no row depends on padding or on other rows on ${backend} (%#)`, async (spec) => {
    await selectBackend(backend);
    const network = shifted(networkOf(spec));
    const batch = documentBatch(texts, []);
    const read = (inputs: BatchInputs) => logitsOf(network, inputs).map((row) => Float32Array.from(row));
    const logits = read(batch);
    const tolerance = exactBackendsHere.includes(backend) ? 0 : 2e-6;
    for (const [row, text] of texts.entries())
      expect(difference(read(documentBatch([text], [])), [logits[row]!])).toBeLessThanOrEqual(tolerance);
    expect(difference(read(padded(batch)), logits)).toBeLessThanOrEqual(tolerance);
    expect(difference(lossAndGradients(network, padded(batch)), lossAndGradients(network, batch))).toBeLessThan(1e-6);
  });
}

test.each(specs)("network: the loss and gradients of every layer agree on all backends (%#)", async (spec) => {
  const found: Float32Array[][] = [];
  for (const backend of backendsHere) {
    await selectBackend(backend);
    found.push(lossAndGradients(shifted(networkOf(spec)), documentBatch(texts, [])));
  }
  for (const one of found) expect(difference(one, found[0]!)).toBeLessThan(2e-5);
});

test("network: normalizing only the last outputs gives the same values as normalizing all", async () => {
  await selectBackend(backendsHere[0]!);
  const spec = { ...wholeSpec(false, ["last"], false) };
  const [recurrentLayer, normalization] = spec.layers.slice(1, 3) as [LayerSpec, LayerSpec];
  const layers: LayerSpec[] = [spec.layers[0]!, recurrentLayer, normalization, { type: "pooling", over: ["last"] }];
  const all: LayerSpec[] = [...layers.slice(0, -1), { type: "pooling", over: ["last", "mean"] }];
  const vectorsOf = (given: LayerSpec[]) => {
    const { vectors } = shifted(networkOf({ ...spec, layers: given })).vectors(() =>
      inputsOf(documentBatch(texts, [])),
    );
    return tensor(vectors, [3, vectors.length / 3]).arraySync() as number[][];
  };
  const both = vectorsOf(all);
  for (const [row, ends] of vectorsOf(layers).entries())
    for (const [unit, value] of ends.entries()) expect(both[row]![unit]).toBeCloseTo(value, 6);
});

test("residual: the connection spans recurrent layers of as many units", () => {
  const lstm = (units: number): LayerSpec => ({ type: "recurrent", cell: "lstm", units, bidirectional: false });
  const specOf = (...layers: LayerSpec[]): Spec => ({
    task: "generator",
    vocabulary: 20,
    layers: [{ type: "embedding", units: 6 }, ...layers],
    classes: 20,
  });
  expect(readSpec(specOf(lstm(6), lstm(6), { type: "residual", over: 1 })).layers).toHaveLength(4);
  for (const over of [2, 3, 4, 9]) {
    expect(() => readSpec(specOf(lstm(6), lstm(6), { type: "residual", over }))).toThrow(
      "expected a residual connection from a recurrent layer past the ones after it",
    );
  }
  expect(() => networkOf(specOf(lstm(6), lstm(5), { type: "residual", over: 1 }))).toThrow(
    "adds an input of width 6 to an output of width 5: both need the same width",
  );
});
