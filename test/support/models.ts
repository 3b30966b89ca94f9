/** @file Training runs in this process. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { StoredDocument } from "../../src/checkpoint/checkpoint.js";
import { type Engine, loadModel, type TextModel } from "../../src/model/model.js";
import { textModel } from "../../src/model/rebuild.js";
import type { Recipe } from "../../src/options/recipe.js";
import { type RunEvent, type RunOptions, train } from "../../src/training/run.js";

const isTable = (corpus: string): boolean => /\.(csv|jsonl|conllu?)$/.test(corpus);

/** Options of a small network that trains quickly: short sequences for a text, documents for a table. */
export const smallFor = (corpus: string): Partial<Recipe> => ({
  embedding: 8,
  units: [12],
  batchSize: 4,
  epochs: 2,
  ...(!isTable(corpus) && { sequenceLength: 16, mix: "none" as const }),
});
export const small = smallFor("tale.txt");

export const neverStopped = (): AbortSignal => new AbortController().signal;

/** All events of a run. @param onEvent is called with each event */
export async function eventsOf(
  run: AsyncIterable<RunEvent>,
  onEvent: (event: RunEvent) => void = () => undefined,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

type Options = Partial<Omit<RunOptions, "given" | "out">>;

/** Trains a small network on a file into a folder. */
export const trainInto = (out: string, corpus: string, given: Partial<Recipe>, options: Options = {}) =>
  eventsOf(
    train(corpus, {
      backend: "auto",
      stop: neverStopped(),
      networkAlone: isTable(corpus),
      ...options,
      out,
      given: { ...smallFor(corpus), ...given },
    }),
  );

/** The model of a checkpoint that reads text. */
export const loadTextModel = async (folder: string, engine: Engine = {}): Promise<TextModel> =>
  textModel(await loadModel(folder, engine));

export async function trainedModel(out: string, corpus: string, given: Partial<Recipe>): Promise<TextModel> {
  await trainInto(out, corpus, given);
  return loadTextModel(out, { backend: "auto" });
}

export const documentIn = (folder: string): StoredDocument =>
  JSON.parse(readFileSync(join(folder, "checkpoint.json"), "utf8")) as StoredDocument;

/** The content of a checkpoint that does not depend on interruptions: without times and the number of saves. */
export function comparableContent(folder: string): unknown {
  const { files, created: _created, updated: _updated, digest: _digest, ...document } = documentIn(folder);
  return { ...document, weights: files.weights.sha256, training: files.training?.sha256 };
}
