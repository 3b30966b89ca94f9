/**
 * @file Draws tokens from a network: several steps in one call by the engine's decoder if it supports the network and the samplers; else a step at
 * a time from the logits of a reader.
 */
import { createDecoder, type Decoder, decoderSamplers, type DecoderSampling } from "../../engine/ops/decoder.js";
import type { Random } from "../../common/random.js";
import { decoderWeights } from "../../network/decoderWeights.js";
import type { Network } from "../../network/network.js";
import { isPooled } from "../../network/spec.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { type DistributionOptions, noToken, nonFiniteLogits } from "./distribution.js";
import type { TextModel } from "../../model/model.js";
import { MixtureReader } from "./mixtureReader.js";
import { type LogitReader, StreamReader, WindowReader } from "./logitReaders.js";
import type { Prompt } from "./promptIds.js";
import { RowDraws } from "./rowDraws.js";
import { chosenSamplers } from "./samplerChoice.js";
import { endId } from "../../tokenizers/specialTokens.js";

/** Each row is a text of its own; all have read the same prompt. */
export type TokenSource = {
  /**
   * Draws each row's next tokens, one for each uniform number.
   * @param uniforms [steps, rows], each from 0 to below 1
   * @returns [steps, rows]; the tokens do not depend on how many steps one call draws
   * @throws UserError for logits that are not finite
   */
  next: (uniforms: Float64Array) => Int32Array;
  dispose: () => void;
};

/**
 * @param follow which tokens may follow: only the samplers' reference implementation applies it
 * @throws UserError for an option out of range
 */
export function tokenSource(
  network: Network,
  options: DistributionOptions,
  prompt: Prompt,
  follow?: Tokenizer["follow"],
): TokenSource {
  const chain = rowChain(options, prompt, network.spec.classes, follow); // checks the options
  const fused = follow ? null : decoderSource(network, options, prompt);
  return fused ?? readerSource(readerOf(network, prompt), chain, prompt.rows);
}

/** As `tokenSource`, from a model that may be an n-gram model, or a mix of one with its network. @throws UserError for an option out of range */
export function modelTokenSource(model: TextModel, options: DistributionOptions, prompt: Prompt): TokenSource {
  const { mixture, tokenizer } = model;
  if (!mixture) return tokenSource(model.network, options, prompt, tokenizer.follow);
  const chain = rowChain(options, prompt, mixture.ngrams.vocabulary, tokenizer.follow);
  const network = model.hasNetwork ? readerOf(model.network, prompt) : null;
  return readerSource(new MixtureReader(mixture, network, prompt), chain, prompt.rows);
}

/** A chain that draws the tokens of several texts after one prompt. */
function rowChain(
  options: DistributionOptions,
  { ids, text = ids, rows }: Pick<Prompt, "ids" | "text" | "rows">,
  vocabulary: number,
  follow?: Tokenizer["follow"],
): RowChain {
  const draws = new RowDraws(options, follow, { rows, vocabulary });
  for (let row = 0; row < rows; row++) draws.restart(row, text);
  return (logits, random, row) => draws.draw(logits, random(), row);
}

/** The forward pass and the draw in the engine; null if the decoder does not support the backend, the network or a sampler. */
export function decoderSource(network: Network, options: DistributionOptions, prompt: Prompt): TokenSource | null {
  const sampling = decoderSampling(options);
  const decoder = sampling && startDecoder(network, sampling, prompt);
  if (!decoder) return null;
  let last = lastTokens(prompt);
  return {
    next: (uniforms) => {
      const tokens = decoder.next(last, uniforms);
      last = tokens.slice(-prompt.rows);
      if (last.includes(-1)) throw nonFiniteLogits(decoder.logits, network.spec.classes);
      return tokens;
    },
    dispose: () => decoder.dispose(),
  };
}

/** Null if the decoder does not support one of the samplers, their order, a bias or an exact draw. */
export function decoderSampling(options: DistributionOptions): DecoderSampling | null {
  const { temperature, banned = [], bias, exact = false } = options;
  const chosen = chosenSamplers(options);
  const order = ["temperature", ...decoderSamplers].filter((known) => chosen.some(({ name }) => name === known));
  const isSupported = chosen.every(({ name }, index) => name === order[index]) && order[0] === "temperature";
  if (exact || bias?.size || options.constraint || !isSupported || options.dynatempRange !== undefined) return null;
  return {
    ...Object.fromEntries(chosen.slice(1).map(({ name, values }) => [name, values[name]])),
    temperature,
    banned,
  };
}

/** A decoder that has read all of the prompt but its last token. */
function startDecoder(network: Network, sampling: DecoderSampling, { ids, rows, onRead }: Prompt): Decoder | null {
  const weights = decoderWeights(network);
  const decoder = weights && createDecoder(weights, rows, sampling);
  if (!decoder) return null;
  const before = ids.slice(0, -1);
  if (before.length <= shortPrompt) for (const id of before) decoder.step(new Int32Array(rows).fill(id));
  else {
    const reader = new StreamReader(network, { ids: before, rows: 1, onRead });
    decoder.start(reader.states().map((tensor) => tensor.dataSync<"float32">()));
    reader.dispose();
  }
  return decoder;
}

/** The decoder reads as many tokens itself; for more, loading TF.js for its forward pass over whole sequences pays. */
const shortPrompt = 64;

const lastTokens = ({ ids, rows }: Prompt): Int32Array => new Int32Array(rows).fill(ids.at(-1)!);

/** The fastest reader for a network on the active backend, which has read the prompt. */
function readerOf(network: Network, prompt: Prompt): LogitReader {
  if (isPooled(network.spec)) return new WindowReader(network, prompt);
  return decoderReader(network, prompt) ?? new StreamReader(network, prompt);
}

/** The decoder's forward pass without its draw; null if the backend or the network has no decoder. */
export function decoderReader(network: Network, prompt: Prompt): LogitReader | null {
  const decoder = startDecoder(network, { temperature: 0, banned: [] }, prompt);
  if (!decoder) return null;
  decoder.step(lastTokens(prompt));
  return {
    logits: () => decoder.logits,
    read: (tokens) => decoder.step(tokens),
    dispose: () => decoder.dispose(),
  };
}

/** Draws the next token of a row. */
type RowChain = (logits: Float32Array, random: Random, row: number) => number;

/** One step at a time: the reader's forward pass, then a draw by the samplers' reference implementation. */
export function readerSource(reader: LogitReader, chain: RowChain, rows: number): TokenSource {
  let unread: Int32Array | null = null;
  const step = (uniforms: Float64Array): Int32Array => {
    if (unread) reader.read(unread);
    const logits = reader.logits();
    const vocabulary = logits.length / rows;
    const tokens = new Int32Array(rows);
    for (let row = 0; row < rows; row++)
      tokens[row] = chain(logits.subarray(row * vocabulary, (row + 1) * vocabulary), () => uniforms[row]!, row);
    unread = tokens.map((token) => (token === noToken ? endId : token));
    return tokens;
  };
  return {
    next: (uniforms) => {
      const tokens = new Int32Array(uniforms.length);
      for (let offset = 0; offset < tokens.length; offset += rows)
        tokens.set(step(uniforms.subarray(offset, offset + rows)), offset);
      return tokens;
    },
    dispose: () => reader.dispose(),
  };
}
