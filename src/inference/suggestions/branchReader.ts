/** @file Reads the tokens of many texts that share their beginnings: a state, once reached, is kept, and any text goes on from it. */
import type { NgramContexts } from "../../baselines/ngramModel.js";
import { createDecoder, type Decoder, type DecoderWeights } from "../../engine/ops/decoder.js";
import { tfjs } from "../../engine/tfjs.js";
import { documentBatch } from "../../examples/documentExamples.js";
import type { Mixture } from "../../model/mixture.js";
import type { TextModel } from "../../model/model.js";
import { decoderWeights } from "../../network/decoderWeights.js";
import { inputsOf } from "../../network/inputs.js";
import type { Network, NetworkState } from "../../network/network.js";
import { isPooled } from "../../network/spec.js";

/** What a model has read of a text: a value that is never changed. */
export type ReadState<State> = {
  state: State;
  /** Of the next token: [vocabulary]. Log probabilities are logits too. */
  logits: Float32Array;
};

/** A text that goes on with a token; null is the empty text. */
export type Branch<State> = { state: State | null; token: number };

export type BranchReader<State = unknown> = {
  /** Reads one token of each text. @returns a state and its logits for each, in the same order */
  read: (branches: readonly Branch<State>[]) => ReadState<State>[];
  /** Frees the memory of the reader; the states need none of it. */
  dispose: () => void;
};

/** The fastest reader for a model on the active backend. */
export function branchReader(model: TextModel): BranchReader {
  const { mixture, recipe } = model;
  const network = model.hasNetwork ? networkReader(model.network, recipe.sequenceLength) : null;
  return (mixture ? mixtureBranches(mixture, network) : network!) as BranchReader;
}

/** @param window tokens that a pooled network reads for each text: the last ones */
function networkReader(network: Network, window: number): BranchReader {
  if (isPooled(network.spec)) return windowBranches(network, window) as BranchReader;
  const weights = decoderWeights(network);
  const single = weights && createDecoder(weights, 1, plainSampling);
  return (single ? new DecoderBranches(weights, single) : streamBranches(network)) as BranchReader;
}

/** The decoder's own draw is ignored. */
const plainSampling = { temperature: 0, banned: [] };

/** Texts that the decoder reads side by side, since the weights are then read once for all of them. */
export const branchRows = 8;

/** By the decoder of the backend. */
class DecoderBranches implements BranchReader<readonly Float32Array[]> {
  private several: Decoder | null | undefined;

  constructor(
    private readonly weights: DecoderWeights,
    private readonly single: Decoder,
  ) {}

  read(branches: readonly Branch<readonly Float32Array[]>[]): ReadState<readonly Float32Array[]>[] {
    const read: ReadState<readonly Float32Array[]>[] = [];
    while (read.length < branches.length) read.push(...this.readSome(branches.slice(read.length)));
    return read;
  }

  /** Reads the first of the texts, or the first several. */
  private readSome(branches: readonly Branch<readonly Float32Array[]>[]): ReadState<readonly Float32Array[]>[] {
    const decoder = branches.length === 1 ? this.single : this.ofSeveral;
    const rows = decoder === this.single ? 1 : branchRows;
    const some = branches.slice(0, rows);
    const tokens = new Int32Array(rows).fill(some[0]!.token);
    for (const [row, { state, token }] of some.entries()) {
      tokens[row] = token;
      decoder.restart(row, state ?? undefined);
    }
    decoder.step(tokens);
    const vocabulary = decoder.logits.length / rows;
    return some.map((_, row) => ({
      state: decoder.stateOf(row),
      logits: decoder.logits.slice(row * vocabulary, (row + 1) * vocabulary),
    }));
  }

  private get ofSeveral(): Decoder {
    if (this.several === undefined) this.several = createDecoder(this.weights, branchRows, plainSampling);
    return this.several ?? this.single;
  }

  dispose(): void {
    this.single.dispose();
    this.several?.dispose();
  }
}

/** A tensor of a network's state as plain numbers, so that nothing has to be freed. */
type StoredTensor = { shape: [number, number]; values: Float32Array };

/** By the network's own forward pass, one text after the other. */
const streamBranches = (network: Network): BranchReader<StoredTensor[][]> => ({
  read: (branches) =>
    branches.map(({ state, token }) => {
      const tf = tfjs();
      const before: NetworkState | null =
        state?.map((layer) => layer.map(({ shape, values }) => tf.tensor2d(values, shape))) ?? null;
      const tokens = Int32Array.of(token);
      const read = network.read(() => inputsOf({ tokens, time: 1, rows: 1, lengths: null }), before);
      const after = read.state.map((layer) =>
        layer.map((tensor) => ({ shape: tensor.shape, values: tensor.dataSync<"float32">().slice() })),
      );
      tf.dispose([...(before?.flat() ?? []), ...read.state.flat()]);
      return { state: after, logits: read.logits.slice() };
    }),
  dispose: () => undefined,
});

/** By reading the last tokens of each text again, as a pooled or bidirectional network needs. */
const windowBranches = (network: Network, window: number): BranchReader<readonly number[]> => ({
  read: (branches) => {
    const texts = branches.map(({ state, token }) => [...(state ?? []), token].slice(-window));
    const { logits, state } = network.read(() => inputsOf(documentBatch(texts, [])), null);
    tfjs().dispose(state.flat());
    const vocabulary = logits.length / texts.length;
    return texts.map((text, row) => ({ state: text, logits: logits.slice(row * vocabulary, (row + 1) * vocabulary) }));
  },
  dispose: () => undefined,
});

type MixtureState = { contexts: NgramContexts; network: unknown };

/** An n-gram model, alone or mixed with a network: log probabilities. */
const mixtureBranches = (mixture: Mixture, network: BranchReader | null): BranchReader<MixtureState> => ({
  read: (branches) => {
    const ofNetwork = network?.read(branches.map(({ state, token }) => ({ state: state?.network ?? null, token })));
    return branches.map(({ state, token }, index) => {
      const contexts = state ? mixture.ngrams.after(state.contexts, token) : mixture.ngrams.contextsAfter([token]);
      const read = ofNetwork?.[index];
      const probabilities = read ? softmax(read.logits) : new Float64Array(mixture.ngrams.vocabulary);
      mixture.distribution(contexts, probabilities);
      return { state: { contexts, network: read?.state ?? null }, logits: Float32Array.from(probabilities, Math.log) };
    });
  },
  dispose: () => network?.dispose(),
});

/** Loops, because a vocabulary may have more entries than a call takes arguments. */
export function softmax(logits: Float32Array): Float64Array {
  let highest = -Infinity;
  for (let token = 0; token < logits.length; token++) highest = Math.max(highest, logits[token]!);
  const probabilities = new Float64Array(logits.length);
  let sum = 0;
  for (let token = 0; token < logits.length; token++) sum += probabilities[token] = Math.exp(logits[token]! - highest);
  for (let token = 0; token < logits.length; token++) probabilities[token]! /= sum;
  return probabilities;
}
