/** @file What a network expects after each token of a text. */
import type { TextModel } from "../../model/model.js";
import { isPooled } from "../../network/spec.js";
import { bannedFrom, startOf } from "./promptIds.js";
import { createDistribution } from "./distribution.js";
import { StreamReader, WindowReader } from "./tokenSource.js";

/** A token and how probable it is, 0 … 1. */
export type Expected = { token: string; probability: number };

/** A token of a text, and what the network expects after it, likeliest first. */
export type Expectation = { token: string; next: Expected[] };

/**
 * The likeliest tokens after each token of a text, by the network's own probabilities: those that `generate` draws with at temperature 1.
 * Of an empty text, what the network begins with; its token is "".
 * @param top how many
 */
export function* expectations(model: TextModel, text: string, top: number): Generator<Expectation> {
  const { network, tokenizer, recipe, document } = model;
  const { shape } = document.corpus;
  const probabilitiesOf = createDistribution({ temperature: 1, banned: bannedFrom(shape) });
  const prompt = tokenizer.encode(text);
  const start = startOf(tokenizer, shape, prompt);
  const before = start.length - prompt.length; // read ahead of the text
  const Reader = isPooled(network.spec) ? WindowReader : StreamReader;
  const reader = new Reader(network, {
    start: start.slice(0, Math.max(1, before)),
    rows: 1,
    window: recipe.sequenceLength,
  });
  const expect = (id: number | undefined): Expectation => {
    const probabilities = probabilitiesOf(reader.logits()); // [vocabulary]
    const ids = [...probabilities.keys()].toSorted((left, right) => probabilities[right]! - probabilities[left]!);
    const next = ids
      .slice(0, top)
      .map((follower) => ({ token: tokenOf(follower), probability: probabilities[follower]! }));
    return { token: id === undefined ? "" : tokenizer.vocabulary[id]!, next };
  };
  const tokenOf = (id: number): string => tokenizer.vocabulary[id]!;
  try {
    if (prompt.length === 0) yield expect(undefined);
    for (const [place, id] of prompt.entries()) {
      if (before > 0 || place > 0) reader.read(Int32Array.of(id));
      yield expect(id);
    }
  } finally {
    reader.dispose();
  }
}
