/** @file Resumes a run: its checkpoint, its corpus, and the state of its training. */
import * as v from "valibot";
import { loadCheckpoint } from "../checkpoint/checkpoint.js";
import { checked } from "../common/checked.js";
import { inFile, UserError } from "../common/errors.js";
import { recordedCorpus } from "../corpus/corpus.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import { readingRecordOf } from "../corpus/record/readingRecord.js";
import { checkDigest, movedFolder, openSources, splitOptions } from "../examples/partSources.js";
import { prepare } from "../examples/prepare.js";
import { startEngine } from "../model/model.js";
import { rebuild } from "../model/rebuild.js";
import { weightsFrom } from "../network/storedWeights.js";
import { readRecipe } from "../options/recipe.js";
import { type Assembly, buildAssembly, type Given } from "./assembly.js";
import { uncalibratedWeights } from "./calibratedHead.js";
import { type Plan, planSchema } from "./plan.js";
import { readHistory } from "./runProgress.js";
import { resumedStart } from "./startedRun.js";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A checkpoint's `progress`; its history is a field of its own. */
const storedProgress = v.strictObject({
  step: count,
  best: count,
  running: v.strictObject({ loss: v.number(), batches: count }),
  plan: planSchema,
});

/**
 * The run as it was when its checkpoint was saved.
 * @param options.given may lengthen the run; all other options are the checkpoint's
 * @param options.corpus the path of the corpus. Default: the path that the checkpoint records
 * @returns evaluated: whether the run had ended with its evaluation
 * @throws UserError for a damaged checkpoint, and for a corpus other than the one that it was trained on
 */
export async function resumedAssembly(
  folder: string,
  { given, corpus, standardInput, tokenCache, ...engine }: Given & { corpus?: CorpusPath | undefined },
): Promise<{ assembly: Assembly; plan: Plan; evaluated: boolean }> {
  const { document, weights, training } = await loadCheckpoint(folder, { training: true });
  const { precision } = inFile(folder, () => readRecipe(document.options));
  const backend = await startEngine(engine, precision === "auto" ? undefined : precision);
  const { ngrams: _ngrams, bag: _bag, textDigest: _textDigest, calibration: _calibration, ...ofNetwork } = document; // all are fitted again
  const {
    network,
    labels,
    target,
    recipe: stored,
    ...inputEncoding
  } = rebuild(folder, { document: ofNetwork, weights });
  if (network === null) throw new UserError(`${folder} has no network to resume`);
  const options = { ...stored, ...given };
  const { path, recipe } =
    corpus === undefined
      ? { path: inFile(folder, () => recordedCorpus(document.corpus)), recipe: options }
      : await movedFolder(corpus, options);
  const record = inFile(folder, () => readingRecordOf(document));
  const sources = await openSources(path, recipe, { standardInput, record, tokenCache });
  checkDigest(sources.training, document.corpus.digest);
  checkDigest(sources.validation, document.corpus.options["validation"]);
  checkDigest(sources.test, document.corpus.options["test"]);
  const prepared = await prepare(sources, {
    task: document.task,
    ...splitOptions(recipe),
    multilabel: recipe.multilabel,
    inputEncoding,
    labels,
    target,
    tokenCache,
  });
  const { created, imported, from } = document;
  const encoding = { task: document.task, labels, target, ...inputEncoding };
  const started = from && (await resumedStart(from, encoding, tokenCache));
  const assembly = buildAssembly({
    path,
    readings: document.corpus,
    sources,
    recipe,
    prepared,
    network,
    backend,
    created,
    imported,
    ...(started && { started }),
  });
  return inFile(folder, () => {
    const damaged = (problems: string): string => `the state of its training is damaged or was edited: ${problems}`;
    const { plan, ...progress } = checked(storedProgress, document.progress, damaged);
    const state = weightsFrom(training);
    assembly.trainer.restore({
      progress: { ...progress, history: readHistory(document) },
      best: uncalibratedWeights(weightsFrom(weights), state),
      training: state,
    });
    return { assembly, plan, evaluated: Object.keys(document.metrics).length > 0 };
  });
}
