/** @file The probability of each token of lines after the tokens before it; a long line is read in pieces with the state carried, which is exact. */
import { dispose, slice, tidy } from "../../engine/tfjs.js";
import { documentBatch } from "../../examples/documentExamples.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import type { NetworkState } from "../../network/network.js";
import { maxLogits, softmaxAt } from "../../network/softmax.js";
import { isPooled } from "../../network/spec.js";
import { notFinite } from "../finiteOutputs.js";

/** The ids of a line, of which the first `context` are read but not scored. */
export type LineTokens = { ids: number[]; context: number };

/** Windows of one forward pass. */
const batchWindows = 256;

/** The probabilities of the tokens of each line. @param lines of one batch @throws UserError for a model whose outputs are not numbers */
export function probabilitiesOf(model: TextModel, lines: readonly LineTokens[]): number[][] {
  const { mixture } = model;
  const ofNetwork = model.hasNetwork ? networkProbabilities(model, lines) : null;
  if (!mixture) return ofNetwork!;
  return lines.map(({ ids, context }, line) => mixture.ofText(ids, context, ofNetwork && ofNetwork[line]!));
}

const networkProbabilities = (model: TextModel, lines: readonly LineTokens[]): number[][] =>
  isPooled(model.network.spec)
    ? lines.map((line) => windowProbabilities(model, line))
    : streamProbabilities(model, lines);

/**
 * Reads a line in pieces.
 * @param context ids that are read but not scored, at least one
 * @param pieces the ids after them
 * @returns the probabilities of the ids of each piece
 */
export function* piecewiseProbabilities(
  model: TextModel,
  context: readonly number[],
  pieces: Iterable<readonly number[]>,
): Generator<{ ids: readonly number[]; probabilities: number[] }> {
  const { mixture } = model;
  let before = context;
  for (const { ids, probabilities } of model.hasNetwork
    ? networkPieces(model, context, pieces)
    : piecesWithout(pieces)) {
    const read = [...before, ...ids];
    yield { ids, probabilities: mixture?.ofText(read, before.length, probabilities) ?? probabilities! };
    if (mixture) before = read.slice(-mixture.ngrams.order);
  }
}

type ScoredPiece = { ids: readonly number[]; probabilities: number[] | null };

/** Without a network. */
function* piecesWithout(pieces: Iterable<readonly number[]>): Generator<ScoredPiece> {
  for (const ids of pieces) yield { ids, probabilities: null };
}

const networkPieces = (
  model: TextModel,
  context: readonly number[],
  pieces: Iterable<readonly number[]>,
): Generator<ScoredPiece> =>
  isPooled(model.network.spec) ? windowsOfPieces(model, context, pieces) : streamOfPieces(model, context, pieces);

/** From a network that predicts the next token at each step. */
function streamProbabilities(model: TextModel, lines: readonly LineTokens[]): number[][] {
  const order = [...lines.keys()].toSorted((left, right) => lines[right]!.ids.length - lines[left]!.ids.length);
  const rows = order.map((index) => lines[index]!);
  const probabilities = rows.map((): number[] => []);
  const steps = stepsOf(model, rows.length);
  let state: NetworkState | null = null;
  for (let start = 0; start < rows[0]!.ids.length - 1; start += steps) {
    const longer = rows.filter(({ ids }) => ids.length - 1 > start);
    const read = longer.map(({ ids }) => ids.slice(start, Math.min(start + steps, ids.length - 1)));
    const carried: NetworkState | null = state && firstRows(state, longer.length);
    const { logits, state: next } = model.network.read(() => inputsOf(documentBatch(read, [])), carried);
    dispose([state ?? [], carried ?? []]);
    state = next;
    for (const [row, { ids, context }] of longer.entries()) {
      for (let step = Math.max(0, context - 1 - start); step < read[row]!.length; step++)
        probabilities[row]!.push(probabilityAt(model, logits, step * longer.length + row, ids[start + step + 1]!));
    }
  }
  dispose(state ?? []);
  const found = Array<number[]>(lines.length);
  for (const [row, index] of order.entries()) found[index] = probabilities[row]!;
  return found;
}

/** Steps of one forward pass. */
const stepsOf = ({ network }: TextModel, rows: number): number =>
  Math.max(1, Math.floor(maxLogits / (rows * network.spec.classes)));

const firstRows = (state: NetworkState, rows: number): NetworkState =>
  tidy(() => state.map((layer) => layer.map((values) => slice(values, [0, 0], [rows, values.shape[1]]))));

function* streamOfPieces(
  model: TextModel,
  context: readonly number[],
  pieces: Iterable<readonly number[]>,
): Generator<ScoredPiece> {
  const steps = stepsOf(model, 1);
  let unread = context; // the last token before the next ones, which predicts the first of them
  let state: NetworkState | null = null;
  try {
    for (const piece of pieces) {
      for (let start = 0; start < piece.length; start += steps) {
        const ids = piece.slice(start, start + steps);
        const read = [...unread, ...ids.slice(0, -1)];
        const { logits, state: next } = model.network.read(() => inputsOf(documentBatch([read], [])), state);
        dispose(state ?? []);
        state = next;
        const first = unread.length - 1;
        unread = ids.slice(-1);
        yield { ids, probabilities: ids.map((id, index) => probabilityAt(model, logits, first + index, id)) };
      }
    }
  } finally {
    dispose(state ?? []);
  }
}

/** From a pooled network that reads a window to predict the token after it. */
function windowProbabilities(model: TextModel, { ids, context }: LineTokens): number[] {
  const probabilities: number[] = [];
  for (let first = context; first < ids.length; first += batchWindows) {
    const targets = ids.slice(first, first + batchWindows);
    const rows = targets.map((_, index) =>
      ids.slice(Math.max(0, first + index - model.recipe.sequenceLength), first + index),
    );
    const { logits, state } = model.network.read(() => inputsOf(documentBatch(rows, [])), null); // [rows · vocabulary]
    dispose(state);
    for (const [row, id] of targets.entries()) probabilities.push(probabilityAt(model, logits, row, id));
  }
  return probabilities;
}

function* windowsOfPieces(
  model: TextModel,
  context: readonly number[],
  pieces: Iterable<readonly number[]>,
): Generator<ScoredPiece> {
  let before = context;
  for (const ids of pieces) {
    const read = [...before, ...ids];
    yield { ids, probabilities: windowProbabilities(model, { ids: read, context: before.length }) };
    before = read.slice(-model.recipe.sequenceLength);
  }
}

/** @param logits [rows · vocabulary] */
function probabilityAt(model: TextModel, logits: Float32Array, row: number, id: number): number {
  const { classes } = model.network.spec;
  const probability = softmaxAt(logits, row * classes, classes, id);
  if (Number.isNaN(probability)) throw notFinite(model, "the probability of a token is NaN");
  return probability;
}
