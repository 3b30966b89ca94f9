/** @file The messages between the page and the worker that runs the model. */
import type { Prediction } from "../inference/classification/classify.js";
import type { WordContribution } from "../inference/classification/wordContributions.js";
import type { BackendName } from "../common/names.js";
import type { GenerationOptions } from "../inference/generation/generate.js";
import type { Tag } from "../inference/tagging/tag.js";

/** The first message to the worker: the model, as the page stores it. */
export type ModelData = {
  name: string;
  /** checkpoint.json */
  document: string;
  /** safetensors, in base64 */
  weights: string;
  /** Of a bag of n-grams: safetensors, in base64; without one, empty. */
  bag: string;
  /** kernels.wasm, in base64 */
  kernels: string;
};

/** Settings of generation, without the prompt, which is the text of the request. */
export type Sampling = Omit<GenerationOptions, "prompt" | "numSamples">;

/** A request cancels the one before it; a request without a text does nothing else. */
export type Request = { number: number; text: string | null; sampling?: Sampling };

export type TaggedWord = Tag & { word: string };

/** A part of the output for a request. */
export type Output =
  | { kind: "ready"; backend: BackendName }
  | { kind: "piece"; text: string; tokens: number }
  | { kind: "labels"; labels: Prediction[] }
  | { kind: "number"; number: number }
  | { kind: "contribution"; word: WordContribution }
  | { kind: "tags"; sentences: TaggedWord[][] }
  | { kind: "done" }
  | { kind: "problem"; message: string };

/** number: of the request; 0 for the first message. */
export type Reply = { number: number; output: Output };
