/** @file A network made real: weights by name, and numbers that depend on what is read and on nothing else. */
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import { dispose, engine, keep, tensor1d, tensor2d, tidy } from "../../src/engine/tfjs.js";
import { documentBatch } from "../../src/examples/documentExamples.js";
import type { BackendName } from "../../src/common/names.js";
import { Network } from "../../src/network/network.js";
import type { Spec } from "../../src/network/spec.js";
import { backendsHere, exactBackendsHere, withoutNative } from "../engine/support.js";
import { classifierSpec, convolutionSpec, generatorSpec, logitsOf, networkOf } from "./sampleSpecs.js";
import { casesOf } from "../support/thorough.js";

beforeAll(() => selectBackend("auto"));

const documents = fc.array(fc.array(fc.nat(19), { maxLength: 12 }), { minLength: 1, maxLength: 9 });

const specs = {
  recurrent: classifierSpec,
  learned: withLearnedStart(classifierSpec),
  convolution: convolutionSpec,
  valid: withoutPadding(convolutionSpec),
};
const on = (backends: BackendName[]): [BackendName, string, Spec][] =>
  backends.flatMap((backend) => Object.entries(specs).map(([name, spec]) => [backend, name, spec]));

function withLearnedStart(spec: Spec): Spec {
  return {
    ...spec,
    layers: spec.layers.map((layer) => (layer.type === "recurrent" ? { ...layer, learnedStart: true } : layer)),
  };
}

function withoutPadding(spec: Spec): Spec {
  const widths = [{ filters: 9, size: 3 }];
  return {
    ...spec,
    layers: spec.layers.map((layer) => (layer.type === "convolution" ? { ...layer, widths, padding: "valid" } : layer)),
  };
}

test.each(on(exactBackendsHere))(
  "on %s, what a row says depends on no other row, to the bit (%s)",
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

test.each(on(backendsHere))("on %s, what stands in the padding is never read (%s)", async (backend, _, spec) => {
  await selectBackend(backend);
  const network = networkOf(spec);
  const batch = documentBatch([[1, 2, 3, 4, 5], [6, 7], []], []);
  const clean = logitsOf(network, batch);
  const dirty = batch.tokens.map((token, at) => (Math.floor(at / 3) < batch.lengths![at % 3]! ? token : 19));
  expect(dirty).not.toEqual(batch.tokens);
  expect(logitsOf(network, { ...batch, tokens: dirty })).toEqual(clean);
  network.dispose();
});

test.skipIf(withoutNative).each(Object.entries(specs))(
  "every backend gives the same numbers, but for rounding (%s)",
  async (_, spec) => {
    const batch = documentBatch([[1, 2, 3, 4, 5], [6, 7], [19]], []);
    const answers: number[][] = [];
    for (const backend of backendsHere) {
      await selectBackend(backend);
      const network = networkOf(spec);
      answers.push(logitsOf(network, batch).flat());
      network.dispose();
    }
    answers[1]!.forEach((value, index) => expect(value).toBeCloseTo(answers[0]![index]!, 5));
  },
);

test.each(backendsHere)(
  "on %s, a text read in pieces with the state carried is the text read whole",
  async (backend) => {
    await selectBackend(backend);
    const network = networkOf(generatorSpec);
    const tokens = [3, 1, 4, 1, 5, 9, 2, 6];
    const read = (part: number[], state: Parameters<Network["logits"]>[1]) =>
      tidy(() => {
        const result = network.logits({ values: tensor2d(part, [part.length, 1], "int32"), lengths: null }, state);
        return { logits: result.logits.arraySync(), state: result.state.map((tensors) => tensors.map(keep)) };
      });
    const whole = read(tokens, null);
    const first = read(tokens.slice(0, 3), null);
    const second = read(tokens.slice(3), first.state);
    expect([...first.logits, ...second.logits]).toEqual(whole.logits);
    dispose([whole.state, first.state, second.state]);
    network.dispose();
  },
);

test("the same seed begins with the same weights, another seed with others", () => {
  const [one, again, other] = [networkOf(generatorSpec), networkOf(generatorSpec), networkOf(generatorSpec, 2)];
  expect(again.values()).toEqual(one.values());
  expect(other.values()).not.toEqual(one.values());
  expect(one.parameters).toBe(20 * 6 + (6 + 9 + 1) * 36 + (9 + 8 + 1) * 32 + (8 + 1) * 20);
});

test("a network comes back from its values, and leaves nothing behind when it goes", () => {
  const before = engine().memory().numTensors;
  const [network, other] = [networkOf(classifierSpec), networkOf(classifierSpec, 2)];
  const copy = Network.from(classifierSpec, network.values());
  expect(copy.values()).toEqual(network.values());
  copy.assign(other.values());
  expect(copy.values()).toEqual(other.values());
  for (const made of [network, other, copy]) made.dispose();
  expect(engine().memory().numTensors).toBe(before);
});

test("a tied softmax has the embedding's weights, and needs a layer as wide", () => {
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
    const surprise = logits
      .arraySync()
      .map((row, index) => Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[4 + index]!);
    expect(loss.dataSync()[0]).toBeCloseTo((surprise[0]! + surprise[1]!) / 2, 5);
  });
  dispose([tokens, targets]);
  network.dispose();
});

test("weights that do not fit are named", () => {
  const network = networkOf(generatorSpec);
  const values = network.values();
  const without = new Map(values);
  without.delete("head/bias");
  expect(() => Network.from(generatorSpec, without)).toThrow("the network has no weight head/bias");
  const more = new Map(values).set("9-recurrent/forward/kernel", { shape: [1], values: Float32Array.of(1) });
  expect(() => Network.from(generatorSpec, more, "my/folder")).toThrow(
    "my/folder has a weight 9-recurrent/forward/kernel that its network does not have",
  );
  const other = new Map(values).set("head/bias", { shape: [2], values: Float32Array.of(1, 2) });
  expect(() => Network.from(generatorSpec, other)).toThrow(
    "the network has a weight head/bias of shape [2]; its network needs [20]",
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

test("dropout is drawn from the seed while training, and is not there otherwise", async () => {
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
