/** @file The engine's decoder draws the tokens that the network's forward pass and the sampler chain draw. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { cellNames } from "../../../src/common/names.js";
import { cellNamed } from "../../../src/network/cells.js";
import { activeKernelBackend } from "../../../src/engine/kernelBackend/kernelBackend.js";
import { engine } from "../../../src/engine/tfjs.js";
import { blockLayers } from "../../../src/network/blockLayers.js";
import { initializations } from "../../../src/network/initializers.js";
import { Network } from "../../../src/network/network.js";
import type { LayerSpec, Spec } from "../../../src/network/spec.js";
import { randomStream } from "../../../src/common/random.js";
import { createSamplerChain, type DistributionOptions } from "../../../src/inference/generation/distribution.js";
import { StreamReader } from "../../../src/inference/generation/logitReaders.js";
import type { Prompt } from "../../../src/inference/generation/promptIds.js";
import { defineSampler, removeSampler } from "../../../src/inference/generation/samplerChoice.js";
import {
  decoderReader,
  decoderSource,
  readerSource,
  tokenSource,
} from "../../../src/inference/generation/tokenSource.js";
import { backendsHere, withoutNative } from "../../engine/support.js";
import { generatorSpec, networkOf } from "../../network/sampleSpecs.js";

const size = fc.integer({ min: 1, max: 70 });
/** One recurrent layer, with what may follow it. `as`: its number of units is that of the layer before. */
const anyLayer = fc.record({
  units: size,
  as: fc.boolean(),
  cell: fc.constantFrom(...cellNames),
  dropout: fc.boolean(),
  normalized: fc.boolean(),
  residual: fc.boolean(),
  learnedStart: fc.boolean(),
  lowerBound: fc.constantFrom(undefined, 0.25, 0.5),
});
const anyPlainNetwork = fc
  .record({
    vocabulary: size,
    embedding: size,
    stack: fc.array(anyLayer, { minLength: 1, maxLength: 4 }),
    tied: fc.boolean(),
    dropout: fc.boolean(),
  })
  .map(({ vocabulary, embedding, stack, tied, dropout }) => {
    const layers: LayerSpec[] = [{ type: "embedding", units: embedding }];
    if (dropout) layers.push({ type: "dropout", rate: 0.5 });
    let width = embedding;
    for (const [index, { units: given, as, cell, learnedStart, lowerBound, ...has }] of stack.entries()) {
      const units = tied && index === stack.length - 1 ? embedding : as ? width : given;
      const made: LayerSpec[] = [
        {
          type: "recurrent",
          units,
          bidirectional: false,
          cell,
          ...(learnedStart && { learnedStart }),
          ...(cellNamed(cell).bounded && lowerBound !== undefined && { lowerBound }),
        },
      ];
      if (has.normalized) made.push({ type: "normalisation" });
      if (has.dropout) made.push({ type: "dropout", rate: 0.5 });
      if (has.residual && index > 0 && units === width) made.push({ type: "residual", over: made.length });
      layers.push(...made);
      width = units;
    }
    return {
      task: "generator" as const,
      vocabulary,
      layers,
      classes: vocabulary,
      ...(tied && { tied: true as const }),
    };
  });
const anyBlocks = fc
  .record({
    vocabulary: size,
    width: size,
    cells: fc.array(anyLayer, { minLength: 1, maxLength: 3 }),
    mlp: fc.constantFrom(undefined, 0, 5, 33),
    causalConv: fc.constantFrom(undefined, 2, 4),
    tied: fc.boolean(),
  })
  .map(({ vocabulary, width, cells, mlp, causalConv, tied }) => {
    const recurrent = cells.map(({ units, as, cell }): LayerSpec => ({
      type: "recurrent",
      cell,
      units: as ? width : units,
      bidirectional: false,
    }));
    return {
      task: "generator" as const,
      vocabulary,
      layers: [
        { type: "embedding" as const, units: width },
        ...blockLayers({ mlp, causalConv }, recurrent, width, [{ type: "dropout", rate: 0.5 }]),
      ],
      classes: vocabulary,
      ...(tied && { tied: true as const }),
    };
  });
const anyNetwork = fc.oneof(anyPlainNetwork, anyBlocks);

/** A few tokens, which the decoder reads itself, or more than it reads. */
const anyPrompt = fc
  .record({ tokens: fc.array(fc.nat(), { minLength: 1, maxLength: 10 }), long: fc.boolean() })
  .map(({ tokens, long }) =>
    long ? Array.from({ length: 80 }, (_, index) => tokens[index % tokens.length]!) : tokens,
  );

/** Initial weights, and noise on those that begin as zeros or ones. */
function networkOfAnyWeights(spec: Spec): Network {
  const random = randomStream(3, "weights");
  const values = new Map(
    [...Network.create(spec, initializations.wide(), 3).values()].map(([name, { shape, values: initial }]) => {
      const isBias = /\/(bias|scale|shift|start\/\d)$|convolution\/kernel$/.test(name);
      return [name, { shape, values: isBias ? initial.map((value) => value + random() - 0.5) : initial }];
    }),
  );
  return Network.from(spec, values);
}

/** The reference: the network's own forward pass, and draws in TypeScript. */
const reference = (network: Network, options: DistributionOptions, prompt: Prompt) =>
  readerSource(new StreamReader(network, prompt), createSamplerChain(options), prompt.rows);

test.skipIf(withoutNative)(
  "decoder: at temperature 0 the tokens are those of the network's forward pass, for any network that it takes",
  async () => {
    await selectBackend("native");
    fc.assert(
      fc.property(
        anyNetwork,
        fc.constantFrom(1, 3, 64),
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        (spec, rows, tokens) => {
          const network = networkOfAnyWeights(spec);
          const prompt = { ids: tokens.map((token) => token % spec.vocabulary), rows, window: 8 };
          const [fused, plain] = [
            decoderSource(network, { temperature: 0 }, prompt)!,
            reference(network, { temperature: 0 }, prompt),
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

test.skipIf(withoutNative)("decoder: drawn tokens do not depend on how many one call draws", async () => {
  await selectBackend("native");
  const network = networkOf(generatorSpec);
  const options = { temperature: 0.9, topK: 12, topP: 0.95, minP: 0.01, banned: [0, 3] };
  const prompt = { ids: [4, 2, 7], rows: 5, window: 8 };
  const random = randomStream(4, "portions");
  const uniforms = Float64Array.from({ length: 60 * 5 }, random);
  const plain = reference(network, options, prompt);
  const expected = [...plain.next(uniforms)];
  for (const portion of [1, 7, 60]) {
    const source = tokenSource(network, options, prompt);
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
  "decoder: ten thousand tokens take no more memory than a hundred, and dispose frees it",
  async () => {
    await selectBackend("native");
    const network = networkOf(generatorSpec);
    const { pool } = activeKernelBackend()!;
    const random = randomStream(6, "memory");
    const write = (tokens: number) => {
      const source = tokenSource(network, { temperature: 1 }, { ids: [1, 2], rows: 2, window: 8 });
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

test("decoder: logits that are not finite are an error", async () => {
  const network = networkOf(generatorSpec);
  const strange = network.values();
  strange.get("head/bias")!.values[7] = NaN;
  network.assign(strange);
  const source = tokenSource(network, { temperature: 1 }, { ids: [1], rows: 3, window: 8 });
  expect(() => source.next(new Float64Array(6))).toThrow("not finite (NaN for token 7): training diverged");
  source.dispose();
  network.dispose();
});

test.skipIf(withoutNative)(
  "decoder: dropout is ignored; a network that it does not take is read by its own forward pass",
  async () => {
    await selectBackend("native");
    const prompt = { ids: [3, 4], rows: 2, window: 8 };
    const drawn = (source: { next: (uniforms: Float64Array) => Int32Array }) => [...source.next(new Float64Array(24))];
    const [embedding, first, second] = generatorSpec.layers as [LayerSpec, LayerSpec, LayerSpec];
    const drops = { weightDrop: 0.3, recurrentDropout: 0.3 };
    const dropping = [
      { ...embedding, dropout: 0.2 },
      { ...first, ...drops },
      { ...second, ...drops },
    ] as LayerSpec[];
    const network = networkOf({ ...generatorSpec, layers: dropping });
    expect(drawn(decoderSource(network, { temperature: 0 }, prompt)!)).toEqual(
      drawn(reference(network, { temperature: 0 }, prompt)),
    );
    const other = networkOf({ ...generatorSpec, layers: [embedding, first, { type: "dense", units: 7 }] });
    expect(decoderSource(other, { temperature: 0 }, prompt)).toBeNull();
    expect(drawn(tokenSource(other, { temperature: 0 }, prompt))).toEqual(
      drawn(reference(other, { temperature: 0 }, prompt)),
    );
  },
);

test.skipIf(withoutNative)(
  "decoder: its forward pass with draws in TypeScript gives the tokens of the reference, for any network that it takes",
  async () => {
    await selectBackend("native");
    const random = randomStream(8, "forward");
    fc.assert(
      fc.property(anyNetwork, fc.constantFrom(1, 3, 64), anyPrompt, (spec, rows, tokens) => {
        const network = networkOfAnyWeights(spec);
        const prompt = { ids: tokens.map((token) => token % spec.vocabulary), rows, window: 8 };
        const options = { temperature: 0.9, topP: 0.95 };
        const forward = readerSource(decoderReader(network, prompt)!, createSamplerChain(options), rows);
        const plain = reference(network, options, prompt);
        const uniforms = Float64Array.from({ length: 8 * rows }, random);
        expect([...forward.next(uniforms)]).toEqual([...plain.next(uniforms)]);
        for (const thing of [forward, plain, network]) thing.dispose();
      }),
      { numRuns: 40 },
    );
  },
);

test("defineSampler: a sampler of a program's own works on every backend, and the decoder keeps the forward pass", async () => {
  defineSampler("evenIds", {
    describe: "keep the even ids, which are multiplied by X",
    range: { above: 0 },
    apply: ({ ids, count, weights }, factor) => {
      const even = ids.subarray(0, count).filter((id) => id % 2 === 0);
      ids.set(even);
      for (const id of even) weights[id]! *= factor;
      return even.length;
    },
  });
  try {
    const options = { temperature: 1, topK: 9, samplers: { evenIds: 0.5 } };
    const prompt = { ids: [4, 2, 7], rows: 3, window: 8 };
    const random = randomStream(9, "own");
    const uniforms = Float64Array.from({ length: 30 }, random);
    const drawn: Record<string, number[]> = {};
    for (const backend of backendsHere) {
      await selectBackend(backend);
      const network = networkOf(generatorSpec);
      expect(decoderSource(network, options, prompt)).toBeNull(); // the decoder has no kernel for the sampler
      const source = tokenSource(network, options, prompt);
      drawn[backend] = [...source.next(uniforms)];
      expect(decoderReader(network, prompt) !== null).toBe(activeKernelBackend() !== null);
      source.dispose();
      network.dispose();
    }
    for (const tokens of Object.values(drawn)) {
      expect(tokens).toEqual(drawn["cpu"]);
      expect(tokens.every((token) => token % 2 === 0)).toBe(true);
    }
  } finally {
    removeSampler("evenIds");
  }
});
