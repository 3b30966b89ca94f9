/** @file A short text from a network as it is now: how far it has come. */
import type { Network } from "../../network/network.js";
import { randomStream } from "../../common/random.js";
import type { Corpus } from "../../corpus/document.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { bannedFrom, startOf } from "./promptIds.js";
import { tokenSource } from "./tokenSource.js";

export type SampleOptions = {
  shape: Corpus["shape"];
  /** Tokens at most. */
  length: number;
  temperature: number;
  seed: number;
};

/** A pure function of the network's weights and the options. @param network one that reads a stream, so that a token costs one step */
export function sampleText(
  network: Network,
  tokenizer: Tokenizer,
  { shape, length, temperature, seed }: SampleOptions,
): string {
  const start = startOf(tokenizer, shape, []);
  const source = tokenSource(network, { temperature, banned: bannedFrom(shape) }, { start, rows: 1, window: 1 });
  try {
    const random = randomStream(seed, "sample", 0);
    const tokens = source.next(Float64Array.from({ length }, random));
    const end = tokens.indexOf(endId);
    return tokenizer.decode(end === -1 ? tokens : tokens.subarray(0, end));
  } finally {
    source.dispose();
  }
}
