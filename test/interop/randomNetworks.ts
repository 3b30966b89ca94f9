/** @file Small networks of every task, cell and layer, for tests of other programs' formats. */
import { type CellName, cellNames } from "../../src/common/names.js";
import { graphCells } from "../../src/interop/graph/graphCells.js";
import { blockLayers } from "../../src/network/blockLayers.js";
import { thorough } from "../support/thorough.js";
import type { LayerSpec, Spec } from "../../src/network/spec.js";

export type Sample = { name: string; spec: Spec };

const recurrent = (cell: CellName, units: number, more: Partial<LayerSpec> = {}): LayerSpec =>
  ({ type: "recurrent", cell, units, bidirectional: false, ...more }) as LayerSpec;
const both = { bidirectional: true } as const;
const learned = { learnedStart: true } as const;
const embedding: LayerSpec = { type: "embedding", units: 5, dropout: 0.1 };
const dropout: LayerSpec = { type: "dropout", rate: 0.5 };
const normalisation: LayerSpec = { type: "normalisation" };
const words: LayerSpec = { type: "words", units: 5, characters: { vocabulary: 9, embedding: 4, units: 3 } };
const allPoolings: LayerSpec = { type: "pooling", over: ["last", "mean", "max", "attention", "flatten"], steps: 4 };
const lastPooling: LayerSpec = { type: "pooling", over: ["last"] };
const dense: LayerSpec = { type: "dense", units: 6 };
const convolution = (padding: "same" | "valid", ...sizes: number[]): LayerSpec => ({
  type: "convolution",
  widths: sizes.map((size, index) => ({ size, filters: 4 + index })),
  padding,
});

const texts = { vocabulary: 11 } as const;
const rows = { width: 3 } as const;
const generator = { task: "generator", ...texts, classes: 11 } as const;

const ofCell = (cell: CellName): Sample[] => [
  {
    name: `a generator of ${cell} layers`,
    spec: {
      ...generator,
      layers: [embedding, dropout, recurrent(cell, 6), dropout, recurrent(cell, 4), normalisation],
    },
  },
  {
    name: `a generator of ${cell} layers that begin with a learned state and lead past one another`,
    spec: {
      ...generator,
      layers: [
        embedding,
        recurrent(cell, 5, learned),
        recurrent(cell, 5, learned),
        normalisation,
        { type: "residual", over: 2 },
      ],
      tied: true,
    },
  },
  {
    name: `a generator of ${cell} layers that read windows in both directions`,
    spec: { ...generator, layers: [embedding, recurrent(cell, 4, both), recurrent(cell, 3, both), lastPooling] },
  },
  {
    name: `a tagger of ${cell} layers over words and their characters`,
    spec: {
      task: "tagger",
      ...texts,
      layers: [words, recurrent(cell, 4, { ...both, ...learned }), normalisation, recurrent(cell, 4, both), dense],
      classes: 4,
    },
  },
  {
    name: `a classifier of ${cell} layers with every pooling`,
    spec: { task: "classifier", ...texts, layers: [embedding, recurrent(cell, 4, both), allPoolings], classes: 3 },
  },
  {
    name: `a classifier of rows of numbers by ${cell} layers after a convolution`,
    spec: {
      task: "classifier",
      ...rows,
      layers: [
        convolution("valid", 2),
        recurrent(cell, 4, { ...both, ...learned }),
        { type: "pooling", over: ["last", "max"] },
      ],
      classes: 3,
    },
  },
  {
    name: `a regressor of rows of numbers by ${cell} layers`,
    spec: {
      task: "regressor",
      ...rows,
      layers: [recurrent(cell, 5), normalisation, recurrent(cell, 5), { type: "residual", over: 1 }, lastPooling],
      classes: 1,
    },
  },
];

const others: Sample[] = [
  {
    name: "a classifier of windows of several widths",
    spec: {
      task: "classifier",
      ...texts,
      layers: [
        embedding,
        convolution("same", 1, 2, 3, 4),
        { type: "pooling", over: ["max", "mean", "attention"] },
        dense,
        dropout,
      ],
      classes: 3,
    },
  },
  {
    name: "a regressor of texts by whole windows",
    spec: {
      task: "regressor",
      ...texts,
      layers: [
        embedding,
        convolution("valid", 3),
        convolution("valid", 2),
        { type: "pooling", over: ["flatten"], steps: 5 },
        dense,
      ],
      classes: 1,
    },
  },
  {
    name: "a classifier of texts by the mean of their words",
    spec: { task: "classifier", ...texts, layers: [embedding, { type: "pooling", over: ["mean"] }], classes: 2 },
  },
  {
    name: "a tagger of words and their characters alone",
    spec: { task: "tagger", ...texts, layers: [words, dropout], classes: 4 },
  },
  {
    name: "a tagger after a convolution",
    spec: {
      task: "tagger",
      ...texts,
      layers: [embedding, convolution("same", 3), recurrent("lstm", 4, both)],
      classes: 4,
    },
  },
  {
    name: "a generator that reads windows by a convolution",
    spec: {
      ...generator,
      layers: [embedding, convolution("same", 3), { type: "pooling", over: ["flatten"], steps: 6 }],
    },
  },
];

/** Blocks that carry a causal convolution's inputs, and blocks of both directions. */
const blocks: Sample[] = [
  {
    name: "a generator of blocks with causal convolutions",
    spec: {
      ...generator,
      layers: [
        embedding,
        dropout,
        ...blockLayers(
          { mlp: 4, causalConv: 3 },
          [recurrent("hgrn", 6, { ...learned, lowerBound: 0.25 }), recurrent("lstm", 4)],
          5,
          [dropout],
        ),
      ],
      tied: true,
    },
  },
  {
    name: "a tagger of blocks in both directions",
    spec: {
      task: "tagger",
      ...texts,
      layers: [words, ...blockLayers({ mlp: 0, causalConv: 2 }, [recurrent("sru", 4, both)], 11, [])],
      classes: 4,
    },
  },
  {
    name: "a classifier of the last step of blocks",
    spec: {
      task: "classifier",
      ...rows,
      layers: [
        { type: "projection", units: 5 },
        ...blockLayers({ mlp: undefined, causalConv: 4 }, [recurrent("mingru", 4)], 5, []),
        { type: "pooling", over: ["last", "mean"] },
      ],
      classes: 3,
    },
  },
];

/** One in four under `npm test`, of other layers for each cell. */
const some = (all: Sample[]): Sample[] => all.filter((_, index) => thorough || index % 4 === 0);

/** Of the cells that every format of networks has. */
export const samples: Sample[] = some([
  ...cellNames.filter((cell) => graphCells[cell] !== undefined).flatMap(ofCell),
  ...others,
]);

/** For formats that have every cell and layer. */
export const allSamples: Sample[] = [
  ...samples,
  ...some(cellNames.filter((cell) => graphCells[cell] === undefined).flatMap(ofCell)),
  ...blocks,
];
