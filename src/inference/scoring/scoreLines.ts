/** @file How likely a network finds each line of a text. */
import { arriving } from "../classification/arriving.js";
import { dispose } from "../../engine/tfjs.js";
import { documentBatch } from "../../examples/documentExamples.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { softmax } from "../../network/softmax.js";
import { isPooled } from "../../network/spec.js";
import { type Sequence, sequenceOf } from "./sequence.js";

/** A token, and how probable it was after those before it. */
export type ScoredToken = { token: string; probability: number };

export type LineScore = {
  text: string;
  /** -log of the probability of the whole line, its end included. */
  nats: number;
  /** e to the mean of `nats` over the tokens. */
  perplexity: number;
  /** The last is the line's end. */
  tokens: ScoredToken[];
};

/** Lines that are read at once. */
const linesAtOnce = 32;
/** Windows that are read at once. */
const windowsAtOnce = 256;

/**
 * Scores lines as they arrive, each on its own: as what follows the end of a line, or of a document where the network was taught documents.
 * A line's score does not depend on the lines beside it.
 */
export async function* scoreLines(model: TextModel, lines: AsyncIterable<string>): AsyncGenerator<LineScore> {
  for await (const group of arriving(lines, linesAtOnce)) {
    const sequences = group.map((text) => sequenceOf(model, text));
    const all = isPooled(model.network.spec)
      ? sequences.map((sequence) => windowProbabilities(model, sequence))
      : streamProbabilities(model, sequences);
    for (const [index, text] of group.entries()) yield lineScore(model, text, sequences[index]!, all[index]!);
  }
}

function lineScore(
  { tokenizer }: TextModel,
  text: string,
  { ids, before }: Sequence,
  probabilities: number[],
): LineScore {
  const tokens = probabilities.map((probability, index) => ({
    token: tokenizer.vocabulary[ids[before + index]!]!,
    probability,
  }));
  const nats = -tokens.reduce((sum, { probability }) => sum + Math.log(probability), 0);
  return { text, nats, perplexity: Math.exp(nats / tokens.length), tokens };
}

/** Of each sequence's tokens, from a network that says at each step what comes next. */
function streamProbabilities({ network }: TextModel, sequences: readonly Sequence[]): number[][] {
  const order = [...sequences.keys()].toSorted(
    (left, right) => sequences[right]!.ids.length - sequences[left]!.ids.length,
  );
  const rows = order.map((index) => sequences[index]!.ids.slice(0, -1));
  const { logits, state } = network.read(() => inputsOf(documentBatch(rows, [])), null); // [time · rows · vocabulary]
  dispose(state);
  const { classes } = network.spec;
  const found = Array<number[]>(sequences.length);
  for (const [row, index] of order.entries()) {
    const { ids, before } = sequences[index]!;
    found[index] = ids.slice(before).map((id, place) => {
      const from = ((before + place - 1) * rows.length + row) * classes;
      return softmax(logits.subarray(from, from + classes))[id]!;
    });
  }
  return found;
}

/** Of a sequence's tokens, from a network that reads a window to say what follows it. */
function windowProbabilities({ network, recipe }: TextModel, { ids, before }: Sequence): number[] {
  const places = ids.slice(before).map((_, index) => before + index);
  const found: number[] = [];
  for (let from = 0; from < places.length; from += windowsAtOnce) {
    const chosen = places.slice(from, from + windowsAtOnce);
    const rows = chosen.map((place) => ids.slice(Math.max(0, place - recipe.sequenceLength), place));
    const { logits, state } = network.read(() => inputsOf(documentBatch(rows, [])), null); // [rows · vocabulary]
    dispose(state);
    const { classes } = network.spec;
    for (const [row, place] of chosen.entries())
      found.push(softmax(logits.subarray(row * classes, (row + 1) * classes))[ids[place]!]!);
  }
  return found;
}
