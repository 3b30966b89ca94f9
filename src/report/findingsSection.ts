/** @file Collects the data of a report: results that the checkpoint stores, and results that are computed for the report. */
import { evaluate } from "../evaluation/evaluate.js";
import { readResults, type StoredResult } from "../evaluation/stored.js";
import { inFile, messageOf, UserError } from "../common/errors.js";
import type { Model, TextModel } from "../model/model.js";
import { generate } from "../inference/generation/generate.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import { visible } from "../render/tokensText.js";
import { type HistoryEntry, readHistory } from "../training/runProgress.js";
import { embeddingsOf, textIds } from "../inference/vectors/embeddings.js";
import { project, type Projection } from "../inference/vectors/projection.js";

export type Findings = {
  history: HistoryEntry[];
  /** By part of the corpus. */
  results: Record<string, StoredResult>;
  /** Null for a network that reads numbers, and for an n-gram model. */
  map: { tokens: string[]; projection: Projection } | null;
  /** Generated text at each temperature; empty for other tasks. */
  samples: { temperature: number; text: string }[];
  /** Messages about results that are missing. */
  notes: string[];
};

/** Number of tokens on the map. */
const maxTokens = 240;
const temperatures = [0.2, 0.5, 0.8, 1];
const sampleSeed = 1;
/** The length of a sample, relative to one during training: about 400 characters. */
const sampleFactor = 8 / 3;

export async function findingsOf(model: Model): Promise<Findings> {
  const { document, folder } = model;
  const { results, notes } = await resultsOf(model);
  const common = { history: inFile(folder, () => readHistory(document)), results, notes };
  if (model.inputs === "numbers") return { ...common, map: null, samples: [] };
  return { ...common, map: mapOf(model), samples: await samplesOf(model) };
}

/** The stored results; if they lack a calibration, the test part is evaluated again. */
async function resultsOf(model: Model): Promise<Pick<Findings, "results" | "notes">> {
  const results = inFile(model.folder, () => readResults(model.document));
  const lacking = Object.values(results).every(({ confusion, calibration }) => confusion && !calibration);
  if (!lacking) return { results, notes: [] };
  try {
    const { part, ...found } = await evaluate(model);
    return { results: { ...results, [part]: found }, notes: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      results,
      notes: [`The calibration could not be computed: ${messageOf(error)}.`],
    };
  }
}

function mapOf(model: TextModel): Findings["map"] {
  if (!model.hasNetwork) return null; // an n-gram model has no vectors
  const { width, vectors } = embeddingsOf(model);
  const ids = mostFrequent(model).slice(0, maxTokens);
  const projection = project(ids.map((id) => vectors.subarray(id * width, (id + 1) * width)));
  return { tokens: ids.map((id) => visible(model.tokenizer.vocabulary[id]!)), projection };
}

/** Ids in the order of frequency, without those that are not sorted, such as the bytes of subwords. */
function mostFrequent(model: TextModel): number[] {
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
