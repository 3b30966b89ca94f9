/** @file What the page and the thread that computes say to each other. */
import type { Prediction } from "../inference/classification/classify.js";
import type { WordContribution } from "../inference/classification/wordContributions.js";
import type { BackendName } from "../common/names.js";
import type { GenerateOptions } from "../inference/generation/generate.js";
import type { Tag } from "../inference/tagging/tag.js";

/** The first message: the model, as the page holds it. */
export type Contents = {
  name: string;
  /** checkpoint.json */
  document: string;
  /** safetensors, in base64 */
  weights: string;
  /** kernels.wasm, in base64 */
  kernels: string;
};

/** How to write; the prompt is the request's text. */
export type Draw = Omit<GenerateOptions, "prompt" | "numSamples">;

/** A request puts an end to the one before it; one without a text does no more than that. */
export type Request = { number: number; text: string | null; draw?: Draw };

export type TaggedWord = Tag & { word: string };

export type Answer =
  | { kind: "ready"; backend: BackendName }
  | { kind: "piece"; text: string; tokens: number }
  | { kind: "labels"; labels: Prediction[] }
  | { kind: "number"; number: number }
  | { kind: "contribution"; word: WordContribution }
  | { kind: "tags"; sentences: TaggedWord[][] }
  | { kind: "done" }
  | { kind: "problem"; message: string };

/** number: of the request; 0 of the first message. */
export type Reply = { number: number; answer: Answer };
