/** @file New text from a generator, piece by piece. */
import type { RandomName } from "../../common/names.js";
import { freshSeed, type Random } from "../../common/random.js";
import type { TextModel } from "../../model/model.js";
import { samplingOptions } from "../../options/samplingOptions.js";
import type { TokenDecoder, Tokenizer } from "../../tokenizers/index.js";
import { endId } from "../../tokenizers/specialTokens.js";
import { bannedTokens, promptIds } from "./promptIds.js";
import { sampleRandom } from "./sampleRandom.js";
import { checked, type SamplerValues } from "./samplers.js";
import { StopText } from "./stopText.js";
import { modelTokenSource } from "./tokenSource.js";

/** Every field is optional. Fields of samplers (`topK`, `topP`, `minP`, `samplers`) have no default: without a value a sampler is not applied. */
export type GenerationOptions = {
  /** The text that the generated text continues, and begins with; by default empty. */
  prompt?: string | undefined;
  /** Largest number of tokens to generate, from 0; by default 500. The prompt's tokens do not count. A text of subwords may have up to three more, to end with a whole character. */
  maxTokens?: number | undefined;
  /** From 0: 0 takes the most probable token each time, 1 draws with the network's probabilities; by default 0.5. */
  temperature?: number | undefined;
  /** Number of texts, 1 … 1024, each drawn from a random stream of its own; by default 1. */
  numSamples?: number | undefined;
  /** A text ends before the first of these. */
  stop?: string | readonly string[] | undefined;
  /** A whole number from 0: the same seed gives the same texts; by default a new one each time. */
  seed?: number | undefined;
  /** The random numbers of the draws: by default `"xoroshiro"`; `"numpy"` draws what `np.random.RandomState(seed).choice(n, p=p)` does, for text n with the seed `seed + n`. */
  random?: RandomName | undefined;
} & SamplerValues;

/** A part of one of the texts, and how many tokens were drawn for it; `ended` is true for a text's last piece. */
export type Piece = { sample: number; text: string; tokens: number; ended: boolean };

/**
 * Generates texts, a few tokens at a time; the first piece of each text is the prompt. A text ends after `maxTokens` tokens, before a stop
 * text, or where the model ends a document. The same model, options and seed give the same texts, and a text does not depend on the number
 * of texts.
 * @param onPromptRead called while a prompt of many tokens is read, and when it is read
 * @throws UserError for an option out of range, for an unknown sampler, and for logits that are not finite
 */
export async function* generate(
  model: TextModel,
  options: GenerationOptions = {},
  onPromptRead?: (read: number, tokens: number) => void,
): AsyncGenerator<Piece> {
  const { tokenizer, recipe } = model;
  const { shape } = model.document.corpus;
  const { prompt = "", stop, seed = freshSeed(), random: given = "xoroshiro", ...samplers } = options;
  const maxTokens = valueOf("maxTokens", options);
  const temperature = valueOf("temperature", options);
  const rows = valueOf("numSamples", options);
  checked("seed", samplingOptions.seed, seed);
  const random = checked("random", samplingOptions.random, given);
  const encoded = tokenizer.encode(prompt);
  const ids = promptIds(tokenizer, shape, encoded);
  const sampling = { ...samplers, temperature, banned: bannedTokens(shape), exact: random === "numpy" };
  const writers = Array.from(
    { length: rows },
    (_, sample) =>
      new Writer(tokenizer, encoded, { sample, maxTokens, stop, random: sampleRandom(random, seed, sample) }),
  );
  const onRead = onPromptRead && ((read: number) => onPromptRead(read, ids.length));
  const read = { ids, rows, window: recipe.sequenceLength, onRead };
  const source = modelTokenSource(model, sampling, read);
  onRead?.(ids.length);
  try {
    for (const { sample } of writers) yield { sample, text: prompt, tokens: 0, ended: maxTokens === 0 };
    const pace = new Pace();
    while (writers.some(({ ended }) => !ended)) {
      const steps = Math.min(pace.steps, ...writers.map(({ left }) => left).filter((left) => left > 0));
      const uniforms = Float64Array.from({ length: steps * rows }, (_, index) => writers[index % rows]!.random());
      const tokens = pace.measure(() => source.next(uniforms)); // [steps, rows]
      for (const writer of writers) if (!writer.ended) yield writer.write(tokens, rows);
    }
  } finally {
    source.dispose();
  }
}

const defaults = {
  maxTokens: samplingOptions["max-tokens"],
  temperature: samplingOptions.temperature,
  numSamples: samplingOptions["num-samples"],
} as const;

const valueOf = (name: keyof typeof defaults, options: GenerationOptions): number =>
  checked(name, defaults[name], options[name] ?? defaults[name].default);

type WriterOptions = { sample: number; maxTokens: number; stop: GenerationOptions["stop"]; random: Random };

/** One of the texts. */
class Writer {
  /** Tokens that it may still have; 0 once it has ended. */
  left: number;
  readonly sample: number;
  readonly random: Random;
  private readonly stopText: StopText;
  private readonly decoder: TokenDecoder;
  private state = 0; // of `follow`

  constructor(
    private readonly tokenizer: Tokenizer,
    prompt: readonly number[],
    { sample, maxTokens, stop, random }: WriterOptions,
  ) {
    this.left = maxTokens;
    this.sample = sample;
    this.random = random;
    this.stopText = new StopText(stop);
    this.decoder = tokenizer.decoder();
    for (const id of prompt) this.decoder.write(id);
  }

  get ended(): boolean {
    return this.left === 0;
  }

  /**
   * Adds tokens up to the text's end and returns the text that can be shown by then.
   * @param tokens [steps, rows], of which column `sample` is this text's
   */
  write(tokens: Int32Array, rows: number): Piece {
    const { sample, decoder, stopText } = this;
    let text = "";
    let count = 0;
    for (let index = sample; index < tokens.length && !this.ended; index += rows) {
      const token = tokens[index]!;
      count++;
      this.state = this.tokenizer.follow?.(this.state, token) ?? 0;
      this.left = token === endId ? 0 : Math.max(this.left - 1, this.state === 0 ? 0 : 1);
      const decoded = token === endId ? "" : decoder.write(token);
      text += stopText.pass(this.ended ? decoded + decoder.flush() : decoded, this.ended);
      if (stopText.stopped) this.left = 0;
    }
    return { sample, text, tokens: count, ended: this.ended };
  }
}

/** The number of tokens that one call draws: as many as take about `maxDrawMs`, so that the text appears steadily. */
class Pace {
  steps = 1;

  /** Runs a call that draws `steps` tokens, and adapts `steps` to its duration. */
  measure<Result>(drawSteps: () => Result): Result {
    const start = performance.now();
    const result = drawSteps();
    const elapsedMs = performance.now() - start;
    if (elapsedMs < maxDrawMs / 2) this.steps *= 2;
    else if (elapsedMs > maxDrawMs) this.steps = Math.max(1, Math.floor((this.steps * maxDrawMs) / elapsedMs));
    return result;
  }
}

const maxDrawMs = 4;
