/** @file The inputs of the library's functions: a checkpoint or a model, texts in several forms, options that are checked. */
import { messageOf, UsageError, UserError } from "../common/errors.js";
import type { Task } from "../common/names.js";
import { suggestion } from "../common/nearest.js";
import type { Rows } from "../corpus/document.js";
import type { TextWithNumbers } from "../inference/classification/outputs.js";
import { type Engine, loadModel, type ModelOf } from "../model/model.js";
import { modelOf } from "../model/rebuild.js";
import { camelCase, findOption, kebabCase, listText, type Option, type Options } from "../options/option.js";

/**
 * The name of a checkpoint in `./checkpoints` or among the bundled ones, the path of its folder, or a model from `loadModel`. A checkpoint is loaded for the one
 * call and its memory is freed afterwards; to call several times, load the model once.
 */
export type ModelSource<Kind extends Task = Task> = string | ModelOf<Kind>;

/** One text, several, or those of an iterable, which may be endless. */
export type Texts = string | Iterable<string> | AsyncIterable<string>;

/** Items of an iterable. */
export type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/** A model that was given, or one that is loaded; `release` frees the loaded one. @throws UserError for a model of another task */
async function openSource<Kind extends Task>(
  source: ModelSource<Kind>,
  task: Kind | readonly Kind[],
  engine: Engine,
): Promise<{ model: ModelOf<Kind>; release: () => void }> {
  if (typeof source !== "string") return { model: modelOf<Kind>(source, task), release: () => undefined };
  const model = await loadModel(source, { ...engine, task });
  return { model, release: () => model.dispose() };
}

/** Does work on the model of a source, and frees it after the last item if it was loaded. */
export async function* withModel<Kind extends Task, Item>(
  source: ModelSource<Kind>,
  task: Kind | readonly Kind[],
  engine: Engine,
  work: (model: ModelOf<Kind>) => AsyncIterable<Item> | Iterable<Item>,
): AsyncGenerator<Item> {
  const { model, release } = await openSource(source, task, engine);
  try {
    yield* work(model);
  } finally {
    release();
  }
}

/** The same for work with one result. */
export async function useModel<Kind extends Task, Result>(
  source: ModelSource<Kind>,
  task: Kind | readonly Kind[],
  engine: Engine,
  work: (model: ModelOf<Kind>) => Promise<Result>,
): Promise<Result> {
  const { model, release } = await openSource(source, task, engine);
  try {
    return await work(model);
  } finally {
    release();
  }
}

export async function* eachText(texts: Texts): AsyncGenerator<string> {
  if (typeof texts === "string") yield texts;
  else yield* texts;
}

/**
 * The input of a classifier or a regressor: a text; a text with the numbers beside it, for a model that was trained with `valueColumns`; or a sequence of rows of
 * numbers, each row of the same width.
 */
export type Sample = string | TextWithNumbers | readonly (readonly number[])[] | Rows;

/** One sample, several, or those of an iterable. */
export type Samples = Sample | Items<Sample>;

export async function* eachSample(samples: Samples): AsyncGenerator<string | TextWithNumbers | Rows> {
  if (isSample(samples)) yield readSample(samples);
  else for await (const sample of samples) yield readSample(sample);
}

function isSample(samples: Samples): samples is Sample {
  if (typeof samples === "string" || "width" in samples || "numbers" in samples) return true;
  if (!Array.isArray(samples)) return false;
  const [first] = samples as unknown[];
  return Array.isArray(first) && typeof first[0] === "number";
}

/** @throws UserError for rows of different widths */
function readSample(sample: Sample): string | TextWithNumbers | Rows {
  if (typeof sample === "string" || "width" in sample || "numbers" in sample) return sample;
  const width = sample[0]?.length ?? 0;
  const odd = sample.findIndex((row) => row.length !== width);
  if (odd === -1 && width > 0) return { width, values: Float32Array.from(sample.flat()) };
  throw new UserError(
    `expected rows of the same width, above 0; row 0 has ${width} numbers, row ${odd} has ${sample[odd]?.length ?? 0}`,
  );
}

/** A value as it would be typed on a command line. */
function valueText({ choices }: Option, value: unknown): string {
  if (typeof value === "boolean" && choices?.includes("yes")) return value ? "yes" : "no";
  return Array.isArray(value) ? listText(value) : String(value);
}

/** @param known options by name @throws UsageError for a name that is not among them, with the nearest one */
export function checkNames(known: object, given: object): void {
  const names = Object.keys(known).map(camelCase);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw noOption(unknown, names);
}

const noOption = (name: string, known: readonly string[]): UsageError =>
  new UsageError(`no such option: ${name}${suggestion(name, known, "options")}`);

/**
 * Options of a group, checked as the command line checks them: under their first names, parsed. Options that are undefined are left out.
 * @throws UsageError for an unknown option or a value that it does not accept
 */
export function readOptions<Values>(group: Options, given: object): Partial<Values> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (value === undefined) continue;
    const found = findOption(group, kebabCase(name));
    if (!found) throw noOption(name, Object.keys(group).map(camelCase));
    try {
      values[camelCase(found.name)] = found.parse(valueText(found.option, value));
    } catch (error) {
      throw new UsageError(`${name}: ${messageOf(error)}`);
    }
  }
  return values as Partial<Values>;
}
