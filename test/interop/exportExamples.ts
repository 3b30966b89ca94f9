/** @file Random networks for tests of other programs' formats: their inputs in both layouts, and their outputs. */
import { dispose } from "../../src/engine/tfjs.js";
import type { BatchInputs } from "../../src/examples/batch.js";
import { scaledInput, unscaled } from "../../src/examples/scaling.js";
import type { Vocabulary } from "../../src/interop/tokenizerJson/exportedVocabulary.js";
import { initializations } from "../../src/network/initializers.js";
import { inputsOf } from "../../src/network/inputs.js";
import { Network } from "../../src/network/network.js";
import { isPooled, readSpec, type Spec } from "../../src/network/spec.js";
import { randomIntegers, randomValues } from "../engine/support.js";

/** A network with random weights, also for biases and scales; they are small, so that rounding errors do not grow over the steps. */
export function randomNetwork(spec: Spec): Network {
  const network = Network.create(readSpec(spec), initializations.wide(), 1);
  const values = [...network.weights].map(([name, { shape }]) => {
    const drawn = randomValues(shape.slice(), name);
    return [name, { ...drawn, values: drawn.values.map((value) => value / 2) }] as const;
  });
  network.assign(new Map(values));
  return network;
}

/** The scaling and labels of the sample. */
export const vocabularyFor = ({ task, width, classes }: Spec): Vocabulary => ({
  format: "rnn-text vocabulary",
  version: 1,
  task,
  reads: width === undefined ? "tokens" : "numbers",
  ...(width !== undefined && {
    numbers: {
      columns: Array.from({ length: width }, (_, column) => ({ mean: 100 * column, deviation: 3 })),
      most: 10,
    },
  }),
  ...((task === "classifier" || task === "tagger") && {
    labels: Array.from({ length: classes }, (_, index) => `label ${index}`),
  }),
  ...(task === "regressor" && { target: { mean: 20, deviation: 4 } }),
});

/** Rows in the layout of other programs, [rows, time, …], and as a batch of rnn. */
export type Example = {
  rows: number;
  time: number;
  lengths: number[];
  tokens?: Int32Array;
  /** Not scaled, as in a corpus. */
  numbers?: Float32Array;
  characters?: { longest: number; ids: Int32Array; lengths: Int32Array };
  batch: BatchInputs;
};

/** @param lengths steps of each row; the padding is random */
export function exampleFor({ layers: [first], ...spec }: Spec, lengths = [6, 4, 1, 0]): Example {
  const rows = lengths.length;
  const time = Math.max(1, ...lengths);
  const count = rows * time;
  const { numbers: scaling } = vocabularyFor({ layers: [], ...spec });
  const frame = { rows, time, lengths: Int32Array.from(lengths) };
  if (scaling) {
    const { columns } = scaling;
    const width = columns.length;
    const numbers = randomValues([count, width], "numbers").values.map((value, position) => {
      const { mean, deviation } = columns[position % width]!;
      return mean + 12 * deviation * value; // some are so far from the mean that scaling clips them
    });
    const read = numbers.map((value, position) => scaledInput(value, columns[position % width]!));
    return { ...frame, lengths, numbers, batch: { ...frame, width, numbers: timeFirst(read, rows, time) } };
  }
  const tokens = Int32Array.from(randomIntegers(count, 0, spec.vocabulary!, "tokens"));
  const batch = { ...frame, tokens: timeFirst(tokens, rows, time) };
  if (first?.type !== "words") return { ...frame, lengths, tokens, batch };
  const longest = 5;
  const ids = Int32Array.from(randomIntegers(count * longest, 0, first.characters.vocabulary, "characters"));
  const wordLengths = Int32Array.from(randomIntegers(count, 0, longest + 1, "spelt"));
  const spelling = {
    characters: timeFirst(ids, count, longest), // each position has a word of its own
    lengths: wordLengths,
    positions: timeFirst(
      Int32Array.from({ length: count }, (_, position) => position),
      rows,
      time,
    ),
  };
  return {
    ...frame,
    lengths,
    tokens,
    characters: { longest, ids, lengths: wordLengths },
    batch: { ...batch, spelling },
  };
}

/** [rows, time, …] → [time, rows, …]; the reverse with rows and time exchanged. */
function timeFirst<Values extends Float32Array | Int32Array>(values: Values, rows: number, time: number): Values {
  const width = values.length / rows / time;
  const reordered = values.slice() as Values;
  for (let row = 0; row < rows; row++) {
    for (let step = 0; step < time; step++) {
      const from = (row * time + step) * width;
      reordered.set(values.subarray(from, from + width), (step * rows + row) * width);
    }
  }
  return reordered;
}

/** The logits, or a regressor's predictions, for each row, and for each step without pooling; NaN past a row's end. */
export function predictionsOf(network: Network, { rows, time, lengths, batch }: Example): Float32Array {
  const { spec } = network;
  const { logits, state } = network.read(() => inputsOf(batch), null);
  dispose(state);
  const { target } = vocabularyFor(spec);
  if (target) return logits.map((output) => unscaled(output, target));
  if (isPooled(spec)) return logits;
  return timeFirst(logits, time, rows).map((logit, index) => {
    const position = Math.floor(index / spec.classes);
    return position % time < lengths[Math.floor(position / time)]! ? logit : Number.NaN;
  });
}

/** The largest difference, relative where the expected value is above 1; elements with an expected NaN are ignored. */
export function errorOf(actual: ArrayLike<number>, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.NaN;
  return expected.reduce((most, value, index) => {
    const error = Math.abs(actual[index]! - value) / Math.max(1, Math.abs(value));
    return Number.isNaN(value) || error <= most ? most : error; // an unexpected NaN counts as the largest error
  }, 0);
}

/** The example as nested lists, for Python. */
export function nestedExample({ rows, time, lengths, tokens, numbers, characters }: Example): Record<string, unknown> {
  const nested = (values: ArrayLike<number>, ...shape: number[]): unknown => {
    const [size, ...within] = shape;
    if (size === undefined) return values[0];
    const each = values.length / size;
    return Array.from({ length: size }, (_, index) =>
      nested(Array.from(values).slice(index * each, (index + 1) * each), ...within),
    );
  };
  return {
    lengths,
    ...(tokens && { tokens: nested(tokens, rows, time) }),
    ...(numbers && { numbers: nested(numbers, rows, time, numbers.length / rows / time) }),
    ...(characters && {
      characters: nested(characters.ids, rows, time, characters.longest),
      character_lengths: nested(characters.lengths, rows, time),
    }),
  };
}
