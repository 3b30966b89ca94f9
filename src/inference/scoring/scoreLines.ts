/** @file The probability that a generator gives each line of a text. */
import { dispose } from "../../engine/tfjs.js";
import type { Unreadable } from "../../corpus/document.js";
import { documentBatch } from "../../examples/documentExamples.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { softmax } from "../../network/softmax.js";
import { isPooled } from "../../network/spec.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { answersTo, batchArrivals } from "../batching.js";

/** A token and its probability after the tokens before it. */
export type ScoredToken = { token: string; probability: number };

export type LineScore = {
  text: string;
  /** Negative log-likelihood of the whole line, with its end. */
  nats: number;
  /** exp(nats / number of tokens). */
  perplexity: number;
  /** The last one is the line's end. */
  tokens: ScoredToken[];
};

/** Lines of one forward pass. */
const batchLines = 32;
/** Windows of one forward pass. */
const batchWindows = 256;

/** The ids of a line, of which the first `context` are read but not scored. */
export type LineTokens = { ids: number[]; context: number };

/** A line's tokens and its end, after the end of the previous line, or of the previous document if the corpus has documents. */
export function lineTokens(
  { tokenizer, document }: Pick<TextModel, "tokenizer" | "document">,
  text: string,
): LineTokens {
  const end = document.corpus.shape === "documents" ? [endId] : tokenizer.encode("\n");
  return { ids: [...end, ...tokenizer.encode(text), ...end], context: end.length };
}

/**
 * Scores each line on its own, as the text after the end of a line, or after the end of a document if the corpus has documents. A line's score
 * does not depend on the other lines.
 * @param model a generator
 */
export async function* scoreLines(model: TextModel, lines: AsyncIterable<string>): AsyncGenerator<LineScore> {
  for await (const texts of batchArrivals(lines, batchLines)) yield* scoreBatch(model, texts);
}

/** `scoreLines` for lines some of which could not be read: these are passed on in their places. */
export const scoreReadable = (
  model: TextModel,
  lines: AsyncIterable<string | Unreadable>,
): AsyncGenerator<LineScore | Unreadable> => answersTo(lines, batchLines, (texts) => scoreBatch(model, texts));

function scoreBatch(model: TextModel, texts: readonly string[]): LineScore[] {
  const rows = texts.map((text) => lineTokens(model, text));
  const probabilities = isPooled(model.network.spec)
    ? rows.map((row) => windowProbabilities(model, row))
    : streamProbabilities(model, rows);
  return texts.map((text, index) => lineScore(model, text, rows[index]!, probabilities[index]!));
}

function lineScore(
  { tokenizer }: TextModel,
  text: string,
  { ids, context }: LineTokens,
  probabilities: number[],
): LineScore {
  const tokens = probabilities.map((probability, index) => ({
    token: tokenizer.vocabulary[ids[context + index]!]!,
    probability,
  }));
  const nats = -tokens.reduce((sum, { probability }) => sum + Math.log(probability), 0);
  return { text, nats, perplexity: Math.exp(nats / tokens.length), tokens };
}

/** The probabilities of each line's tokens, from a network that predicts the next token at each step. */
function streamProbabilities({ network }: TextModel, lines: readonly LineTokens[]): number[][] {
  const order = [...lines.keys()].toSorted((left, right) => lines[right]!.ids.length - lines[left]!.ids.length);
  const rows = order.map((index) => lines[index]!.ids.slice(0, -1));
  const { logits, state } = network.read(() => inputsOf(documentBatch(rows, [])), null); // [time · rows · vocabulary]
  dispose(state);
  const { classes } = network.spec;
  const probabilities = Array<number[]>(lines.length);
  for (const [row, index] of order.entries()) {
    const { ids, context } = lines[index]!;
    probabilities[index] = ids.slice(context).map((id, position) => {
      const offset = ((context + position - 1) * rows.length + row) * classes;
      return softmax(logits.subarray(offset, offset + classes))[id]!;
    });
  }
  return probabilities;
}

/** The probabilities of a line's tokens, from a pooled network that reads a window to predict the token after it. */
function windowProbabilities({ network, recipe }: TextModel, { ids, context }: LineTokens): number[] {
  const positions = ids.slice(context).map((_, index) => context + index);
  const probabilities: number[] = [];
  for (let first = 0; first < positions.length; first += batchWindows) {
    const batch = positions.slice(first, first + batchWindows);
    const rows = batch.map((position) => ids.slice(Math.max(0, position - recipe.sequenceLength), position));
    const { logits, state } = network.read(() => inputsOf(documentBatch(rows, [])), null); // [rows · vocabulary]
    dispose(state);
    const { classes } = network.spec;
    for (const [row, position] of batch.entries())
      probabilities.push(softmax(logits.subarray(row * classes, (row + 1) * classes))[ids[position]!]!);
  }
  return probabilities;
}
