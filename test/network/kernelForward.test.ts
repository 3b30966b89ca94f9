/** @file The forward pass on the kernels alone has the bits of the network's own. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import { dispose } from "../../src/engine/tfjs.js";
import type { BatchInputs } from "../../src/examples/batch.js";
import { documentBatch } from "../../src/examples/documentExamples.js";
import { inputsOf } from "../../src/network/inputs.js";
import { blockLayers } from "../../src/network/blockLayers.js";
import { initializations } from "../../src/network/initializers.js";
import { logitsOnKernels } from "../../src/network/kernelForward.js";
import { Network } from "../../src/network/network.js";
import type { LayerSpec, Spec } from "../../src/network/spec.js";
import { exactBackendsHere } from "../engine/support.js";
import { randomStream } from "../../src/common/random.js";
import { casesOf } from "../support/thorough.js";

const kernelBackends = exactBackendsHere.filter((name) => name !== "cpu");

const vocabulary = 20;
const widths = [
  { filters: 3, size: 2 },
  { filters: 4, size: 3 },
];
const plainLayers = fc
  .record({
    cell: fc.constantFrom("rnn", "lstm", "gru", "residual", "sru", "hgrn", "mingru"),
    units: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    bidirectional: fc.boolean(),
    normalized: fc.boolean(),
    residual: fc.boolean(),
    learnedStart: fc.boolean(),
    lowerBound: fc.constantFrom(undefined, 0.5),
    over: fc.constantFrom<string[]>(
      ["last"],
      ["mean"],
      ["max"],
      ["mean", "max"],
      ["max", "mean"],
      ["last", "mean", "max"],
      ["attention", "flatten", "last"],
    ),
    convolution: fc.boolean(),
    dense: fc.boolean(),
    numbers: fc.boolean(),
  })
  .map(({ cell, units, bidirectional, normalized, residual, learnedStart, lowerBound, over, ...has }): LayerSpec[] => [
    ...(has.convolution ? [{ type: "convolution" as const, widths, padding: "same" as const }] : []),
    ...units.flatMap((width, index): LayerSpec[] => {
      const same = residual && index > 0;
      const made: LayerSpec[] = [
        {
          type: "recurrent",
          cell,
          units: residual ? units[0]! : width,
          bidirectional,
          ...(learnedStart && { learnedStart }),
          ...(cell === "hgrn" && lowerBound !== undefined && { lowerBound }),
        },
        ...(normalized ? [{ type: "normalisation" as const }] : []),
        { type: "dropout", rate: 0.5 },
      ];
      return same ? [...made, { type: "residual", over: made.length }] : made;
    }),
    { type: "pooling", over: [...over], ...(over.includes("flatten") && { steps: 4 }) },
    ...(has.numbers ? [{ type: "numbers" as const, columns: 2 }] : []),
    ...(has.dense ? [{ type: "dense" as const, units: 7 }] : []),
  ]);
const blockWidth = 5;
const blocks = fc
  .record({
    cells: fc.array(fc.constantFrom("lstm", "sru", "hgrn", "mingru"), { minLength: 1, maxLength: 2 }),
    units: fc.integer({ min: 1, max: 9 }),
    bidirectional: fc.boolean(),
    mlp: fc.constantFrom(undefined, 0, 7),
    causalConv: fc.constantFrom(undefined, 3),
    over: fc.constantFrom<string[]>(["last"], ["max"], ["last", "mean"]),
  })
  .map(({ cells, units, bidirectional, mlp, causalConv, over }): LayerSpec[] => [
    ...blockLayers(
      { mlp, causalConv },
      cells.map((cell) => ({ type: "recurrent", cell, units, bidirectional: bidirectional && !over.includes("last") })),
      blockWidth,
      [{ type: "dropout", rate: 0.5 }],
    ),
    { type: "pooling", over: [...over] },
  ]);
const layersOf = fc.oneof({ arbitrary: plainLayers, weight: 2 }, blocks);
/** Initial weights, and noise on those that begin as zeros or ones. */
function networkOf(spec: Spec): Network {
  const random = randomStream(1, "weights");
  const values = new Map(
    [...Network.create(spec, initializations.keras(), 1).values()].map(([name, { shape, values: initial }]) => {
      const isBias = /\/(bias|scale|shift|start\/\d)$|convolution\/kernel$/.test(name);
      return [name, { shape, values: isBias ? initial.map((value) => value + random() - 0.5) : initial }];
    }),
  );
  return Network.from(spec, values);
}
const tokenSpec = (layers: LayerSpec[]): Spec => ({
  task: "classifier",
  vocabulary,
  layers: [{ type: "embedding", units: blockWidth }, ...layers],
  classes: 3,
});
const documents = fc.array(fc.array(fc.nat(vocabulary - 1), { maxLength: 30 }), { minLength: 1, maxLength: 9 });

function referenceLogits(network: Network, inputs: BatchInputs): Float32Array {
  const { logits, state } = network.read(() => inputsOf(inputs), null);
  dispose(state);
  return logits;
}

test.each(kernelBackends)(
  "kernel forward: on %s, texts have the logits of the network, to the bit",
  async (backend) => {
    await selectBackend(backend);
    fc.assert(
      fc.property(layersOf, documents, (layers, rows) => {
        const network = networkOf(tokenSpec(layers));
        const inputs = {
          ...documentBatch(
            rows.toSorted((left, right) => right.length - left.length),
            [],
          ),
          textNumbers: Float32Array.from({ length: 2 * rows.length }, (_, index) => index / 3 - 1),
        };
        const onKernels = logitsOnKernels(network, inputs);
        expect(onKernels).not.toBeNull();
        expect(onKernels).toEqual(logitsOnKernels(network, inputs)); // buffers that are used again change nothing
        expect(onKernels).toEqual(referenceLogits(network, inputs));
        expect(logitsOnKernels(network, inputs)).toBeNull(); // the weights are tensors now
        network.dispose();
      }),
      { numRuns: casesOf(40) },
    );
  },
);

const withoutNumbers = layersOf.filter((layers) => !layers.some(({ type }) => type === "numbers"));

test.each(kernelBackends)("kernel forward: on %s, rows of numbers have the logits of the network", async (backend) => {
  await selectBackend(backend);
  fc.assert(
    fc.property(withoutNumbers, fc.integer({ min: 1, max: 6 }), (layers, time) => {
      const first: LayerSpec[] = layers[0]!.type === "rms-norm" ? [{ type: "projection", units: blockWidth }] : [];
      const spec: Spec = { task: "classifier", width: 2, layers: [...first, ...layers], classes: 3 };
      const network = networkOf(spec);
      const numbers = Float32Array.from({ length: time * 3 * 2 }, (_, index) => Math.sin(index));
      const inputs = { time, rows: 3, lengths: null, width: 2, numbers };
      expect(logitsOnKernels(network, inputs)).toEqual(referenceLogits(network, inputs));
      network.dispose();
    }),
    { numRuns: casesOf(20) },
  );
});

test("kernel forward: a network with another layer, or a backend without kernels, runs on tensors", async () => {
  const last: LayerSpec[] = [
    { type: "recurrent", cell: "lstm", units: 3, bidirectional: false },
    { type: "pooling", over: ["last"] },
  ];
  const inputs = documentBatch([[1, 2]], []);
  await selectBackend("wasm");
  const shortened: LayerSpec = { type: "convolution", widths: [{ filters: 3, size: 2 }], padding: "valid" };
  const other = Network.create(tokenSpec([shortened, ...last]), initializations.keras(), 1);
  expect(logitsOnKernels(other, inputs)).toBeNull();
  await selectBackend("cpu");
  expect(logitsOnKernels(Network.create(tokenSpec(last), initializations.keras(), 1), inputs)).toBeNull();
});

test("kernel forward: after another backend was selected, a network runs on its kernels", async () => {
  const spec = tokenSpec([
    { type: "recurrent", cell: "lstm", units: 3, bidirectional: true },
    { type: "pooling", over: ["max"] },
  ]);
  const inputs = documentBatch([[1, 2, 3], [4]], []);
  const network = Network.create(spec, initializations.keras(), 1);
  const answers: (Float32Array | null)[] = [];
  for (const backend of [...kernelBackends, ...kernelBackends.toReversed()]) {
    await selectBackend(backend);
    answers.push(logitsOnKernels(network, inputs));
  }
  for (const answer of answers)
    for (const [index, logit] of answer!.entries()) expect(logit).toBeCloseTo(answers[0]![index]!, 5);
  network.dispose();
});
