/** @file The faults of a labeled corpus, from the library. */
import type { StandardInput } from "../corpus/corpus.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import { readOptionsOf } from "../corpus/openOptions.js";
import { type Lint, lintRows } from "../experiments/linting/lintCorpus.js";
import { readRowsToLint } from "../experiments/linting/lintedRows.js";
import { settle, type Values } from "../options/option.js";
import { lintOptions } from "../options/options.js";
import { readOptions } from "./libraryInputs.js";
import type { RecipeOptions } from "./trainOptions.js";

/** The options by which `train` reads a corpus, and files. */
export type LintOptions = Pick<
  RecipeOptions,
  | "inputFormat"
  | "encoding"
  | "textColumn"
  | "labelColumn"
  | "labelMap"
  | "multilabel"
  | "labelSeparator"
  | "groupColumn"
  | "delimiter"
  | "quote"
  | "noHeader"
  | "strict"
  | "documents"
  | "seed"
> & {
  /** A file whose texts are compared with the corpus, and linted too. Default: none, or a folder beside the training texts. */
  validation?: string | undefined;
  /** The same for a test file. */
  test?: string | undefined;
  /** The bytes of the corpus `-`. */
  standardInput?: StandardInput | undefined;
};

/**
 * Finds what looks wrong in a labeled corpus, before a model is trained on it: texts with several labels, copies, labels spelled alike, rare labels, near-empty
 * texts, and likely wrong labels: those that a bag of n-grams, fitted on the other four fifths of the texts, contradicts (confident learning). With `multilabel` that is done for each label by itself.
 *
 *     const { suspects, conflicts } = await lint("reviews.csv");
 *
 * @param corpus as in `train`; all its texts are kept in memory
 * @throws UserError for a corpus that cannot be read or has no labels of classes, UsageError for an option without effect
 */
export async function lint(corpus: CorpusPath, { standardInput, ...options }: LintOptions = {}): Promise<Lint> {
  const given: Partial<Values<typeof lintOptions>> = readOptions(lintOptions, options);
  const { validation, test, seed, ...reading } = settle(lintOptions, given);
  const files = { training: corpus, validation, test };
  const read = await readRowsToLint(files, { ...readOptionsOf(reading), ...(standardInput && { standardInput }) });
  return lintRows(read, seed);
}
