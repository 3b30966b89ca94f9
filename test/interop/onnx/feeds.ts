/** @file Examples as the inputs of exported layers models: rows first, padded, with a mask. */
import { initialStates, stepLimits } from "../../../src/interop/graph/graphNetwork.js";
import { charactersOfWord } from "../../../src/interop/graph/graphWords.js";
import { scaledInput, unscaled } from "../../../src/examples/scaling.js";
import type { Network } from "../../../src/network/network.js";
import type { LayerSpec, Spec } from "../../../src/network/spec.js";
import { predictionsOf, errorOf, type Example, exampleFor, randomNetwork, vocabularyFor } from "../exportExamples.js";
import { type Sample, samples } from "../randomNetworks.js";

export type Feed = { shape: number[]; values: number[]; dtype: "float32" | "int32" };
export type Case = { name: string; network: Network; example: Example; expected: Float32Array };

const embedding: LayerSpec = { type: "embedding", units: 5 };
const lstm: LayerSpec = { type: "recurrent", cell: "lstm", units: 4, bidirectional: true };

/** Networks that only these formats treat specially. */
const others: Sample[] = [
  {
    name: "a tagger without anything that reads a mask",
    spec: { task: "tagger", vocabulary: 11, layers: [embedding, { type: "dense", units: 4 }], classes: 3 },
  },
  {
    name: "a generator without memory",
    spec: { task: "generator", vocabulary: 11, layers: [embedding, { type: "dense", units: 4 }], classes: 11 },
  },
  {
    name: "a classifier with variational dropout, normalized last outputs and other poolings",
    spec: {
      task: "classifier",
      width: 3,
      layers: [
        lstm,
        { type: "dropout", rate: 0.2, variational: true },
        lstm,
        { type: "normalisation" },
        { type: "residual", over: 2 },
        { type: "pooling", over: ["mean", "last", "max"] },
      ],
      classes: 3,
    },
  },
];

/** Networks of every kind on the selected backend, rows of different lengths for each, and their outputs. */
export const cases = (): Case[] =>
  [...samples, ...others].map(({ name, spec }) => {
    const network = randomNetwork(spec);
    const { steps } = stepLimits(spec);
    const example = exampleFor(
      spec,
      [6, 4, 1, 0].map((length) => Math.min(length, steps ?? length)),
    );
    return { name, network, example, expected: predictionsOf(network, example) };
  });

/** All inputs that a model of the case may have, by name. */
export function feedsOf({ network, example }: Case): Record<string, Feed> {
  const { spec } = network;
  const { rows, time, lengths, tokens, characters } = example;
  const least = Math.max(stepLimits(spec).least, time);
  /** [rows, time, …] padded with more steps. */
  const padded = (values: ArrayLike<number>, width: number): number[] =>
    Array.from({ length: rows }, (_, row) => {
      const own = Array.from(values).slice(row * time * width, (row + 1) * time * width);
      return [...own, ...Array<number>((least - time) * width).fill(0)];
    }).flat();
  const starts = initialStates(network).map((start, index): [string, Feed] => [
    `state_${index}`,
    { shape: [rows, start.length], values: lengths.flatMap(() => Array.from(start)), dtype: "float32" },
  ]);
  const mask = lengths.flatMap((length) => Array.from({ length: time }, (_, step) => Number(step < length)));
  return {
    tokens: { shape: [rows, least], values: padded(tokens ?? [], 1), dtype: "int32" },
    numbers: {
      shape: [rows, least, spec.width ?? 0],
      values: padded(numbersOf(spec, example), spec.width ?? 0),
      dtype: "float32",
    },
    mask: { shape: [rows, least], values: padded(mask, 1), dtype: "float32" },
    ...(characters && {
      characters: {
        shape: [rows, least, charactersOfWord],
        values: padded(paddedCharacters(characters), charactersOfWord),
        dtype: "int32",
      },
    }),
    ...Object.fromEntries(starts),
  };
}

function numbersOf(spec: Spec, { numbers }: Example): ArrayLike<number> {
  const columns = vocabularyFor(spec).numbers?.columns ?? [];
  return numbers?.map((value, at) => scaledInput(value, columns[at % columns.length]!)) ?? [];
}

/** Each word's characters, counted from 1, then zeros. */
function paddedCharacters({ longest, ids, lengths }: NonNullable<Example["characters"]>): number[] {
  return Array.from(lengths).flatMap((length, word) =>
    Array.from({ length: charactersOfWord }, (_, at) => (at < length ? ids[word * longest + at]! + 1 : 0)),
  );
}

/** The largest difference between a model's logits and those of rnn. @param logits [rows, classes], or [rows, time, classes] */
export function errorIn({ network, example, expected }: Case, logits: ArrayLike<number>): number {
  const { target } = vocabularyFor(network.spec);
  const size = expected.length / example.rows;
  const each = logits.length / example.rows;
  const actual = Array.from(expected, (_, at) => logits[Math.floor(at / size) * each + (at % size)]!);
  return errorOf(target ? actual.map((output) => unscaled(output, target)) : actual, expected);
}
