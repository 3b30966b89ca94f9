/** @file New text from a model: an async generator of pieces; nothing is printed here. */
import type { TextModel } from "../../model/model.js";
import { type Random, randomStream } from "../../common/random.js";
import type { TokenDecoder } from "../../tokenizers/index.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { bannedFrom, startOf } from "./promptIds.js";
import { Pace } from "./pace.js";
import { tokenSource } from "./tokenSource.js";
import { StopText } from "./stopText.js";

export type GenerateOptions = {
  prompt?: string | undefined;
  /** Tokens at most, the prompt's not counted. */
  maxTokens: number;
  temperature: number;
  topK?: number | undefined;
  topP?: number | undefined;
  /** Texts written side by side, each from a random stream of its own. */
  numSamples: number;
  stop?: string | undefined;
  seed: number;
};

/** A bit of one of the texts and how many tokens it was drawn as; `ended` with its last one. */
export type Piece = { sample: number; text: string; tokens: number; ended: boolean };

/**
 * Writes texts a few tokens at a time, the prompt first. A text ends at `maxTokens` tokens, at the stop text, or where the model ends a document.
 * The same model, options and seed give the same texts, each whatever the number of texts beside it.
 */
export async function* generate(model: TextModel, options: GenerateOptions): AsyncGenerator<Piece> {
  const { network, recipe } = model;
  const { shape } = model.document.corpus;
  const { prompt = "", maxTokens, numSamples } = options;
  const promptIds = model.tokenizer.encode(prompt);
  const writers = Array.from({ length: numSamples }, (_, sample) => new Writer(model, promptIds, options, sample));
  for (const { sample } of writers) yield { sample, text: prompt, tokens: 0, ended: maxTokens === 0 };
  if (maxTokens === 0) return;

  const { temperature, topK, topP } = options;
  const draw = {
    temperature,
    banned: bannedFrom(shape),
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
  };
  const beginning = {
    start: startOf(model.tokenizer, shape, promptIds),
    rows: numSamples,
    window: recipe.sequenceLength,
  };
  const source = tokenSource(network, draw, beginning);
  const pace = new Pace();
  try {
    while (writers.some(({ ended }) => !ended)) {
      const steps = Math.min(pace.steps, ...writers.map(({ left }) => left).filter((left) => left > 0));
      const uniforms = Float64Array.from({ length: steps * numSamples }, (_, index) =>
        writers[index % numSamples]!.random(),
      );
      const tokens = pace.measure(() => source.next(uniforms));
      for (const writer of writers) {
        if (writer.ended) continue;
        yield writer.write(tokens, numSamples);
      }
    }
  } finally {
    source.dispose();
  }
}

/** One text as it comes to be. */
class Writer {
  /** Tokens that it may still have; none once it has ended. */
  left: number;
  readonly random: Random;
  private readonly decoder: TokenDecoder;
  private readonly gate: StopText;

  constructor(
    { tokenizer }: TextModel,
    prompt: readonly number[],
    { maxTokens, stop, seed }: GenerateOptions,
    readonly sample: number,
  ) {
    this.left = maxTokens;
    this.random = randomStream(seed, "sample", sample);
    this.gate = new StopText(stop);
    this.decoder = tokenizer.decoder();
    for (const id of prompt) this.decoder.write(id);
  }

  get ended(): boolean {
    return this.left === 0;
  }

  /**
   * What may be shown once these tokens are drawn; of those past the text's end nothing.
   * @param tokens [steps, samples], of which one column is this text's
   */
  write(tokens: Int32Array, samples: number): Piece {
    const { sample, decoder, gate } = this;
    let text = "";
    let count = 0;
    for (let index = sample; index < tokens.length && !this.ended; index += samples) {
      const token = tokens[index]!;
      count++;
      this.left = token === endId ? 0 : this.left - 1;
      const words = token === endId ? "" : decoder.write(token);
      text += gate.pass(this.ended ? words + decoder.flush() : words, this.ended);
      if (gate.stopped) this.left = 0;
    }
    return { sample, text, tokens: count, ended: this.ended };
  }
}
