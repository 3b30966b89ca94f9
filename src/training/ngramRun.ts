/** @file A run with --model ngram: from a corpus to the checkpoint of an n-gram model, as a stream of events. */
import { type CheckpointDocument, type FolderLock, saveCheckpoint } from "../checkpoint/checkpoint.js";
import { UsageError } from "../common/errors.js";
import type { Backend } from "../engine/backends/index.js";
import { mixtureResultOf, type Result } from "../evaluation/result.js";
import { startEngine } from "../model/model.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import type { Mixture } from "../model/mixture.js";
import { storeRecipe } from "../options/recipe.js";
import { corpusRecord, type Given, madeBy } from "./assembly.js";
import { fitBestOrder, type GeneratorTexts } from "./fitNgrams.js";
import { type OpenedRun, openRun } from "./newAssembly.js";
import type { Plan } from "./plan.js";
import type { AssembledEvent } from "./run.js";
import { describeParts } from "./runDescription.js";

/** An n-gram model is fitted in one pass. */
const onePass: Plan = { steps: 0, evaluateEvery: 1 };

/** A corpus that is read, before its model. */
export type NgramRun = { opened: OpenedRun; backend: Backend; created: string };

/** Reads the corpus. @throws UserError and UsageError as a run of a network does */
export async function openNgramRun(corpus: CorpusPath, options: Given): Promise<NgramRun> {
  const backend = await startEngine(options);
  return { opened: await openRun(corpus, options), backend, created: new Date().toISOString() };
}

/** Fits the model, saves it, and scores it. Its events are those of a run without a training step. */
export async function* fitNgramRun(lock: FolderLock, run: NgramRun): AsyncGenerator<AssembledEvent> {
  const { folder } = lock;
  const { prepared, recipe, sources, path, readings, summary } = run.opened;
  if (prepared.task !== "generator" || prepared.inputs !== "tokens")
    throw new UsageError(`--model ngram is a model of texts; this corpus is for a ${prepared.task}`);
  const corpus = corpusRecord({ path, readings, sources });
  try {
    const description = describeParts({ prepared, corpus, recipe, backend: run.backend, ...(summary && { summary }) });
    yield {
      type: "begin",
      folder,
      plan: onePass,
      validationSample: null,
      resumed: false,
      ...description,
      spec: null,
      parameters: 0,
      step: 0,
      stepsPerEpoch: 1,
      assembly: null,
    };
    const { mixture, tried } = fitBestOrder(prepared, { order: recipe.ngramOrder });
    yield { type: "ngrams", ...mixture.record, tried };
    yield { type: "end", reason: "finished", step: 0 };
    const save = (result: Result | null): Promise<void> =>
      saveCheckpoint(
        folder,
        documentOf(run, { prepared, corpus, mixture, result }),
        { weights: new Map(), ngrams: mixture.ngrams.toArrays() },
        lock,
      );
    await save(null);
    const mixed = { network: null, mixture };
    const result =
      mixtureResultOf(mixed, prepared, "test", recipe) ?? mixtureResultOf(mixed, prepared, "validation", recipe);
    await save(result);
    yield { type: "result", folder, result };
  } finally {
    prepared.dispose();
  }
}

const documentOf = (
  { opened: { recipe }, backend, created }: NgramRun,
  {
    prepared,
    corpus,
    mixture,
    result,
  }: {
    prepared: GeneratorTexts;
    corpus: CheckpointDocument["corpus"];
    mixture: Mixture;
    result: Result | null;
  },
): CheckpointDocument => ({
  created,
  task: "generator",
  ngrams: mixture.toJSON(),
  tokenizer: prepared.tokenizer.toJSON(),
  options: storeRecipe(recipe),
  corpus,
  counts: { ...prepared.counts },
  metrics: result ? { [result.part]: result } : {},
  history: [],
  progress: { step: 0 },
  madeBy: madeBy(backend),
});
