/** @file A text for each of many prompts, in their order; several texts go through the model at the same time. */
import { setImmediate } from "node:timers/promises";
import { isUnreadable, type Unreadable } from "../../corpus/document.js";
import type { TextModel } from "../../model/model.js";
import { batchArrivals } from "../batching.js";
import { beamTexts } from "./beamSearch.js";
import { type BatchSource, batchSource } from "./batchSource.js";
import {
  type GenerationOptions,
  generationSettings,
  type GenerationSettings,
  samplingOf,
} from "./generationSettings.js";
import { promptIds } from "./promptIds.js";
import { sampleRandom } from "./sampleRandom.js";
import { type TextEnd, TextWriter } from "./textWriter.js";

/** A whole text. */
export type GeneratedText = {
  prompt: string;
  /** Its number among the texts of the prompt, from 0; beams are in the order of their rank. */
  sample: number;
  /** The generated text, without the prompt. */
  text: string;
  /** The number of generated tokens. */
  tokens: number;
  /** The sum of their log probabilities by the model alone, at temperature 1 and without samplers. */
  score: number;
  end: TextEnd;
};

/** Texts that go through the model at the same time. */
export const defaultBatch = 64;
/** Texts that may wait for an earlier one, for each text of a batch. */
const waitingPerRow = 16;

/**
 * Generates texts after prompts, in their order: `numSamples` for each, or one with `bestOf`. A text depends on its prompt, the options and the seed alone; it is the one that `generate`
 * gives. Prompts may be endless; memory is bounded.
 * @param prompts one that cannot be read is passed on
 * @param batch the number of texts at the same time, from 1
 * @throws UserError as `generate` does
 */
export async function* generateEach(
  model: TextModel,
  prompts: AsyncIterable<string | Unreadable>,
  options: Omit<GenerationOptions, "prompt"> = {},
  batch = defaultBatch,
): AsyncGenerator<GeneratedText | Unreadable> {
  const settings = generationSettings(options);
  const { beams, bestOf } = settings;
  if (beams) {
    for await (const prompt of prompts)
      if (isUnreadable(prompt)) yield prompt;
      else yield* beamTexts(model, prompt, settings, beams);
  } else if (bestOf) yield* bestTexts(drawnTexts(model, prompts, { ...settings, numSamples: bestOf }, batch), bestOf);
  else yield* drawnTexts(model, prompts, settings, batch);
}

/** Of each prompt's texts, the one whose tokens have the highest mean log probability; of equals, the first. @param count of a prompt */
async function* bestTexts(
  texts: AsyncIterable<GeneratedText | Unreadable>,
  count: number,
): AsyncGenerator<GeneratedText | Unreadable> {
  let best: GeneratedText | null = null;
  for await (const text of texts) {
    if (isUnreadable(text)) yield text;
    else {
      if (!best || meanScore(text) > meanScore(best)) best = text;
      if (text.sample < count - 1) continue;
      yield { ...best, sample: 0 };
      best = null;
    }
  }
}

const meanScore = ({ score, tokens }: GeneratedText): number => score / Math.max(1, tokens);

async function* drawnTexts(
  model: TextModel,
  prompts: AsyncIterable<string | Unreadable>,
  settings: GenerationSettings,
  batch: number,
): AsyncGenerator<GeneratedText | Unreadable> {
  const source = batchSource(model, samplingOf(model, settings), batch);
  const texts = new TextBatch(model, settings, source, batch);
  const arrivals = batchArrivals(prompts, batch);
  const nextPrompts = (): ReturnType<typeof arrivals.next> => {
    const arriving = arrivals.next();
    arriving.catch(() => undefined); // a failure is thrown once there is room for prompts
    return arriving;
  };
  let next: ReturnType<typeof nextPrompts> | null = nextPrompts();
  try {
    while (next || texts.isWorking) {
      const waits = next && texts.hasRoom ? [next] : [];
      const turn = texts.isWorking ? [setImmediate(null)] : []; // so that prompts arrive and texts are written meanwhile
      const arrived = await Promise.race([...waits, ...turn]);
      if (arrived?.done) next = null;
      else if (arrived) {
        texts.add(arrived.value);
        next = nextPrompts();
      }
      texts.step();
      yield* texts.finished();
    }
  } finally {
    source.dispose();
    const returned = arrivals.return(undefined);
    if (next)
      returned.catch(() => undefined); // it waits for the next prompt, which may never come
    else await returned;
  }
}

/** A text that is waited for, or is written. */
type Task = { prompt: string; sample: number; place: number };
type Writing = Task & { writer: TextWriter; text: string; score: number };

/** Tasks in the rows of a batch, and texts that wait for earlier ones. */
class TextBatch {
  private readonly rows: (Writing | null)[];
  private readonly tasks: Task[] = []; // not begun yet
  private readonly done = new Map<number, GeneratedText | Unreadable>(); // by place
  private places = 0; // given so far
  private shown = 0;

  constructor(
    private readonly model: TextModel,
    private readonly settings: GenerationSettings,
    private readonly source: BatchSource,
    batch: number,
  ) {
    this.rows = Array.from({ length: batch }, () => null);
  }

  get isWorking(): boolean {
    return this.places > this.shown;
  }

  /** Whether a row waits for a prompt, and not too many texts wait for an earlier one. */
  get hasRoom(): boolean {
    return (
      this.tasks.length === 0 && this.places - this.shown < waitingPerRow * this.rows.length && this.rows.includes(null)
    );
  }

  add(prompts: readonly (string | Unreadable)[]): void {
    for (const prompt of prompts) {
      if (isUnreadable(prompt)) this.done.set(this.places++, prompt);
      else
        for (let sample = 0; sample < this.settings.numSamples; sample++)
          this.tasks.push({ prompt, sample, place: this.places++ });
    }
    this.tasks.reverse(); // the next one is the last
  }

  /** One token of each text. */
  step(): void {
    for (const row of this.rows.keys()) while (!this.rows[row] && this.tasks.length > 0) this.begin(row);
    if (this.rows.every((row) => row === null)) return;
    const uniforms = Float64Array.from(this.rows, (writing, row) =>
      writing && this.source.draws(row) ? writing.writer.random() : 0,
    );
    const draws = this.rows.map((writing, row) => writing !== null && this.source.draws(row));
    const tokens = this.source.step(uniforms);
    for (const [row, writing] of this.rows.entries()) if (writing && draws[row]) this.write(row, writing, tokens[row]!);
  }

  *finished(): Generator<GeneratedText | Unreadable> {
    for (let text = this.done.get(this.shown); text !== undefined; text = this.done.get(this.shown)) {
      this.done.delete(this.shown++);
      yield text;
    }
  }

  private begin(row: number): void {
    const task = this.tasks.pop()!;
    const { model, settings } = this;
    const encoded = model.tokenizer.encode(task.prompt);
    const random = sampleRandom(settings.random, settings.seed, task.sample);
    const writer = new TextWriter(model.tokenizer, encoded, { ...settings, sample: task.sample, random });
    const writing = { ...task, writer, text: "", score: 0 };
    if (writer.end) return this.finish(writing);
    this.rows[row] = writing;
    this.source.restart(row, promptIds(model.tokenizer, model.document.corpus.shape, encoded), encoded);
  }

  private write(row: number, writing: Writing, token: number): void {
    const { writer } = writing;
    const before = writer.tokens;
    writing.text += writer.write(token);
    if (writer.tokens > before) writing.score += this.source.logProbability(row, token);
    if (!writer.end) return;
    this.rows[row] = null;
    this.source.end(row);
    this.finish(writing);
  }

  private finish({ prompt, sample, place, writer, text, score }: Writing): void {
    this.done.set(place, { prompt, sample, text, tokens: writer.tokens, score, end: writer.end! });
  }
}
