/** @file `checkpoint.json`: its fields, and how it is read with nothing taken on trust. */
import { stat, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { checked, problemsOf } from "../common/checked.js";
import { codeOf, messageOf, UserError } from "../common/errors.js";
import { importerNames, tasks } from "../common/names.js";
import { formatJson, isJsonObject, isObject, type JsonObject, withFiniteNumbers } from "../common/json.js";

export const documentName = "checkpoint.json";
const format = "rnn-checkpoint";
const version = 1;
const largest = 2 ** 28; // bytes of a document

/** Data whose owner checks it: the network its spec, the tokenizer its own, the trainer its progress. */
const owned = v.custom<JsonObject>(isJsonObject, "expected an object of plain JSON, at most 64 levels deep");
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected a SHA-256 of 64 hexadecimal digits"));
const time = v.pipe(v.string(), v.isoTimestamp("expected a time such as 2026-01-31T12:00:00.000Z"));
const file = (kind: FileKind) =>
  v.strictObject({
    name: v.pipe(
      v.string(),
      v.regex(new RegExp(`^${kind}-[0-9]{1,15}\\.safetensors$`), `expected a name such as ${kind}-1.safetensors`),
    ),
    bytes: amount,
    sha256,
  });

export type FileKind = "weights" | "training";

const knownSchema = v.strictObject({
  task: v.picklist(tasks),
  /** A classifier's or a tagger's, in the order of its probabilities. */
  labels: v.optional(v.array(v.string())),
  spec: owned,
  /** Where tokens are read. */
  tokenizer: v.optional(owned),
  /** Where words are read with their characters: the tokenizer of these. */
  spelling: v.optional(owned),
  /** Where rows of numbers are read: how each column is scaled. */
  scaling: v.optional(v.array(owned)),
  /** A regressor's: how the number that it predicts is scaled. */
  target: v.optional(owned),
  options: owned,
  corpus: v.strictObject({
    /** Null where none is known, as of a network that was imported: then its bytes are none. */
    name: v.nullable(v.string()),
    shape: v.picklist(["stream", "documents"]),
    labelled: v.boolean(),
    bytes: amount,
    digest: sha256,
    /** How it was read: format, columns and the like. */
    options: owned,
  }),
  /** Of a network that another program trained: the file that it came in. */
  imported: v.optional(v.strictObject({ file: v.string(), format: v.picklist(importerNames), sha256 })),
  /** Documents, tokens, parameters and the like. */
  counts: owned,
  metrics: owned,
  history: v.array(owned),
  /** Where training stood: cursor, random state, best so far. */
  progress: owned,
});

const storedSchema = v.strictObject({
  format: v.literal(format),
  version: v.literal(version),
  created: time,
  updated: time,
  ...knownSchema.entries,
  files: v.strictObject({ weights: file("weights"), training: v.optional(file("training")) }),
});

/** What a run knows of itself. In metrics and history a number that is not finite is stored as null. */
export type CheckpointDocument = v.InferOutput<typeof knownSchema> & {
  /** When the run began, ISO 8601; the first save's time where it is absent. */
  created?: string;
};
/** What `checkpoint.json` holds. */
export type StoredDocument = v.InferOutput<typeof storedSchema>;

/**
 * The text of `checkpoint.json`.
 * @throws Error where the document is not one that `readDocument` would take: a bug, never a person's mistake
 */
export function documentText(document: CheckpointDocument, files: StoredDocument["files"]): string {
  const updated = new Date().toISOString();
  const metrics = withFiniteNumbers(document.metrics);
  const history = document.history.map(withFiniteNumbers);
  const created = document.created ?? updated;
  const stored = { ...document, created, format, version, updated, metrics, history, files };
  const parsed = v.safeParse(storedSchema, stored);
  if (!parsed.success) throw new Error(`not a checkpoint's document: ${problemsOf(parsed.issues)}`);
  return `${formatJson(parsed.output)}\n`;
}

/**
 * Reads and checks a folder's `checkpoint.json`, not the files it names.
 * @throws UserError with every problem in one line
 */
export async function readDocument(folder: string): Promise<StoredDocument> {
  const path = join(folder, documentName);
  const value = parseJson(await readBytes(folder, path), path);
  if (!isObject(value) || value.format !== format) {
    throw new UserError(`${path} is not a checkpoint's: its "format" is not "${format}"`);
  }
  if (Number.isInteger(value.version) && Number(value.version) > version) {
    throw new UserError(
      `${path} was written by a newer rnn (format ${String(value.version)}, this one reads up to ${version}): update rnn`,
    );
  }
  return checked(storedSchema, value, (problems) => `${path} is damaged or was edited: ${problems}`);
}

async function readBytes(folder: string, path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > largest) throw new UserError(`${path} is not a file of at most 256 MiB`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "")) {
      throw new UserError(`${folder} holds no checkpoint: ${documentName} is missing; \`rnn train\` makes one`);
    }
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`);
  }
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new UserError(`${path} is damaged: it is not JSON; take the checkpoint from a copy or train again`);
  }
}
