/** @file Random networks for tests of other programs' formats: what they read there and here, and what they say of it. */
import { dispose } from "../../src/engine/tfjs.js";
import type { BatchInputs } from "../../src/examples/batch.js";
import { scaledInput, unscaled } from "../../src/examples/scaling.js";
import type { Vocabulary } from "../../src/interop/tokenizerJson/exportedVocabulary.js";
import { initializations } from "../../src/network/initializers.js";
import { inputsOf } from "../../src/network/inputs.js";
import { Network } from "../../src/network/network.js";
import { isPooled, readSpec, type Spec } from "../../src/network/spec.js";
import { randomIntegers, randomValues } from "../engine/support.js";

/** A network of the spec in which no weight is 0 or 1 because it begins so; small ones, so that rounding does not grow from step to step. */
export function randomNetwork(spec: Spec): Network {
  const network = Network.create(readSpec(spec, "the sample"), initializations.wide(), 1);
  const values = [...network.weights].map(([name, { shape }]) => {
    const drawn = randomValues(shape.slice(), name);
    return [name, { ...drawn, values: drawn.values.map((value) => value / 2) }] as const;
  });
  network.assign(new Map(values));
  return network;
}

/** What the sample's numbers and labels mean. */
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

/** Rows as other programs read them: [rows, time, …], and what `rnn` reads of them. */
export type Example = {
  rows: number;
  time: number;
  lengths: number[];
  tokens?: Int32Array;
  /** As a corpus has them. */
  numbers?: Float32Array;
  characters?: { longest: number; ids: Int32Array; lengths: Int32Array };
  batch: BatchInputs;
};

/** @param lengths steps of each row, whose padding is as good as any other token or number */
export function exampleFor({ layers: [first], ...spec }: Spec, lengths = [6, 4, 1, 0]): Example {
  const rows = lengths.length;
  const time = Math.max(1, ...lengths);
  const places = rows * time;
  const { numbers: scaling } = vocabularyFor({ layers: [], ...spec });
  const frame = { rows, time, lengths: Int32Array.from(lengths) };
  if (scaling) {
    const { columns } = scaling;
    const width = columns.length;
    const numbers = randomValues([places, width], "numbers").values.map((value, place) => {
      const { mean, deviation } = columns[place % width]!;
      return mean + 12 * deviation * value; // some are farther from the mean than what is read
    });
    const read = numbers.map((value, place) => scaledInput(value, columns[place % width]!));
    return { ...frame, lengths, numbers, batch: { ...frame, width, numbers: timeFirst(read, rows, time) } };
  }
  const tokens = Int32Array.from(randomIntegers(places, 0, spec.vocabulary!, "tokens"));
  const batch = { ...frame, tokens: timeFirst(tokens, rows, time) };
  if (first?.type !== "words") return { ...frame, lengths, tokens, batch };
  const longest = 5;
  const ids = Int32Array.from(randomIntegers(places * longest, 0, first.characters.vocabulary, "characters"));
  const spelt = Int32Array.from(randomIntegers(places, 0, longest + 1, "spelt"));
  const spelling = {
    characters: timeFirst(ids, places, longest), // each place spells a word of its own
    lengths: spelt,
    positions: timeFirst(
      Int32Array.from({ length: places }, (_, place) => place),
      rows,
      time,
    ),
  };
  return { ...frame, lengths, tokens, characters: { longest, ids, lengths: spelt }, batch: { ...batch, spelling } };
}

/** [rows, time, …] as [time, rows, …]; the other way round with rows and time exchanged. */
function timeFirst<Values extends Float32Array | Int32Array>(values: Values, rows: number, time: number): Values {
  const width = values.length / rows / time;
  const turned = values.slice() as Values;
  for (let row = 0; row < rows; row++) {
    for (let step = 0; step < time; step++) {
      const from = (row * time + step) * width;
      turned.set(values.subarray(from, from + width), (step * rows + row) * width);
    }
  }
  return turned;
}

/** What `rnn` says of the example: logits, or a regressor's predictions, of each row and of each step where there is no pooling; NaN past a row's end. */
export function predictionLines(network: Network, { rows, time, lengths, batch }: Example): Float32Array {
  const { spec } = network;
  const { logits, state } = network.read(() => inputsOf(batch), null);
  dispose(state);
  const { target } = vocabularyFor(spec);
  if (target) return logits.map((output) => unscaled(output, target));
  if (isPooled(spec)) return logits;
  return timeFirst(logits, time, rows).map((logit, index) => {
    const place = Math.floor(index / spec.classes);
    return place % time < lengths[Math.floor(place / time)]! ? logit : Number.NaN;
  });
}

/** The largest difference, relative to what is expected where that is above 1; what is expected as NaN is left out. */
export function errorOf(found: ArrayLike<number>, expected: Float32Array): number {
  if (found.length !== expected.length) return Number.NaN;
  return expected.reduce((most, value, index) => {
    const error = Math.abs(found[index]! - value) / Math.max(1, Math.abs(value));
    return Number.isNaN(value) || error <= most ? most : error; // a NaN that was found is larger than all
  }, 0);
}

/** The same as lists within lists, for Python. */
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
