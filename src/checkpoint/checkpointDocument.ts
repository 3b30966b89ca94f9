/** @file `checkpoint.json`: its fields, its digest, and its reader, which checks everything. */
import { createHash } from "node:crypto";
import { stat, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { checked, problemsOf } from "../common/checked.js";
import { codeOf, inFile, messageOf, UserError } from "../common/errors.js";
import { frozenParts, importerNames, tasks } from "../common/names.js";
import { version as rnnVersion } from "../common/version.js";
import {
  canonicalJson,
  formatJson,
  isJsonObject,
  isObject,
  type JsonObject,
  withFiniteNumbers,
} from "../common/json.js";
import { quantizedSchema } from "./quantizedArrays.js";

export const documentName = "checkpoint.json";
const format = "rnn-checkpoint";
const version = 1;
const maxBytes = 2 ** 28; // of a document

/** Data that another module checks: the spec in network/spec.ts, tokenizers in tokenizers/, the progress in training/resumedAssembly.ts. */
const owned = v.custom<JsonObject>(isJsonObject, "expected an object of plain JSON, at most 64 levels deep");
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected a SHA-256 of 64 hexadecimal digits"));
const time = v.pipe(v.string(), v.isoTimestamp("expected a time such as 2026-01-31T12:00:00.000Z"));
const file = (kind: FileKind) =>
  v.strictObject({
    name: v.pipe(
      v.string(),
      v.regex(new RegExp(`^${kind}-[0-9]{1,15}\\.safetensors$`), `expected a name such as ${kind}-1.safetensors`),
    ),
    bytes: count,
    sha256,
  });

/** `ngrams`: the counts of an n-gram model; `bag`: the features and weights of a bag of n-grams; `digest`: the filter of a training text. */
export const fileKinds = ["weights", "training", "ngrams", "bag", "digest"] as const;
export type FileKind = (typeof fileKinds)[number];

const corpusSchema = v.strictObject({
  /** Null for an imported network without a known corpus; its `bytes` are 0 then. */
  name: v.nullable(v.string()),
  /** The paths of several files that are one corpus. Absent for one path, which is the name. */
  files: v.optional(v.array(v.string())),
  shape: v.picklist(["stream", "documents"]),
  labelled: v.boolean(),
  bytes: count,
  digest: sha256,
  /** The digests of separate validation and test files. */
  options: owned,
  /** How it is read: format, encoding, dialect and columns; corpus/record/readingRecord.ts. Absent in checkpoints of earlier versions. */
  reading: v.optional(owned),
  /** The same for separate validation and test files. */
  partReadings: v.optional(owned),
});

const score = v.strictObject({ loss: v.nullable(v.number()), accuracy: v.optional(v.number()) });
/** For a run that started from the weights of another checkpoint (--from). */
const fromSchema = v.strictObject({
  /** Its folder. */
  checkpoint: v.string(),
  /** The SHA-256 of its weights. */
  weights: sha256,
  /** The tokens, and characters of words, that it had: the first ones of this checkpoint's tokenizers. */
  tokens: v.optional(count),
  characters: v.optional(count),
  /** The output layer is a new one, because the labels differ. */
  newHead: v.optional(v.literal(true)),
  freeze: v.array(v.picklist(frozenParts)),
  replay: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  /** Its corpus and its options, by which the corpus is read and split. */
  corpus: corpusSchema,
  options: owned,
  /** Scores on its corpus: `batches` of a sample if not all were scored. */
  scores: v.optional(
    v.strictObject({
      part: v.picklist(["validation", "test"]),
      targets: count,
      batches: v.optional(count),
      sampledFrom: v.optional(count),
      before: score,
      after: v.optional(score),
    }),
  ),
});

/** The calibration of a classifier or a tagger on its validation part. */
const calibrationSchema = v.strictObject({
  /** The predictions that it was fitted on. */
  examples: count,
  /** The weights of the head are divided by it, so that every logit is. */
  temperature: v.pipe(v.number(), v.gtValue(0)),
  /** The expected calibration errors before and after, 0 … 1. */
  errorBefore: v.number(),
  errorAfter: v.number(),
});

/** The network that was learned from: the folder of its checkpoint and the SHA-256 of its weights; temperature and alpha of the loss; the file of texts, if it is not its corpus. */
const distilledSchema = v.strictObject({
  checkpoint: v.string(),
  weights: sha256,
  temperature: v.pipe(v.number(), v.gtValue(0)),
  alpha: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  texts: v.optional(v.string()),
});

const scores = v.array(v.pipe(v.number(), v.minValue(0)));
/** For conformal label sets: how unusual the actual labels of the validation part are, by method, each in ascending order; evaluation/conformal.ts. */
const conformalSchema = v.strictObject({
  /** The predictions that the scores are of; more than 400 are thinned out. */
  examples: v.pipe(count, v.minValue(1)),
  lac: v.pipe(scores, v.minLength(1)),
  aps: v.pipe(scores, v.minLength(1)),
});

const knownSchema = v.strictObject({
  task: v.picklist(tasks),
  /** The labels of a classifier or the tags of a tagger, in the order of its probabilities. */
  labels: v.optional(v.array(v.string())),
  /** For a classifier of several labels a text: the probability from which on each label applies; 0.5 where it is absent. */
  thresholds: v.optional(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1)))),
  /** Absent for an n-gram model or a bag of n-grams without a network. */
  spec: v.optional(owned),
  /** For an n-gram model, alone or mixed with the network; model/mixture.ts. */
  ngrams: v.optional(owned),
  /** For a bag of n-grams; model/storedBag.ts. */
  bag: v.optional(owned),
  /** For a generator with a filter of its training text; model/textDigest.ts. */
  textDigest: v.optional(owned),
  /** For a network that reads tokens. */
  tokenizer: v.optional(owned),
  /** For a tagger with `--char-units`: the tokenizer of each word's characters. */
  spelling: v.optional(owned),
  /** For a network that reads rows of numbers, or numbers beside a text: the mean and standard deviation of each column. */
  scaling: v.optional(v.array(owned)),
  /** For a regressor: the mean and standard deviation of the number that it predicts. */
  target: v.optional(owned),
  options: owned,
  corpus: corpusSchema,
  from: v.optional(fromSchema),
  /** Absent without `--calibrate`, and for a validation part of few examples. */
  calibration: v.optional(calibrationSchema),
  /** For a network that learned the probabilities of another one. */
  distilled: v.optional(distilledSchema),
  /** For weights that are stored as 8-bit integers: which arrays, and the axes of their channels. */
  quantized: v.optional(quantizedSchema),
  /** Absent without a validation part, and in checkpoints of earlier versions. */
  conformal: v.optional(conformalSchema),
  /** For a network that another program trained: its file. */
  imported: v.optional(v.strictObject({ file: v.string(), format: v.picklist(importerNames), sha256 })),
  /** Documents, tokens and out-of-vocabulary tokens of each part; parameters of the network. */
  counts: owned,
  metrics: owned,
  history: v.array(owned),
  /** The state of training: steps done, the best step, the running loss, the plan. */
  progress: owned,
  /** The program that saved it. Training resumed with the same backend and instruction set has the same bits. Absent in checkpoints of earlier versions. */
  madeBy: v.optional(
    v.strictObject({ version: v.string(), backend: v.optional(v.string()), instructionSet: v.optional(v.string()) }),
  ),
});

const storedSchema = v.strictObject({
  format: v.literal(format),
  version: v.literal(version),
  created: time,
  updated: time,
  ...knownSchema.entries,
  /** The file of weights has no arrays without a network. */
  files: v.strictObject({
    weights: file("weights"),
    training: v.optional(file("training")),
    ngrams: v.optional(file("ngrams")),
    bag: v.optional(file("bag")),
    digest: v.optional(file("digest")),
  }),
  /** The SHA-256 of everything else here; absent in checkpoints of earlier versions. */
  digest: v.optional(sha256),
});

/** The content of a checkpoint before it is saved. In `metrics` and `history`, numbers that are not finite are stored as null. */
export type CheckpointDocument = v.InferOutput<typeof knownSchema> & {
  /** The time when the run began, ISO 8601. Default: the time of the save. */
  created?: string;
};
/** The checkpoint that a run started from. */
export type FromRecord = v.InferOutput<typeof fromSchema>;
export type ConformalRecord = v.InferOutput<typeof conformalSchema>;
export type CalibrationRecord = v.InferOutput<typeof calibrationSchema>;
/** How a network was distilled. */
export type DistilledRecord = v.InferOutput<typeof distilledSchema>;
/** The content of `checkpoint.json`. */
export type StoredDocument = v.InferOutput<typeof storedSchema>;

/**
 * The text of `checkpoint.json`.
 * @throws Error for a document that `readDocument` would reject, which is a bug
 */
export function documentText(document: CheckpointDocument, files: StoredDocument["files"]): string {
  const updated = new Date().toISOString();
  const metrics = withFiniteNumbers(document.metrics);
  const history = document.history.map(withFiniteNumbers);
  const created = document.created ?? updated;
  const madeBy = document.madeBy ?? { version: rnnVersion };
  const stored = { ...document, created, format, version, updated, metrics, history, madeBy, files };
  const parsed = v.safeParse(storedSchema, stored);
  if (!parsed.success) throw new Error(`invalid checkpoint document: ${problemsOf(parsed.issues)}`);
  return `${formatJson({ ...parsed.output, digest: digestOf(parsed.output) })}\n`;
}

/** It does not depend on the layout or the order of the keys. */
const digestOf = (document: StoredDocument): string =>
  createHash("sha256")
    .update(canonicalJson({ ...document, digest: undefined }))
    .digest("hex");

/** Whether a document differs from what was saved; false for one without a digest. */
export const isEdited = (document: StoredDocument): boolean =>
  document.digest !== undefined && document.digest !== digestOf(document);

/**
 * Reads and checks the `checkpoint.json` of a folder, not the files that it names.
 * @throws UserError with every problem in one line
 */
export async function readDocument(folder: string): Promise<StoredDocument> {
  const path = join(folder, documentName);
  return inFile(path, async () => parseDocument(await readBytes(folder, path)));
}

function parseDocument(bytes: Uint8Array): StoredDocument {
  const value = parseJson(bytes);
  if (!isObject(value) || value.format !== format) {
    throw new UserError(`not a checkpoint: its "format" is not "${format}"`);
  }
  if (Number.isInteger(value.version) && Number(value.version) > version) {
    throw new UserError(
      `written by a newer rnn (format ${String(value.version)}; this version reads up to ${version}); update rnn`,
    );
  }
  return checked(storedSchema, value, (problems) => `damaged or edited: ${problems}`);
}

async function readBytes(folder: string, path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > maxBytes) throw new UserError("expected a file of at most 256 MiB");
    return await readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "")) {
      throw new UserError(`missing, so ${folder} is not a checkpoint; \`rnn train\` makes one`);
    }
    throw new UserError(`could not read it: ${messageOf(error)}`);
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new UserError("damaged: not JSON; restore the checkpoint from a copy or train again");
  }
}
