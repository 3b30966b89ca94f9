/** @file Opens the corpora of a run: the training corpus, and separate files for validation and test. */
import { UsageError, UserError } from "../common/errors.js";
import type { JsonObject } from "../common/json.js";
import type { Task } from "../common/names.js";
import { type Recipe, splitSeedOf, withoutUndefined } from "../options/recipe.js";
import { openAs, type OpenOptions, type StandardInput } from "../corpus/corpus.js";
import { type CorpusPath, expandedPath } from "../corpus/sources/corpusPath.js";
import type { Corpus } from "../corpus/document.js";
import { spooled } from "./documentSpool.js";
import { partFolders } from "../corpus/sources/partFolders.js";
import { type ReadingRecord, recordedOptions } from "../corpus/record/readingRecord.js";
import type { Sources } from "./prepare.js";
import type { Fold } from "./foldSplit.js";
import type { SplitFractions, SplitOptions } from "./split.js";

export type SourceOptions = {
  standardInput?: StandardInput | undefined;
  /** Of a checkpoint that was trained on these corpora. */
  record?: ReadingRecord;
  /** The given task. Default: that of the training corpus. */
  task?: Task | undefined;
  /** A folder for the documents of a large corpus, which are read several times. Default: the system's folder for temporary files. */
  tokenCache?: string | undefined;
};

/** @throws UserError for a file that cannot be read, UsageError for fractions that leave no training part */
export async function openSources(
  path: CorpusPath,
  recipe: Recipe,
  { standardInput, record = { readings: {} }, task, tokenCache }: SourceOptions = {},
): Promise<Sources & { training: Corpus }> {
  splitFractions(recipe);
  const training = spooled(await openAs(path, recipe, standardInput, recordedOptions(record, "training")), tokenCache);
  const separate = async (name: "validation" | "test") =>
    fractionIn(recipe[name]) === null
      ? {
          [name]: await openAs(
            recipe[name],
            { ...recipe, labelsFile: recipe[`${name}Labels`], groupIfAny: true, timeColumn: undefined },
            undefined,
            optionsOfPart(name, training, task, record),
          ),
        }
      : {};
  return { training, ...(await separate("validation")), ...(await separate("test")) };
}

/** A part is read as it was before; in the first run, as the training corpus is. */
function optionsOfPart(
  name: "validation" | "test",
  { name: partOf, reading }: Corpus,
  task: Task | undefined,
  record: ReadingRecord,
): Partial<OpenOptions> {
  const recorded = recordedOptions(record, name);
  if (Object.keys(recorded).length > 0 || record.readings.training || !reading) return recorded;
  const needsLabels = task !== "generator";
  return { like: { reading, corpus: partOf, labels: [], partOf, needsLabels } };
}

/**
 * The path of the training corpus, patterns replaced by files, and the options with the folders of its other parts, if it is a folder that is split already.
 * @param given options; `--validation` and `--test` replace those folders
 */
export async function splitFolder(
  corpus: CorpusPath,
  given: Partial<Recipe>,
): Promise<{ path: CorpusPath; given: Partial<Recipe> }> {
  const path = await expandedPath(corpus);
  const found = typeof path === "string" ? await partFolders(path) : undefined;
  if (!found) return { path, given };
  const { training, ...others } = found;
  return { path: training, given: { ...others, ...withoutUndefined(given) } };
}

/** The same for a resumed run whose corpus was moved to another folder. */
export async function movedFolder(corpus: CorpusPath, recipe: Recipe): Promise<{ path: CorpusPath; recipe: Recipe }> {
  const path = await expandedPath(corpus);
  const found = typeof path === "string" ? await partFolders(path) : undefined;
  if (!found || [recipe.validation, recipe.test].every((part) => fractionIn(part) !== null)) return { path, recipe };
  const movedTo = (name: "validation" | "test") =>
    fractionIn(recipe[name]) === null && found[name] !== undefined ? { [name]: found[name] } : {};
  return { path: found.training, recipe: { ...recipe, ...movedTo("validation"), ...movedTo("test") } };
}

/** The fraction in an option's value; null for the name of a file. @throws UsageError for a number outside [0, 1) */
function fractionIn(value: string): number | null {
  const fraction = Number(value);
  if (value.trim() === "" || Number.isNaN(fraction)) return null;
  if (fraction >= 0 && fraction < 1) return fraction;
  throw new UsageError(`expected a fraction from 0 to below 1, or a file, got ${value}`);
}

/** Fractions of the training corpus; 0 for a part in a separate file. @throws UsageError for fractions that leave no training part, and for folds beside a test part */
function splitFractions(recipe: Recipe): SplitFractions {
  const { validation, test } = recipe;
  const fold = foldOf(recipe);
  if (fold && fractionIn(test) === null) {
    throw new UsageError(
      `--folds takes its test parts from the training corpus, and ${test} is a test part of its own; remove --test, or name the training folder alone`,
    );
  }
  const fractions = { validation: fractionIn(validation) ?? 0, test: fold ? 1 / fold.of : (fractionIn(test) ?? 0) };
  if (fractions.validation + fractions.test < 1) return fractions;
  throw new UsageError(
    `--validation ${validation} and ${fold ? `--folds ${fold.of}` : `--test ${test}`} leave no training part; ${
      fold ? "the rest of the other folds must not be empty" : "their sum must be below 1"
    }`,
  );
}

/** The fold that is the test part; undefined without --folds. @throws UsageError for --folds without --fold */
function foldOf({ folds: of, fold }: Recipe): Fold | undefined {
  if (of === undefined) return undefined;
  if (fold === undefined)
    throw new UsageError(`--folds ${of} trains ${of} networks with \`rnn train\`; for one of them add --fold N`);
  if (fold > of) throw new UsageError(`--fold ${fold} is not one of --folds ${of}; give a number from 1 to ${of}`);
  return { index: fold - 1, of };
}

/** How the training corpus is split. @throws UsageError for fractions that leave no training part */
export const splitOptions = (recipe: Recipe): SplitOptions => {
  const fold = foldOf(recipe);
  return {
    fractions: splitFractions(recipe),
    seed: splitSeedOf(recipe),
    duplicates: recipe.duplicates,
    ...(fold && { fold }),
  };
};

/** The digests of the separate files, for a checkpoint. */
export const digestsOf = ({ validation, test }: Sources): { validation?: string; test?: string } => ({
  ...(validation && { validation: validation.digest }),
  ...(test && { test: test.digest }),
});

/** How the corpora are read, for a checkpoint. */
export function readingsOf({ training, validation, test }: Sources): {
  reading?: JsonObject;
  partReadings?: JsonObject;
} {
  const parts = {
    ...(validation?.reading && { validation: validation.reading }),
    ...(test?.reading && { test: test.reading }),
  };
  return {
    ...(training?.reading && { reading: training.reading }),
    ...(Object.keys(parts).length > 0 && { partReadings: parts }),
  };
}

/** @throws UserError if the corpus has changed since the checkpoint was trained on it */
export function checkDigest(corpus: Corpus | undefined, digest: unknown): void {
  if (corpus === undefined || corpus.digest === digest) return;
  throw new UserError(
    `${corpus.name} differs from the corpus that this checkpoint was trained on (SHA-256 ${corpus.digest.slice(0, 12)}…, expected ${String(digest).slice(0, 12)}…); restore it or train a new checkpoint`,
  );
}
