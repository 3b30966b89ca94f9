/** @file What there is to report of a model: what its checkpoint keeps, and what is computed anew. */
import { evaluate } from "../evaluation/evaluate.js";
import { readResults, type StoredResult } from "../evaluation/stored.js";
import { messageOf, UserError } from "../common/errors.js";
import type { Model, TextModel } from "../model/model.js";
import { generate } from "../inference/generation/generate.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import { visible } from "../render/tokensText.js";
import { readHistory } from "../training/history.js";
import type { HistoryEntry } from "../training/runProgress.js";
import { embeddingsOf, textIds } from "../inference/vectors/embeddings.js";
import { project, type Projection } from "../inference/vectors/projection.js";

export type Findings = {
  history: HistoryEntry[];
  /** By the part of the corpus, or what it was, in words. */
  results: Record<string, StoredResult>;
  /** Null of a network that reads numbers. */
  map: { tokens: string[]; projection: Projection } | null;
  /** A text at each temperature; none of a network that labels. */
  samples: { temperature: number; text: string }[];
  /** What could not be found out, and why. */
  notes: string[];
};

/** Tokens on the map. */
const mostTokens = 240;
const temperatures = [0.2, 0.5, 0.8, 1];
const sampleSeed = 1;
/** A sample in the report is so many times as long as one in training: about 400 characters. */
const sampleFactor = 8 / 3;

export async function findingsOf(model: Model): Promise<Findings> {
  const { document, folder } = model;
  const { results, notes } = await resultsOf(model);
  const learned = { history: readHistory(document, folder), results, notes };
  if (model.inputs === "numbers") return { ...learned, map: null, samples: [] };
  return { ...learned, map: mapOf(model), samples: await samplesOf(model) };
}

/** What the checkpoint says; where it says too little, the part that was kept back is judged again. */
async function resultsOf(model: Model): Promise<Pick<Findings, "results" | "notes">> {
  const results = readResults(model.document, model.folder);
  const lacking = Object.values(results).every(({ confusion, calibration }) => confusion && !calibration);
  if (!lacking) return { results, notes: [] };
  try {
    const { part, ...found } = await evaluate(model);
    return { results: { ...results, [part]: found }, notes: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      results,
      notes: [`What it got of the texts that were kept back is not known in full: ${messageOf(error)}.`],
    };
  }
}

function mapOf(model: TextModel): Findings["map"] {
  const { width, vectors } = embeddingsOf(model);
  const ids = commonest(model).slice(0, mostTokens);
  const projection = project(ids.map((id) => vectors.subarray(id * width, (id + 1) * width)));
  return { tokens: ids.map((id) => visible(model.tokenizer.vocabulary[id]!)), projection };
}

/** Ids by frequency, as tokenizers number them; without those that are not in that order, such as the bytes of subwords. */
function commonest(model: TextModel): number[] {
  const ids = textIds(model);
  const sorted = ids.slice(tokenizerDefinition(model.tokenizer.kind).unsortedTokens);
  return sorted.length > 1 ? sorted : ids;
}

async function samplesOf(model: TextModel): Promise<Findings["samples"]> {
  if (model.task !== "generator") return [];
  const samples: Findings["samples"] = [];
  const options = {
    maxTokens: Math.round(sampleFactor * tokenizerDefinition(model.tokenizer.kind).sampleLength),
    numSamples: 1,
    seed: sampleSeed,
  };
  for (const temperature of temperatures) {
    let text = "";
    for await (const piece of generate(model, { ...options, temperature })) text += piece.text;
    samples.push({ temperature, text });
  }
  return samples;
}
