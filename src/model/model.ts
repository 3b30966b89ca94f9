/** @file Loads models from checkpoints and starts the engine. */
import { findCheckpoint, type FoundCheckpoint, loadCheckpoint } from "../checkpoint/checkpoint.js";
import { type BackendName, type PrecisionName, type Task, tasks } from "../common/names.js";
import { type Backend, selectBackend, setThreads } from "../engine/backends/index.js";
import { inFile } from "../common/errors.js";
import type { Like } from "../corpus/record/likeFormat.js";
import { type OpenOptions, type ReadingOptions, readOptionsOf } from "../corpus/openOptions.js";
import { readingRecordOf } from "../corpus/record/readingRecord.js";
import { type Model, modelFrom, type ModelOf, modelOf } from "./rebuild.js";

export type { Model, ModelOf, NumberModel, TextModel } from "./rebuild.js";

/** The compute engine. Use one backend per process. */
export type Engine = {
  /** Default: `"auto"`, the first of native, tensorflow, wasm and cpu that is available. */
  backend?: "auto" | BackendName | undefined;
  /** Threads that share a kernel's work, 1 … 256. Default: one for each processor. Results have the same bits with any number. */
  threads?: number | undefined;
};

/**
 * Selects the backend. Call it before the first tensor is made; the functions that train or load a model call it themselves.
 * @param precision of the operands of matrix products
 * @throws UserError if the backend or the precision is not available, with the reason
 */
export async function startEngine(
  { backend = "auto", threads }: Engine = {},
  precision?: PrecisionName,
): Promise<Backend> {
  if (threads !== undefined) setThreads(threads);
  return selectBackend(backend, precision);
}

export type LoadOptions<Kind extends Task = Task> = Engine & {
  /** The task, or several, that the model must have; it narrows the returned type. Default: any task. */
  task?: Kind | readonly Kind[] | undefined;
};

/**
 * Loads a model and starts the engine. `using model = await loadModel(…)` frees its memory at the end of the block, `model.dispose()` at once.
 * @param checkpoint a name in `./checkpoints` or among the bundled checkpoints, or the path of a folder; by default the newest in `./checkpoints` that has
 * the task, or else the bundled one
 * @throws UserError if there is none, if it is damaged, or if it has another task
 */
export async function loadModel<Kind extends Task = Task>(
  checkpoint?: string,
  { task, ...engine }: LoadOptions<Kind> = {},
): Promise<ModelOf<Kind>> {
  return modelIn(
    await findCheckpoint(checkpoint, task ?? tasks),
    task ?? (tasks as readonly Task[] as readonly Kind[]),
    engine,
  );
}

/** Loads the model of a checkpoint that was found. @throws UserError if it is damaged or has another task */
export async function modelIn<Kind extends Task>(
  { folder }: Pick<FoundCheckpoint, "folder">,
  task: Kind | readonly Kind[],
  engine: Engine = {},
): Promise<ModelOf<Kind>> {
  await startEngine(engine);
  return modelOf(modelFrom(folder, await loadCheckpoint(folder, { training: false })), task);
}

/** What a model knows of the sources that it reads. @throws UserError for a damaged record */
export function likeOf({ document, labels, folder, task }: Model): Like {
  const { training: reading } = inFile(folder, () => readingRecordOf(document)).readings;
  const corpus = document.corpus.files?.[0] ?? document.corpus.name;
  return { ...(reading && { reading }), corpus, labels, readsWords: task === "tagger" };
}

/**
 * The options for opening another source with `likeOf`: the given ones, and those of the training corpus that its record does not have.
 * Without a record, all options of the training corpus, and the columns that the model reads.
 */
export function optionsFor(model: Model, given: Partial<ReadingOptions> = {}): OpenOptions {
  const { recipe, document } = model;
  const { documents, tagColumn, window, horizon, labelMap, multilabel, labelSeparator } = recipe;
  const names = model.inputs === "numbers" ? model.scaling.flatMap(({ name }) => name ?? []) : [];
  const { valueColumns = names.length > 0 ? names : undefined } = recipe;
  const trained =
    document.corpus.reading === undefined
      ? { ...recipe, valueColumns, labelsFile: undefined, groupColumn: undefined, timeColumn: undefined }
      : { documents, tagColumn, window, horizon, labelMap, multilabel, labelSeparator };
  const options = readOptionsOf(given);
  return { ...readOptionsOf(trained), ...options, given: options };
}
