/** @file Weights under another program's names are imported as the same checkpoint, to the bit. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { NamedArrays } from "../../src/checkpoint/checkpoint.js";
import { importModel } from "../../src/interop/importModel.js";
import { blockLayers } from "../../src/network/blockLayers.js";
import type { SpecOf } from "../../src/network/layers/layer.js";
import type { Spec } from "../../src/network/spec.js";
import { folderWith } from "../support/folder.js";
import { documentIn } from "../support/models.js";
import { checkpointOf, safetensorsFile } from "./importSupport.js";
import { casesOf } from "../support/thorough.js";

const cwd = folderWith({});
let runs = 0;

/** Imports arrays like the checkpoint of a spec. @returns the contents of both checkpoints, without times and paths */
async function thereAndBack(spec: Spec, leave: (weights: NamedArrays) => NamedArrays) {
  const base = join(cwd, String(runs++));
  const weights = await checkpointOf(join(base, "like"), spec, runs);
  const file = safetensorsFile(base, "weights.safetensors", leave(weights));
  await importModel(file, { like: join(base, "like"), out: join(base, "back") });
  return ["like", "back"].map((name) => {
    const {
      files,
      spec: stored,
      tokenizer,
      spelling,
      scaling,
      labels,
      target,
      corpus,
      task,
    } = documentIn(join(base, name));
    return { sha256: files.weights.sha256, stored, tokenizer, spelling, scaling, labels, target, corpus, task };
  });
}

const lstm = (more: Partial<SpecOf<"recurrent">> = {}): SpecOf<"recurrent"> => ({
  type: "recurrent",
  cell: "lstm",
  units: 4,
  bidirectional: false,
  ...more,
});
const ofOwnNames: Spec[] = [
  {
    task: "generator",
    vocabulary: 9,
    layers: [{ type: "embedding", units: 4 }, { type: "dropout", rate: 0.2 }, lstm({ learnedStart: true }), lstm()],
    classes: 9,
    tied: true,
  },
  {
    task: "classifier",
    vocabulary: 9,
    layers: [
      { type: "embedding", units: 5, dropout: 0.1 },
      { type: "convolution", widths: [{ filters: 3, size: 2 }], padding: "same" },
      lstm({ bidirectional: true, weightDrop: 0.3 }),
      { type: "normalisation" },
      { type: "pooling", over: ["last", "attention", "flatten"], steps: 3 },
      { type: "dense", units: 6 },
    ],
    classes: 3,
  },
  {
    task: "tagger",
    vocabulary: 9,
    layers: [
      { type: "words", units: 5, characters: { vocabulary: 8, embedding: 3, units: 2 } },
      lstm({ cell: "gru-reset-before", bidirectional: true }),
      lstm({ cell: "residual", units: 8 }),
      lstm({ units: 8 }),
      { type: "residual", over: 1 },
    ],
    classes: 4,
  },
  { task: "regressor", width: 3, layers: [lstm(), { type: "pooling", over: ["last"] }], classes: 1 },
  {
    task: "generator",
    vocabulary: 9,
    layers: [
      { type: "embedding", units: 4 },
      lstm({ cell: "sru" }),
      lstm({ cell: "hgrn", lowerBound: 0.5, learnedStart: true }),
      lstm({ cell: "mingru" }),
    ],
    classes: 9,
  },
  {
    task: "generator",
    vocabulary: 9,
    layers: [
      { type: "embedding", units: 4 },
      ...blockLayers({ mlp: 3, causalConv: 4 }, [lstm({ cell: "hgrn", units: 5 }), lstm()], 4, [
        { type: "dropout", rate: 0.2 },
      ]),
    ],
    classes: 9,
    tied: true,
  },
];

test.each(ofOwnNames)(
  "import: the weights of a $task under the names of rnn, with the prefixes of wrappers",
  async (spec) => {
    const [like, back] = await thereAndBack(
      spec,
      (weights) => new Map([...weights].map(([name, values]) => [`module.${name}`, values])),
    );
    expect(back).toEqual(like);
  },
);

test.each([{ pooling: ["max"] as const }, { activation: "relu" as const }])(
  "import: with --like, options of layers are an error: %o",
  async (options) => {
    const folder = join(cwd, String(runs++));
    const weights = await checkpointOf(join(folder, "like"), ofOwnNames[0]!, runs);
    const file = safetensorsFile(folder, "own.safetensors", weights);
    const importing = importModel(file, { like: join(folder, "like"), out: join(folder, "out"), ...options });
    await expect(importing).rejects.toThrow(/^--\w+ has no effect here, because the checkpoint of --like defines it/);
    expect(existsSync(join(folder, "out"))).toBe(false);
  },
);

/** [rows, columns] → [columns, rows] */
const transposed = ({ shape, values }: NamedArrays extends Map<string, infer V> ? V : never) => {
  const [rows, columns] = shape as [number, number];
  return {
    shape: [columns, rows],
    values: Float32Array.from(
      { length: values.length },
      (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!,
    ),
  };
};

/** The gates z r h as PyTorch's r z n: exchanges the first two of three blocks of the first axis. */
function gatesOf(cell: string, { shape, values }: ReturnType<typeof transposed>) {
  if (cell !== "gru") return { shape, values };
  const size = values.length / 3;
  const blocks = [1, 0, 2].flatMap((block) => Array.from(values.slice(block * size, (block + 1) * size)));
  return { shape, values: Float32Array.from(blocks) };
}

/** The weights under the names of nn.Embedding, an nn.LSTM, nn.GRU or nn.RNN for each layer, and nn.Linear. */
function asModules(spec: Spec, weights: NamedArrays): NamedArrays {
  const arrays: NamedArrays = new Map([["emb.weight", weights.get("0-embedding/table")!]]);
  for (const [index, layer] of spec.layers.entries()) {
    if (layer.type === "dense") {
      arrays.set(`fc.${index}.weight`, transposed(weights.get(`${index}-dense/kernel`)!));
      arrays.set(`fc.${index}.bias`, weights.get(`${index}-dense/bias`)!);
    }
    if (layer.type !== "recurrent") continue;
    for (const [direction, suffix] of [
      ["forward", "_l0"],
      ["backward", "_l0_reverse"],
    ] as const) {
      const take = (name: string) => weights.get(`${index}-recurrent/${direction}/${name}`)!;
      if (!take("kernel")) continue;
      const [kernel, recurrent, bias] = [transposed(take("kernel")), transposed(take("recurrent")), take("bias")];
      const rows = kernel.shape[0]!;
      const vector = (from: number) =>
        gatesOf(layer.cell, { shape: [rows], values: Float32Array.from(bias.values.slice(from, from + rows)) });
      const own = {
        weight_ih: gatesOf(layer.cell, kernel),
        weight_hh: gatesOf(layer.cell, recurrent),
        bias_ih: vector(0),
        bias_hh: layer.cell === "gru" ? vector(rows) : { shape: [rows], values: new Float32Array(rows) },
      };
      for (const [name, values] of Object.entries(own)) arrays.set(`rnn.${index}.${name}${suffix}`, values);
    }
  }
  if (!spec.tied) arrays.set("head.weight", transposed(weights.get("head/kernel")!));
  return arrays.set("head.bias", weights.get("head/bias")!);
}

const networks = fc
  .record({
    task: fc.constantFrom("generator", "classifier", "tagger"),
    cells: fc.array(fc.constantFrom("lstm", "gru", "rnn"), { minLength: 1, maxLength: 3 }),
    units: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
    bidirectional: fc.boolean(),
    dense: fc.option(fc.integer({ min: 10, max: 12 })),
  })
  .map(({ task, cells, units, bidirectional, dense }): Spec => {
    const both = bidirectional && task !== "generator";
    return {
      task,
      vocabulary: 9,
      layers: [
        { type: "embedding", units: 5 },
        ...cells.map((cell, index) => lstm({ cell, units: units[index]!, bidirectional: both })),
        ...(task === "classifier" ? [{ type: "pooling" as const, over: ["last" as const] }] : []),
        ...(dense === null ? [] : [{ type: "dense" as const, units: dense }]),
      ],
      classes: task === "generator" ? 9 : 3,
    };
  });

test("import: weights of PyTorch modules, for random networks", async () => {
  await fc.assert(
    fc.asyncProperty(networks, async (spec) => {
      const [like, back] = await thereAndBack(spec, (weights) => asModules(spec, weights));
      expect(back).toEqual(like);
    }),
    { numRuns: casesOf(40) },
  );
});
