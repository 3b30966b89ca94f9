/** @file The engine's decoder writes what the network itself and the sampler write. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { cellNames } from "../../../src/common/names.js";
import { nativeBackend } from "../../../src/engine/kernelBackend/kernelBackend.js";
import { engine } from "../../../src/engine/tfjs.js";
import { initialisations } from "../../../src/network/initializers.js";
import { Network } from "../../../src/network/network.js";
import type { LayerSpec, Spec } from "../../../src/network/spec.js";
import { randomStream } from "../../../src/common/random.js";
import { createSampler, type DistributionOptions } from "../../../src/inference/generation/distribution.js";
import {
  type Beginning,
  decoderSource,
  samplerSource,
  StreamReader,
  tokenSource,
} from "../../../src/inference/generation/tokenSource.js";
import { withoutNative } from "../../engine/support.js";
import { generatorSpec, networkOf, recurrent } from "../../network/sampleSpecs.js";

const size = fc.integer({ min: 1, max: 70 });
const anyNetwork = fc
  .record({
    vocabulary: size,
    embedding: size,
    units: fc.array(size, { minLength: 1, maxLength: 3 }),
    cell: fc.constantFrom(...cellNames),
    dropout: fc.boolean(),
    tied: fc.boolean(),
  })
  .map(({ vocabulary, embedding, units: given, cell, dropout, tied }) => {
    const units = tied ? [...given.slice(1), embedding] : given;
    const layers: Spec["layers"] = [
      { type: "embedding", units: embedding },
      ...units.map((width) => ({ ...recurrent(width), cell })),
    ];
    if (dropout) layers.splice(1, 0, { type: "dropout", rate: 0.5 });
    return {
      task: "generator" as const,
      vocabulary,
      layers,
      classes: vocabulary,
      ...(tied && { tied: true as const }),
    };
  });

/** The way that any network allows. */
const general = (network: Network, options: DistributionOptions, beginning: Beginning) =>
  samplerSource(new StreamReader(network, beginning), createSampler(options), beginning.rows);

test.skipIf(withoutNative)(
  "the likeliest text of every network that the decoder takes is the network's own",
  async () => {
    await selectBackend("native");
    fc.assert(
      fc.property(
        anyNetwork,
        fc.constantFrom(1, 3, 64),
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        (spec, rows, prompt) => {
          const network = Network.create(spec, initialisations.wide(), 3);
          const beginning = { start: prompt.map((token) => token % spec.vocabulary), rows, window: 8 };
          const [fused, plain] = [
            decoderSource(network, { temperature: 0 }, beginning)!,
            general(network, { temperature: 0 }, beginning),
          ];
          const uniforms = new Float64Array(8 * rows);
          expect([...fused.next(uniforms)]).toEqual([...plain.next(uniforms)]);
          for (const thing of [fused, plain, network]) thing.dispose();
        },
      ),
      { numRuns: 40 },
    );
  },
);

test.skipIf(withoutNative)("drawn tokens are the same, in whatever portions they are asked for", async () => {
  await selectBackend("native");
  const network = networkOf(generatorSpec);
  const options = { temperature: 0.9, topK: 12, topP: 0.95, minP: 0.01, banned: [0, 3] };
  const beginning = { start: [4, 2, 7], rows: 5, window: 8 };
  const random = randomStream(4, "portions");
  const uniforms = Float64Array.from({ length: 60 * 5 }, random);
  const plain = general(network, options, beginning);
  const expected = [...plain.next(uniforms)];
  for (const portion of [1, 7, 60]) {
    const source = tokenSource(network, options, beginning);
    const tokens: number[] = [];
    for (let from = 0; from < uniforms.length; from += 5 * portion)
      tokens.push(...source.next(uniforms.slice(from, from + 5 * portion)));
    expect(tokens).toEqual(expected);
    source.dispose();
  }
  expect(expected.some((token) => options.banned.includes(token))).toBe(false);
  plain.dispose();
  network.dispose();
});

test.skipIf(withoutNative)(
  "ten thousand tokens take no more memory than a hundred, and disposing leaves none",
  async () => {
    await selectBackend("native");
    const network = networkOf(generatorSpec);
    const { pool } = nativeBackend()!;
    const random = randomStream(6, "memory");
    const write = (tokens: number) => {
      const source = tokenSource(network, { temperature: 1 }, { start: [1, 2], rows: 2, window: 8 });
      for (let drawn = 0; drawn < tokens; drawn += 50) source.next(Float64Array.from({ length: 100 }, random));
      source.dispose();
    };
    write(100);
    const before = { tensors: engine().memory().numTensors, created: pool.created, waiting: pool.waiting };
    write(10_000);
    expect({ tensors: engine().memory().numTensors, created: pool.created, waiting: pool.waiting }).toEqual(before);
    network.dispose();
  },
);

test("logits that are not finite are an error that says so", async () => {
  const network = networkOf(generatorSpec);
  const strange = network.values();
  strange.get("head/bias")!.values[7] = NaN;
  network.assign(strange);
  const source = tokenSource(network, { temperature: 1 }, { start: [1], rows: 3, window: 8 });
  expect(() => source.next(new Float64Array(6))).toThrow("not a number (NaN for token 7)");
  source.dispose();
  network.dispose();
});

test.skipIf(withoutNative)(
  "what only training drops is nothing to the decoder; what it lacks, the network does",
  async () => {
    await selectBackend("native");
    const beginning = { start: [3, 4], rows: 2, window: 8 };
    const drawn = (source: { next: (uniforms: Float64Array) => Int32Array }) => [...source.next(new Float64Array(24))];
    const [embedding, first, second] = generatorSpec.layers as [LayerSpec, LayerSpec, LayerSpec];
    const drops = { weightDrop: 0.3, recurrentDropout: 0.3 };
    const dropping = [
      { ...embedding, dropout: 0.2 },
      { ...first, ...drops },
      { ...second, ...drops },
    ] as LayerSpec[];
    const network = networkOf({ ...generatorSpec, layers: dropping });
    expect(drawn(decoderSource(network, { temperature: 0 }, beginning)!)).toEqual(
      drawn(general(network, { temperature: 0 }, beginning)),
    );
    const normalised = networkOf({ ...generatorSpec, layers: [embedding, first, { type: "normalisation" }] });
    const residual = networkOf({ ...generatorSpec, layers: [embedding, first, first, { type: "residual", over: 1 }] });
    for (const other of [normalised, residual]) {
      expect(decoderSource(other, { temperature: 0 }, beginning)).toBeNull();
      expect(drawn(tokenSource(other, { temperature: 0 }, beginning))).toEqual(
        drawn(general(other, { temperature: 0 }, beginning)),
      );
    }
  },
);
