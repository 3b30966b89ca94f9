/** @file What a network finds of other tokens in a line's places: the line is read once, and each change from where it begins. */
import { concat, dispose, tidy, type Tensor2D } from "../../engine/tfjs.js";
import { documentBatch } from "../../examples/documentExamples.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import type { NetworkState } from "../../network/network.js";
import { isPooled } from "../../network/spec.js";

/** Tokens that stand from a place on instead of the line's own. */
export type Change = { place: number; ids: readonly number[] };

export type LineReader = {
  /**
   * log of the probability of some tokens in each place.
   * @param wanted tokens by place, none for the first
   */
  places(wanted: readonly (readonly number[])[]): number[][];
  /** log of the probability of all tokens but the first of each change; after `places`. */
  rests(changes: readonly Change[]): number[];
  dispose(): void;
};

/** Rows that are read at once. */
const rowsAtOnce = 128;

export const lineReader = (model: TextModel, ids: readonly number[]): LineReader =>
  isPooled(model.network.spec) ? windowReader(model, ids) : streamReader(model, ids);

/** Carries the state through the line and keeps it at each place. */
function streamReader({ network }: TextModel, ids: readonly number[]): LineReader {
  const { classes } = network.spec;
  const states: NetworkState[] = []; // before each place but the first

  const places = (wanted: readonly (readonly number[])[]): number[][] =>
    wanted.map((tokens, place) => {
      if (place === 0) return [];
      const step = { tokens: Int32Array.of(ids[place - 1]!), time: 1, rows: 1, lengths: null };
      const { logits, state } = network.read(() => inputsOf(step), states.at(-1) ?? null);
      states.push(state);
      return logProbabilities(logits, tokens);
    });

  const readRests = (changes: readonly Change[]): number[] => {
    const before = tidy(() => sideBySide(changes.map(({ place }) => states[place - 1]!)));
    const rows = changes.map((change) => change.ids.slice(0, -1));
    const { logits, state } = network.read(() => inputsOf(documentBatch(rows, [])), before); // [time · rows · vocabulary]
    dispose([before, state]);
    return changes.map((change, row) =>
      change.ids.slice(1).reduce((sum, id, step) => {
        const from = (step * rows.length + row) * classes;
        return sum + logProbabilities(logits.subarray(from, from + classes), [id])[0]!;
      }, 0),
    );
  };

  return {
    places,
    rests: (changes) => {
      const found = changes.map(() => 0);
      const order = [...changes.keys()]
        .filter((index) => changes[index]!.ids.length > 1)
        .toSorted((left, right) => changes[right]!.ids.length - changes[left]!.ids.length);
      for (const chosen of slices(order))
        for (const [row, sum] of readRests(chosen.map((index) => changes[index]!)).entries()) found[chosen[row]!] = sum;
      return found;
    },
    dispose: () => dispose(states),
  };
}

/** States of one row each as those of many rows. */
const sideBySide = (states: readonly NetworkState[]): NetworkState =>
  states[0]!.map((layer, place) =>
    layer.map((_, index) =>
      concat<Tensor2D>(
        states.map((state) => state[place]![index]!),
        0,
      ),
    ),
  );

/** Reads the window before each token anew. */
function windowReader({ network, recipe }: TextModel, ids: readonly number[]): LineReader {
  const { classes } = network.spec;
  /** log of the probability of tokens, each after a text. */
  const read = (asked: readonly { before: readonly number[]; tokens: readonly number[] }[]): number[][] =>
    slices(asked).flatMap((some) => {
      const rows = some.map(({ before }) => before.slice(-recipe.sequenceLength));
      const { logits, state } = network.read(() => inputsOf(documentBatch(rows, [])), null); // [rows · vocabulary]
      dispose(state);
      return some.map(({ tokens }, row) =>
        logProbabilities(logits.subarray(row * classes, (row + 1) * classes), tokens),
      );
    });

  return {
    places: (wanted) => [
      [],
      ...read(wanted.slice(1).map((tokens, index) => ({ before: ids.slice(0, index + 1), tokens }))),
    ],
    rests: (changes) =>
      changes.map((change) => {
        const text = [...ids.slice(0, change.place), ...change.ids];
        const asked = change.ids
          .slice(1)
          .map((id, step) => ({ before: text.slice(0, change.place + step + 1), tokens: [id] }));
        return read(asked).reduce((sum, [found]) => sum + found!, 0);
      }),
    dispose: () => undefined,
  };
}

const slices = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / rowsAtOnce) }, (_, index) =>
    items.slice(index * rowsAtOnce, (index + 1) * rowsAtOnce),
  );

/** @param logits [vocabulary] */
function logProbabilities(logits: Float32Array, ids: readonly number[]): number[] {
  if (ids.length === 0) return [];
  let highest = -Infinity;
  for (let id = 0; id < logits.length; id++) highest = Math.max(highest, logits[id]!); // several times as fast as reduce
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id]! - highest);
  return ids.map((id) => logits[id]! - highest - Math.log(sum));
}
