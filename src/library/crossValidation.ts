/** @file Cross-validation from the library. */
import { crossValidationEvents, type FoldEvent, type FoldRun } from "../experiments/crossValidation/crossValidate.js";
import { type CrossValidation, crossValidationOf } from "../experiments/crossValidation/foldScores.js";
import { UsageError } from "../common/errors.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import { ResultStream } from "./resultStream.js";
import { settingsOf, type TrainOptions } from "./trainingRuns.js";

/** `for` is the time of all folds together. */
export type CrossValidateOptions = Omit<
  TrainOptions,
  "fold" | "test" | "testLabels" | "saveEvery" | "tensorboard" | "started" | "standardInput"
> & {
  /** The number of folds, 2 … 100. Default: 5. */
  folds?: number | undefined;
  /** A folder for the checkpoints of the folds and their scores (`folds.json`). Default: nothing is kept. */
  out?: string | undefined;
};

/** The model of each fold, and their scores; null if no fold is complete. */
export type CrossValidated = { runs: FoldRun[]; summary: CrossValidation | null };

/**
 * Trains a classifier, regressor or tagger for each fold of a corpus, and tests it on that fold: each document is tested once, by a network that was not trained
 * on it. Documents that belong together are in one fold, as in `train`. Iterate for the plan, the progress and each fold, or await all folds and their scores:
 *
 *     const { summary } = await crossValidate("reviews.csv", { folds: 5, epochs: 3 });
 *
 * @param corpus the path or paths of files or folders
 * @throws UsageError and UserError as `train` does, and UsageError for a corpus with fewer different documents than folds
 */
export function crossValidate(
  corpus: CorpusPath,
  { folds = 5, ...options }: CrossValidateOptions = {},
): ResultStream<FoldEvent, CrossValidated> {
  const start = async function* (): AsyncGenerator<FoldEvent> {
    if ((options as TrainOptions).tensorboard !== undefined)
      throw new UsageError("--tensorboard has no effect with --folds; give it to a run of one fold, with --fold N");
    const { saveEvery: _saveEvery, started: _started, ...settings } = await settingsOf({ ...options, folds });
    yield* crossValidationEvents(corpus, { ...settings, given: { ...settings.given, folds } });
  };
  return new ResultStream(start, async (events) => {
    const runs: FoldRun[] = [];
    for await (const event of events) if (event.type === "fold") runs.push(event.run);
    return { runs, summary: runs.length > 0 ? crossValidationOf(runs) : null };
  });
}
