/** @file New text from a model: an async generator of pieces; nothing is printed here. */
import { dispose } from "../engine/tfjs.js";
import { documentBatch } from "../examples/documents.js";
import type { Model } from "../model.js";
import { inputsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import { isPooled } from "../network/spec.js";
import { type Random, randomStream } from "../random.js";
import { endId, unknownId } from "../text/tokenizer.js";
import { createSampler, type Sampler } from "./distribution.js";
import { StopText } from "./stopText.js";

export type GenerateOptions = {
  prompt?: string | undefined;
  /** Tokens at most, the prompt's not counted. */
  length: number;
  temperature: number;
  topK?: number | undefined;
  topP?: number | undefined;
  /** Texts written side by side, each from a random stream of its own. */
  samples: number;
  stop?: string | undefined;
  seed: number;
};

/** A bit of one of the texts; `ended` with its last one. */
export type Piece = { sample: number; text: string; ended: boolean };

/**
 * Writes texts token by token, the prompt first. A text ends at `length` tokens, at the stop text, or where the model ends a document.
 * The same model, options and seed give the same texts, each whatever the number of texts beside it.
 */
export async function* generate(model: Model, options: GenerateOptions): AsyncGenerator<Piece> {
  const { network, tokenizer, document } = model;
  const endsDocuments = document.corpus.shape === "documents";
  const prompt = options.prompt ?? "";
  const promptIds = tokenizer.encode(prompt);
  const start = startOf(model, promptIds);

  const banned = endsDocuments ? [unknownId] : [unknownId, endId];
  const { temperature, topK, topP } = options;
  const sampler = createSampler({
    temperature,
    banned,
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
  });
  const writers = Array.from({ length: options.samples }, (_, sample) => {
    const decoder = tokenizer.decoder();
    for (const id of promptIds) decoder.write(id);
    return {
      sample,
      decoder,
      gate: new StopText(options.stop),
      random: randomStream(options.seed, "sample", sample),
      ended: false,
    };
  });
  for (const { sample } of writers) yield { sample, text: prompt, ended: options.length === 0 };

  const reader = isPooled(network.spec)
    ? new WindowReader(network, start, options.samples, model.recipe.steps)
    : new StreamReader(network, start, options.samples);
  try {
    for (let written = 0; written < options.length && writers.some(({ ended }) => !ended); written++) {
      const tokens = drawAll(reader.logits(), network.spec.classes, writers, sampler);
      for (const writer of writers) {
        if (writer.ended) continue;
        const token = tokens[writer.sample]!;
        const last = written + 1 === options.length || token === endId;
        const text = token === endId ? "" : writer.decoder.write(token);
        const passed = writer.gate.pass(last ? text + writer.decoder.flush() : text, last);
        writer.ended = last || writer.gate.stopped;
        yield { sample: writer.sample, text: passed, ended: writer.ended };
      }
      reader.read(tokens);
    }
  } finally {
    reader.dispose();
  }
}

/** What the network reads before its first word: the end of the document before, or of the line before where the text is one stream. */
function startOf({ tokenizer, document }: Model, prompt: number[]): number[] {
  if (document.corpus.shape === "documents") return [endId, ...prompt];
  return prompt.length > 0 ? prompt : tokenizer.encode("\n");
}

function drawAll(
  logits: Float32Array,
  vocabulary: number,
  writers: { random: Random; ended: boolean }[],
  sampler: Sampler,
): Int32Array {
  return Int32Array.from(writers, ({ random, ended }, row) =>
    ended ? endId : sampler(logits.subarray(row * vocabulary, (row + 1) * vocabulary), random),
  );
}

/** Reads each token once and carries the state. */
class StreamReader {
  private state: NetworkState | null = null;
  private last: Float32Array = new Float32Array(0);

  constructor(
    private readonly network: Network,
    start: readonly number[],
    private readonly rows: number,
  ) {
    for (let from = 0; from < start.length; from += longestRead) this.readSteps(start.slice(from, from + longestRead));
  }

  /** Of the next token: [rows · vocabulary]. */
  logits(): Float32Array {
    return this.last;
  }

  /** @param tokens the next one of each row */
  read(tokens: Int32Array): void {
    this.step(tokens, 1);
  }

  dispose(): void {
    if (this.state) dispose(this.state);
  }

  private readSteps(tokens: readonly number[]): void {
    this.step(
      Int32Array.from({ length: tokens.length * this.rows }, (_, index) => tokens[Math.floor(index / this.rows)]!),
      tokens.length,
    );
  }

  private step(tokens: Int32Array, time: number): void {
    const before = this.state;
    const { rows, network } = this;
    const { logits, state } = network.read(() => inputsOf({ tokens, time, rows, lengths: null }), before);
    if (before) dispose(before);
    this.state = state;
    this.last = logits.subarray((time - 1) * rows * network.spec.classes);
  }
}

/** Tokens of a long prompt that are read at once. */
const longestRead = 256;

/** Reads the last tokens anew each time, as a network must that reads in both directions. */
class WindowReader {
  private readonly texts: number[][];

  constructor(
    private readonly network: Network,
    start: readonly number[],
    rows: number,
    private readonly window: number,
  ) {
    this.texts = Array.from({ length: rows }, () => start.slice(-window));
  }

  logits(): Float32Array {
    const { logits, state } = this.network.read(() => inputsOf(documentBatch(this.texts, [])), null);
    dispose(state);
    return logits;
  }

  read(tokens: Int32Array): void {
    for (const [row, text] of this.texts.entries()) {
      text.push(tokens[row]!);
      if (text.length > this.window) text.shift();
    }
  }

  dispose(): void {}
}
