/** @file The probability that a generator gives each line of a text. */
import type { Unreadable } from "../../corpus/document.js";
import type { TextModel } from "../../model/model.js";
import { encodePieces } from "../../tokenizers/index.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { answersTo, type UnreadableOf } from "../batching.js";
import { type LineTokens, piecewiseProbabilities, probabilitiesOf } from "./tokenProbabilities.js";

/** A token and its probability after the tokens before it. */
export type ScoredToken = { token: string; probability: number };

/** The tokens of a line of any length. */
export type ScoredTokens = Iterable<ScoredToken> & { readonly length: number };

export type LineScore<Tokens extends ScoredTokens = ScoredToken[]> = {
  text: string;
  /** Negative log-likelihood of the whole line, with its end. */
  nats: number;
  /** exp(nats / number of tokens). */
  perplexity: number;
  /** The last one is the line's end. */
  tokens: Tokens;
};

/** Lines of one forward pass. */
export const batchLines = 32;
/** A line of more code units is read alone and in pieces. */
export const longLine = 2 ** 14;
/** Tokens of a piece. */
const pieceTokens = 2 ** 12;

/** The ids of the end of the previous line, or of the previous document if the corpus has documents. */
export const endIds = ({ tokenizer, document }: Pick<TextModel, "tokenizer" | "document">): number[] =>
  document.corpus.shape === "documents" ? [endId] : tokenizer.encode("\n");

/** A line's tokens and its end, after the end of the previous line or document. */
export function lineTokens(model: Pick<TextModel, "tokenizer" | "document">, text: string): LineTokens {
  const end = endIds(model);
  return { ids: [...end, ...model.tokenizer.encode(text), ...end], context: end.length };
}

/**
 * Scores each line on its own, as the text after the end of a line, or after the end of a document if the corpus has documents. A line's score
 * does not depend on the other lines. What could not be read is passed on in its place. The memory for a line of millions of tokens is a few bytes for each.
 * @param model a generator
 * @throws UserError for a model whose outputs are not numbers
 */
export const scoreLines = <Line extends string | Unreadable>(
  model: TextModel,
  lines: AsyncIterable<Line>,
): AsyncGenerator<LineScore<ScoredTokens> | UnreadableOf<Line>> =>
  answersTo(lines, batchLines, (texts) => scoreBatch(model, texts));

function* scoreBatch(model: TextModel, texts: readonly string[]): Generator<LineScore<ScoredTokens>> {
  const rows = texts.filter((text) => text.length <= longLine).map((text) => lineTokens(model, text));
  const probabilities = rows.length > 0 ? probabilitiesOf(model, rows) : [];
  let next = 0;
  for (const text of texts) {
    if (text.length > longLine) {
      yield longLineScore(model, text);
      continue;
    }
    yield lineScore(model, text, rows[next]!, probabilities[next]!);
    next++;
  }
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

function longLineScore(model: TextModel, text: string): LineScore<ScoredTokens> {
  const end = endIds(model);
  const tokens = new PackedTokens(model.tokenizer.vocabulary);
  let logProbability = 0;
  for (const { ids, probabilities } of piecewiseProbabilities(model, end, linePieces(model, text))) {
    for (const probability of probabilities) logProbability += Math.log(probability);
    tokens.push(ids, probabilities);
  }
  return { text, nats: -logProbability, perplexity: Math.exp(-logProbability / tokens.length), tokens };
}

/** The ids of a line and of its end, in pieces. */
export function* linePieces(model: TextModel, text: string): Generator<readonly number[]> {
  yield* encodePieces(model.tokenizer, text, pieceTokens);
  yield endIds(model);
}

/** Scored tokens in six or eight bytes each; probabilities have the precision of 32-bit floats. */
export class PackedTokens implements ScoredTokens {
  length = 0;
  private readonly pieces: { ids: Uint16Array | Uint32Array; probabilities: Float32Array }[] = [];

  constructor(private readonly vocabulary: readonly string[]) {}

  push(ids: readonly number[], probabilities: readonly number[]): void {
    const Ids = this.vocabulary.length > 2 ** 16 ? Uint32Array : Uint16Array;
    this.pieces.push({ ids: Ids.from(ids), probabilities: Float32Array.from(probabilities) });
    this.length += ids.length;
  }

  *[Symbol.iterator](): Generator<ScoredToken> {
    for (const { ids, probabilities } of this.pieces)
      for (const [index, id] of ids.entries())
        yield { token: this.vocabulary[id]!, probability: probabilities[index]! };
  }
}
