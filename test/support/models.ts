/** @file Runs of training and the models that they make, in this process. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { StoredDocument } from "../../src/checkpoint/checkpoint.js";
import { loadTextModel, type TextModel } from "../../src/model/model.js";
import type { Recipe } from "../../src/options/recipe.js";
import { type RunEvent, type RunOptions, train } from "../../src/training/run.js";

/** A network that learns in a moment. */
/** What trains on a small file in a moment: a text is read in short steps, a table has labels. */
export const smallFor = (corpus: string): Partial<Recipe> => ({
  embedding: 8,
  units: [12],
  batchSize: 4,
  epochs: 2,
  ...(!/\.(csv|conllu)$/.test(corpus) && { sequenceLength: 16 }),
});
export const small = smallFor("tale.txt");

export const neverStopped = (): AbortSignal => new AbortController().signal;

/** All that a run tells. @param seen is called with each event as it comes */
export async function eventsOf(
  run: AsyncIterable<RunEvent>,
  seen: (event: RunEvent) => void = () => undefined,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) {
    events.push(event);
    seen(event);
  }
  return events;
}

type Options = Partial<Omit<RunOptions, "given" | "out">>;

/** Trains a small network on a file into a folder. */
export const trainInto = (out: string, corpus: string, given: Partial<Recipe>, options: Options = {}) =>
  eventsOf(
    train(corpus, { backend: "auto", stop: neverStopped(), ...options, out, given: { ...smallFor(corpus), ...given } }),
  );

export async function trainedModel(out: string, corpus: string, given: Partial<Recipe>): Promise<TextModel> {
  await trainInto(out, corpus, given);
  return loadTextModel(out, { backend: "auto" });
}

export const documentIn = (folder: string): StoredDocument =>
  JSON.parse(readFileSync(join(folder, "checkpoint.json"), "utf8")) as StoredDocument;

/** All in a checkpoint that the same run has in common with itself, however often it was stopped: not times, not how often it was saved. */
export function essenceOf(folder: string): unknown {
  const { files, created: _created, updated: _updated, ...document } = documentIn(folder);
  return { ...document, weights: files.weights.sha256, training: files.training?.sha256 };
}
