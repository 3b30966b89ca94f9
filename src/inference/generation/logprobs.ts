/** @file The network's most probable next tokens after each token of a text. */
import type { TextModel } from "../../model/model.js";
import { isPooled } from "../../network/spec.js";
import { createDistribution } from "./distribution.js";
import { bannedTokens, promptIds } from "./promptIds.js";
import { type LogitReader, StreamReader, WindowReader } from "./logitReaders.js";
import { MixtureReader } from "./mixtureReader.js";

/** A token and its probability, 0 … 1. */
export type TokenProbability = { token: string; probability: number };

/** A token of a text, and the most probable tokens after it, most probable first. */
export type NextTokens = { token: string; next: TokenProbability[] };

/**
 * The most probable next tokens after each token of a text, by the probabilities that `generate` draws with at temperature 1. An empty text
 * gives one entry, whose token is "": the most probable first tokens.
 * @param top how many next tokens, from 1
 */
export function* logprobs(model: TextModel, text: string, top = 10): Generator<NextTokens> {
  const { tokenizer, document } = model;
  const { shape } = document.corpus;
  const probabilitiesOf = createDistribution({ temperature: 1, banned: bannedTokens(shape) });
  const encoded = tokenizer.encode(text);
  const ids = promptIds(tokenizer, shape, encoded);
  const added = ids.length - encoded.length; // tokens before the text
  const reader = readerAfter(model, ids.slice(0, Math.max(1, added)));
  const tokenOf = (id: number): string => tokenizer.vocabulary[id]!;
  const nextTokens = (): TokenProbability[] => {
    const probabilities = probabilitiesOf(reader.logits()); // [vocabulary]
    return [...probabilities.keys()]
      .toSorted((left, right) => probabilities[right]! - probabilities[left]!)
      .slice(0, top)
      .map((id) => ({ token: tokenOf(id), probability: probabilities[id]! }));
  };
  try {
    if (encoded.length === 0) yield { token: "", next: nextTokens() };
    for (const [index, id] of encoded.entries()) {
      if (added > 0 || index > 0) reader.read(Int32Array.of(id));
      yield { token: tokenOf(id), next: nextTokens() };
    }
  } finally {
    reader.dispose();
  }
}

/** The reader of a model that has read some tokens. */
function readerAfter(model: TextModel, ids: readonly number[]): LogitReader {
  const prompt = { ids, rows: 1, window: model.recipe.sequenceLength };
  const ofNetwork = (): LogitReader => {
    const Reader = isPooled(model.network.spec) ? WindowReader : StreamReader;
    return new Reader(model.network, prompt);
  };
  return model.mixture ? new MixtureReader(model.mixture, model.hasNetwork ? ofNetwork() : null, prompt) : ofNetwork();
}
