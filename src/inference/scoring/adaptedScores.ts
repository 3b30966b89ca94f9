/** @file The probability that a generator gives each line of a text, which it reads in order and adapts to. */
import type { Unreadable } from "../../corpus/document.js";
import { AdaptedProbabilities, type Adaptation, segmentTokens } from "../../evaluation/adaptation.js";
import { adaptedModelOf } from "../../evaluation/adaptationSettings.js";
import type { TextModel } from "../../model/model.js";
import { answersTo, type UnreadableOf } from "../batching.js";
import { notFinite } from "../finiteOutputs.js";
import {
  batchLines,
  endIds,
  type LineScore,
  linePieces,
  lineTokens,
  longLine,
  PackedTokens,
  type ScoredTokens,
} from "./scoreLines.js";

/** The ids of a line and of its end. */
function* piecesOf(model: TextModel, text: string): Generator<readonly number[]> {
  if (text.length <= longLine) {
    const { ids, context } = lineTokens(model, text);
    yield ids.slice(context);
  } else for (const ids of linePieces(model, text)) if (ids.length > 0) yield ids;
}

/**
 * Scores each line after the lines before it, as parts of one text: the network's state, the cache and the adapted weights go on from line to line; of documents, all but the state.
 * What could not be read is passed on in its place.
 * @param model a generator with a network
 * @throws UserError for a model whose outputs are not numbers
 */
export async function* scoreAdaptedLines<Line extends string | Unreadable>(
  model: TextModel,
  lines: AsyncIterable<Line>,
  adaptation: Adaptation,
): AsyncGenerator<LineScore<ScoredTokens> | UnreadableOf<Line>> {
  const adapted = new AdaptedProbabilities(adaptedModelOf(model), adaptation);
  let before = endIds(model);
  function* scoreBatch(texts: readonly string[]): Generator<LineScore<ScoredTokens>> {
    for (const text of texts) {
      const tokens = new PackedTokens(model.tokenizer.vocabulary);
      let nats = 0;
      for (const ids of piecesOf(model, text)) {
        const probabilities = probabilitiesAfter(before, ids);
        before = ids.slice(-1);
        for (const probability of probabilities) nats -= Math.log(probability);
        tokens.push(ids, probabilities);
      }
      if (Number.isNaN(nats)) throw notFinite(model, "the probability of a token is NaN");
      yield { text, nats, perplexity: Math.exp(nats / tokens.length), tokens };
    }
  }
  /** @param read the tokens before, of which the last one is not read yet; at the start none is */
  function probabilitiesAfter(read: readonly number[], ids: readonly number[]): number[] {
    const all = [...read, ...ids];
    const found: number[] = [];
    const segment = segmentTokens(adaptation);
    for (let start = 0; start + 1 < all.length; start += segment)
      found.push(...adapted.after(all.slice(start, start + segment + 1)));
    return found.slice(read.length - 1);
  }
  try {
    yield* answersTo(lines, batchLines, scoreBatch);
  } finally {
    adapted.dispose();
  }
}
