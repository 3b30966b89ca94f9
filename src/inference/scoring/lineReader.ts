/** @file Log probabilities of replacement tokens in a line: the line is read once, and each change from its first token on. */
import { concat, dispose, tidy, type Tensor2D } from "../../engine/tfjs.js";
import { documentBatch } from "../../examples/documentExamples.js";
import type { NgramContexts } from "../../baselines/ngramModel.js";
import type { Mixture } from "../../model/mixture.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import type { NetworkState } from "../../network/network.js";
import { isPooled } from "../../network/spec.js";

/** Tokens that replace the line's own from a position on. */
export type Change = { position: number; ids: readonly number[] };

export type LineReader = {
  /**
   * Log probabilities of some tokens at each position, after the line's own tokens before it. Call it before `restLogProbabilities`.
   * @param wanted token ids by position, none for the first position
   */
  logProbabilitiesAt(wanted: readonly (readonly number[])[]): number[][];
  /** For each change, the log probability of its tokens after the first, given the line up to them. */
  restLogProbabilities(changes: readonly Change[]): number[];
  dispose(): void;
};

/** Rows of one forward pass. */
const batchRows = 128;

/** As `LineReader`; `restLogProbabilities` gives those of each token after the first. */
type TokenReader = Omit<LineReader, "restLogProbabilities"> & {
  restLogProbabilities(changes: readonly Change[]): number[][];
};

/** @param ids of the line, as `lineTokens` gives them */
export function lineReader(model: TextModel, ids: readonly number[]): LineReader {
  const { mixture } = model;
  const network = model.hasNetwork ? networkReader(model, ids) : null;
  const reader = mixture ? mixtureReader(mixture, ids, network) : network!;
  return {
    ...reader,
    restLogProbabilities: (changes) =>
      reader.restLogProbabilities(changes).map((logs) => logs.reduce((sum, log) => sum + log, 0)),
  };
}

const networkReader = (model: TextModel, ids: readonly number[]): TokenReader =>
  isPooled(model.network.spec) ? windowReader(model, ids) : streamReader(model, ids);

/** Mixes the log probabilities of a network, if there is one, with those of the n-gram model. */
function mixtureReader(mixture: Mixture, ids: readonly number[], network: TokenReader | null): TokenReader {
  const mixed = (contexts: NgramContexts, token: number, log: number | undefined): number =>
    Math.log(mixture.probability(contexts, token, log === undefined ? 0 : Math.exp(log)));
  return {
    logProbabilitiesAt: (wanted) => {
      const ofNetwork = network?.logProbabilitiesAt(wanted);
      return wanted.map((tokens, position) => {
        const contexts = mixture.ngrams.contextsAfter(ids, position);
        return tokens.map((token, index) => mixed(contexts, token, ofNetwork?.[position]![index]));
      });
    },
    restLogProbabilities: (changes) => {
      const ofNetwork = network?.restLogProbabilities(changes);
      return changes.map(({ position, ids: replacement }, change) => {
        const changed = [...ids.slice(0, position), ...replacement];
        return replacement.slice(1).map((token, index) => {
          const contexts = mixture.ngrams.contextsAfter(changed, position + 1 + index);
          return mixed(contexts, token, ofNetwork?.[change]![index]);
        });
      });
    },
    dispose: () => network?.dispose(),
  };
}

/** Carries the state through the line and stores it at each position. */
function streamReader({ network }: TextModel, ids: readonly number[]): TokenReader {
  const { classes } = network.spec;
  const states: NetworkState[] = []; // before each position but the first

  const logProbabilitiesAt = (wanted: readonly (readonly number[])[]): number[][] =>
    wanted.map((tokens, position) => {
      if (position === 0) return [];
      const step = { tokens: Int32Array.of(ids[position - 1]!), time: 1, rows: 1, lengths: null };
      const { logits, state } = network.read(() => inputsOf(step), states.at(-1) ?? null);
      states.push(state);
      return logProbabilities(logits, tokens);
    });

  const restsOfBatch = (changes: readonly Change[]): number[][] => {
    const initial = tidy(() => stackStates(changes.map(({ position }) => states[position - 1]!)));
    const rows = changes.map((change) => change.ids.slice(0, -1));
    const { logits, state } = network.read(() => inputsOf(documentBatch(rows, [])), initial); // [time · rows · vocabulary]
    dispose([initial, state]);
    return changes.map((change, row) =>
      change.ids.slice(1).map((id, step) => {
        const offset = (step * rows.length + row) * classes;
        return logProbabilities(logits.subarray(offset, offset + classes), [id])[0]!;
      }),
    );
  };

  return {
    logProbabilitiesAt,
    restLogProbabilities: (changes) => {
      const rests = changes.map((): number[] => []);
      const order = [...changes.keys()]
        .filter((index) => changes[index]!.ids.length > 1)
        .toSorted((left, right) => changes[right]!.ids.length - changes[left]!.ids.length);
      for (const batch of batchesOf(order))
        for (const [row, rest] of restsOfBatch(batch.map((index) => changes[index]!)).entries())
          rests[batch[row]!] = rest;
      return rests;
    },
    dispose: () => dispose(states),
  };
}

/** States of one row each, as the states of one batch. */
const stackStates = (states: readonly NetworkState[]): NetworkState =>
  states[0]!.map((layer, layerIndex) =>
    layer.map((_, index) =>
      concat<Tensor2D>(
        states.map((state) => state[layerIndex]![index]!),
        0,
      ),
    ),
  );

/** Reads the window before each token again. */
function windowReader({ network, recipe }: TextModel, ids: readonly number[]): TokenReader {
  const { classes } = network.spec;
  /** Log probabilities of tokens, each after a context. */
  const read = (queries: readonly { context: readonly number[]; tokens: readonly number[] }[]): number[][] =>
    batchesOf(queries).flatMap((batch) => {
      const rows = batch.map(({ context }) => context.slice(-recipe.sequenceLength));
      const { logits, state } = network.read(() => inputsOf(documentBatch(rows, [])), null); // [rows · vocabulary]
      dispose(state);
      return batch.map(({ tokens }, row) =>
        logProbabilities(logits.subarray(row * classes, (row + 1) * classes), tokens),
      );
    });

  return {
    logProbabilitiesAt: (wanted) => [
      [],
      ...read(wanted.slice(1).map((tokens, index) => ({ context: ids.slice(0, index + 1), tokens }))),
    ],
    restLogProbabilities: (changes) =>
      changes.map((change) => {
        const changed = [...ids.slice(0, change.position), ...change.ids];
        const queries = change.ids
          .slice(1)
          .map((id, step) => ({ context: changed.slice(0, change.position + step + 1), tokens: [id] }));
        return read(queries).map(([logProbability]) => logProbability!);
      }),
    dispose: () => undefined,
  };
}

const batchesOf = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / batchRows) }, (_, index) =>
    items.slice(index * batchRows, (index + 1) * batchRows),
  );

/** Log softmax at some ids. @param logits [vocabulary] */
function logProbabilities(logits: Float32Array, ids: readonly number[]): number[] {
  if (ids.length === 0) return [];
  let largest = -Infinity;
  for (let id = 0; id < logits.length; id++) largest = Math.max(largest, logits[id]!); // several times as fast as reduce
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id]! - largest);
  return ids.map((id) => logits[id]! - largest - Math.log(sum));
}
