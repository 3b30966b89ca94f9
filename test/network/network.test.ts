/** @file A network from a spec: its weights by name, and its logits in any batch and on any backend. */
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import { dispose, engine, keep, tensor1d, tensor2d, tidy } from "../../src/engine/tfjs.js";
import { documentBatch } from "../../src/examples/documentExamples.js";
import type { BackendName } from "../../src/common/names.js";
import { Network } from "../../src/network/network.js";
import type { Spec } from "../../src/network/spec.js";
import { backendsHere, exactBackendsHere, withoutNative } from "../engine/support.js";
import {
  blocksSpec,
  classifierSpec,
  convolutionSpec,
  generatorSpec,
  labelBlocksSpec,
  logitsOf,
  networkOf,
} from "./sampleSpecs.js";
import { casesOf } from "../support/thorough.js";

beforeAll(() => selectBackend("auto"));

const documents = fc.array(fc.array(fc.nat(19), { maxLength: 12 }), { minLength: 1, maxLength: 9 });

const specs = {
  recurrent: classifierSpec,
  learned: withLearnedStart(classifierSpec),
  convolution: convolutionSpec,
  valid: withoutPadding(convolutionSpec),
  blocks: labelBlocksSpec,
  "blocks, the last step": withLastStep(blocksSpec),
};
const on = (backends: BackendName[]): [BackendName, string, Spec][] =>
  backends.flatMap((backend) => Object.entries(specs).map(([name, spec]) => [backend, name, spec]));

function withLearnedStart(spec: Spec): Spec {
  return {
    ...spec,
    layers: spec.layers.map((layer) => (layer.type === "recurrent" ? { ...layer, learnedStart: true } : layer)),
  };
}

function withLastStep({ layers, ...spec }: Spec): Spec {
  return { ...spec, task: "classifier", layers: [...layers, { type: "pooling", over: ["last", "mean"] }], classes: 3 };
}

function withoutPadding(spec: Spec): Spec {
  const widths = [{ filters: 9, size: 3 }];
  return {
    ...spec,
    layers: spec.layers.map((layer) => (layer.type === "convolution" ? { ...layer, widths, padding: "valid" } : layer)),
  };
}

test.each(on(exactBackendsHere))(
  "network: on %s, a row's logits do not depend on other rows, to the bit (%s)",
  async (backend, _, spec) => {
    await selectBackend(backend);
    const network = networkOf(spec);
    fc.assert(
      fc.property(documents, (rows) => {
        const together = logitsOf(network, documentBatch(rows, []));
        for (const [index, row] of rows.entries()) {
          expect(logitsOf(network, documentBatch([row], []))).toEqual([together[index]]);
        }
      }),
      { numRuns: casesOf(backend === "cpu" ? 10 : 50) },
    );
    network.dispose();
  },
);

test.each(on(backendsHere))("network: on %s, tokens in the padding change no logit (%s)", async (backend, _, spec) => {
  await selectBackend(backend);
  const network = networkOf(spec);
  const batch = documentBatch([[1, 2, 3, 4, 5], [6, 7], []], []);
  const clean = logitsOf(network, batch);
  const changed = batch.tokens.map((token, at) => (Math.floor(at / 3) < batch.lengths![at % 3]! ? token : 19));
  expect(changed).not.toEqual(batch.tokens);
  expect(logitsOf(network, { ...batch, tokens: changed })).toEqual(clean);
  network.dispose();
});

test.skipIf(withoutNative).each(Object.entries(specs))(
  "network: all backends agree up to rounding (%s)",
  async (_, spec) => {
    const batch = documentBatch([[1, 2, 3, 4, 5], [6, 7], [19]], []);
    const results: number[][] = [];
    for (const backend of backendsHere) {
      await selectBackend(backend);
      const network = networkOf(spec);
      results.push(logitsOf(network, batch).flat());
      network.dispose();
    }
    results[1]!.forEach((value, index) => expect(value).toBeCloseTo(results[0]![index]!, 5));
  },
);

const readers = { recurrent: generatorSpec, blocks: blocksSpec };
test.each(
  backendsHere.flatMap((backend) => Object.entries(readers).map(([name, spec]) => [backend, name, spec] as const)),
)(
  "network: on %s, a text read in pieces with carried state gives the logits of the whole text (%s)",
  async (backend, _, spec) => {
    await selectBackend(backend);
    const network = networkOf(spec);
    const tokens = [3, 1, 4, 1, 5, 9, 2, 6];
    const read = (part: number[], state: Parameters<Network["logits"]>[1]) =>
      tidy(() => {
        const result = network.logits({ values: tensor2d(part, [part.length, 1], "int32"), lengths: null }, state);
        return { logits: result.logits.arraySync(), state: result.state.map((tensors) => tensors.map(keep)) };
      });
    const whole = read(tokens, null);
    const first = read(tokens.slice(0, 3), null);
    const second = read(tokens.slice(3), first.state);
    const pieces = [...first.logits, ...second.logits].flat();
    const differences = whole.logits.flat().map((value, index) => Math.abs(value - pieces[index]!));
    const bound = backend === "tensorflow" ? 1e-5 : 0; // TensorFlow sums in another order for another number of rows
    expect(Math.max(...differences)).toBeLessThanOrEqual(bound);
    dispose([whole.state, first.state, second.state]);
    network.dispose();
  },
);

test("network: the same seed gives the same initial weights, and another seed gives others", () => {
  const [one, again, other] = [networkOf(generatorSpec), networkOf(generatorSpec), networkOf(generatorSpec, 2)];
  expect(again.values()).toEqual(one.values());
  expect(other.values()).not.toEqual(one.values());
  expect(one.parameters).toBe(20 * 6 + (6 + 9 + 1) * 36 + (9 + 8 + 1) * 32 + (8 + 1) * 20);
});

test("network: a network is restored from its values, and disposing of it frees all its tensors", () => {
  const before = engine().memory().numTensors;
  const [network, other] = [networkOf(classifierSpec), networkOf(classifierSpec, 2)];
  const copy = Network.from(classifierSpec, network.values());
  expect(copy.values()).toEqual(network.values());
  copy.assign(other.values());
  expect(copy.values()).toEqual(other.values());
  for (const one of [network, other, copy]) one.dispose();
  expect(engine().memory().numTensors).toBe(before);
});

test("network: tied weights are shared with the embedding and need a last layer of its width", () => {
  const spec: Spec = { ...generatorSpec, tied: true };
  expect(() => networkOf(spec)).toThrow(
    "--tie-weights needs a last layer of the embedding's width 6, but its width is 8",
  );
  const network = networkOf({ ...spec, layers: [...spec.layers, { type: "dense", units: 6 }] });
  expect([...network.weights.keys()].filter((name) => name.startsWith("head"))).toEqual(["head/bias"]);
  const [tokens, targets] = [tensor2d([[3], [4]], undefined, "int32"), tensor1d([4, 5], "int32")];
  tidy(() => {
    const { logits } = network.logits({ values: tokens, lengths: null }, null);
    const { loss } = network.loss({ values: tokens, lengths: null }, targets, null, { training: false, seed: 0 });
    const negativeLogLikelihood = logits
      .arraySync()
      .map((row, index) => Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[4 + index]!);
    expect(loss.dataSync()[0]).toBeCloseTo((negativeLogLikelihood[0]! + negativeLogLikelihood[1]!) / 2, 5);
  });
  dispose([tokens, targets]);
  network.dispose();
});

test("network: weights that do not fit are an error that names them", () => {
  const network = networkOf(generatorSpec);
  const values = network.values();
  const without = new Map(values);
  without.delete("head/bias");
  expect(() => Network.from(generatorSpec, without)).toThrow("has no weight head/bias");
  const more = new Map(values).set("9-recurrent/forward/kernel", { shape: [1], values: Float32Array.of(1) });
  expect(() => Network.from(generatorSpec, more)).toThrow(
    "has a weight 9-recurrent/forward/kernel that its network does not have",
  );
  const other = new Map(values).set("head/bias", { shape: [2], values: Float32Array.of(1, 2) });
  expect(() => Network.from(generatorSpec, other)).toThrow(
    "has a weight head/bias of shape [2]; its network needs [20]",
  );
  expect([...values.keys()]).toEqual([
    "0-embedding/table",
    "1-recurrent/forward/kernel",
    "1-recurrent/forward/recurrent",
    "1-recurrent/forward/bias",
    "2-recurrent/forward/kernel",
    "2-recurrent/forward/recurrent",
    "2-recurrent/forward/bias",
    "head/kernel",
    "head/bias",
  ]);
});

test("network: dropout depends on the seed in training and is off otherwise", async () => {
  await selectBackend("auto");
  const network = networkOf(classifierSpec);
  const batch = documentBatch([[1, 2, 3]], []);
  const loss = (training: boolean, seed: number): number =>
    tidy(() => {
      const inputs = { values: tensor2d(batch.tokens, [3, 1], "int32"), lengths: null };
      const targets = tensor1d([0], "int32");
      return network.loss(inputs, targets, null, { training, seed }).loss.dataSync()[0]!;
    });
  expect(loss(true, 1)).toBe(loss(true, 1));
  expect(loss(true, 1)).not.toBe(loss(true, 2));
  expect(loss(false, 1)).toBe(loss(false, 2));
});
