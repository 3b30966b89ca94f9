/** @file A short text from a network in training, which shows its progress. */
import type { Network } from "../../network/network.js";
import { randomStream } from "../../common/random.js";
import type { Corpus } from "../../corpus/document.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { bannedTokens, promptIds } from "./promptIds.js";
import { tokenSource } from "./tokenSource.js";

export type SampleOptions = {
  shape: Corpus["shape"];
  /** Largest number of tokens. */
  maxTokens: number;
  temperature: number;
  seed: number;
};

/** The same weights and options give the same text. @param network one that reads a stream, so that a token costs one step */
export function sampleText(
  network: Network,
  tokenizer: Tokenizer,
  { shape, maxTokens, temperature, seed }: SampleOptions,
): string {
  const ids = promptIds(tokenizer, shape, []);
  const source = tokenSource(
    network,
    { temperature, banned: bannedTokens(shape) },
    { ids, rows: 1, window: 1 },
    tokenizer.follow,
  );
  try {
    const random = randomStream(seed, "sample", 0);
    const tokens = source.next(Float64Array.from({ length: maxTokens }, random));
    const end = tokens.indexOf(endId);
    return tokenizer.decode(wholeText(tokenizer, end === -1 ? tokens : tokens.subarray(0, end)));
  } finally {
    source.dispose();
  }
}

/** The tokens up to the last whole character. */
function wholeText({ follow }: Tokenizer, tokens: Int32Array): Int32Array {
  if (!follow) return tokens;
  let [state, whole] = [0, 0];
  for (const [index, token] of tokens.entries()) {
    state = follow(state, token);
    if (state === 0) whole = index + 1;
  }
  return tokens.subarray(0, whole);
}
