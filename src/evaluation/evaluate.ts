/** @file Evaluates a model on the test part of its corpus, or on other files. */
import { inFile, messageOf, UsageError, UserError } from "../common/errors.js";
import { type Prepared, prepare, type Sources } from "../examples/prepare.js";
import { checkDigest, openSources, splitOptions } from "../examples/partSources.js";
import type { InputEncoding } from "../examples/encodeCorpus.js";
import { spooled } from "../examples/documentSpool.js";
import { likeOf, type Model, optionsFor } from "../model/model.js";
import { openAs, openCorpus, recordedCorpus, type StandardInput } from "../corpus/corpus.js";
import { type CorpusPath, expandedPath, pathText } from "../corpus/sources/corpusPath.js";
import { type ReadingOptions, readOptionsOf } from "../corpus/openOptions.js";
import { readingRecordOf, recordedOptions } from "../corpus/record/readingRecord.js";
import { partFolders } from "../corpus/sources/partFolders.js";
import { mixtureResultOf, type Result, resultOf } from "./result.js";

export type Evaluation = Result & {
  /** The name of the evaluated part or file. */
  source: string;
  /** The out-of-vocabulary rate: the fraction of tokens that the vocabulary lacks. */
  unknown: number;
  /** The reason for missing baselines. */
  note?: string;
};

export type EvaluateOptions = {
  standardInput?: StandardInput | undefined;
  /** How the file is read, where it is not like the training corpus. */
  reading?: Partial<ReadingOptions> | undefined;
  /** Called with a note for each thing that is read otherwise than in the training corpus. */
  onNote?: ((note: string) => void) | undefined;
  /** A folder where the tokens are kept for other runs with the same corpus. Default: memory, or the system's folder for temporary files if the corpus is large. */
  tokenCache?: string | undefined;
};

/**
 * @param file a path, of which the test folder is read if it is a folder of train/ and test/, several paths, or -. Default: the test part of the training corpus, or its validation part if it has no test part
 * @throws UserError if the training corpus is needed and missing or changed
 */
export async function evaluate(
  model: Model,
  file?: CorpusPath,
  { tokenCache, ...options }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { recipe, labels, target, task } = model;
  const [useless] = Object.keys(readOptionsOf(options.reading ?? {}));
  if (file === undefined && useless !== undefined)
    throw new UsageError("options that say how a file is read have no effect without a file; name it, or remove them");
  const { sources, note } = await sourcesFor(model, file, { ...options, tokenCache });
  const prepared = await prepare(sources, {
    task,
    ...splitOptions(recipe),
    inputEncoding: encodingOf(model),
    labels,
    target,
    tokenCache,
  });
  try {
    const evaluation = evaluated(model, prepared, file);
    return note === undefined ? evaluation : { ...evaluation, note };
  } finally {
    prepared.dispose();
  }
}

const encodingOf = (model: Model): InputEncoding =>
  model.inputs === "tokens"
    ? { inputs: "tokens", tokenizer: model.tokenizer, ...(model.spelling && { spelling: model.spelling }) }
    : { inputs: "numbers", scaling: model.scaling };

/** @param file that is the test part. Default: the test or validation part of the training corpus */
function evaluated(model: Model, prepared: Prepared, file?: CorpusPath): Evaluation {
  const { recipe, document, mixture } = model;
  const parts = file === undefined ? (["test", "validation"] as const) : (["test"] as const);
  for (const part of parts) {
    const result = mixture
      ? mixtureResultOf({ network: model.hasNetwork ? model.network : null, mixture }, prepared, part, recipe)
      : resultOf(model.network, prepared, part, recipe);
    if (!result) continue;
    const { tokens, unknown } = prepared.counts[part];
    const source = file ? pathText(file) : `the ${part} part of ${document.corpus.name}`;
    return { ...result, source, unknown: unknown / Math.max(1, tokens) };
  }
  throw new UserError(
    file === undefined
      ? `${document.corpus.name} has no test or validation part; give \`rnn evaluate\` a file`
      : `${pathText(file)} has too little text to evaluate; use a longer file`,
  );
}

/** The training corpus, for its parts and for the baselines; a given file is the test part. */
async function sourcesFor(
  model: Model,
  file: CorpusPath | undefined,
  { standardInput, reading: given, onNote, tokenCache }: EvaluateOptions,
): Promise<{ sources: Sources; note?: string }> {
  const { document, recipe, task } = model;
  const { name, digest } = document.corpus;
  const record = inFile(model.folder, () => readingRecordOf(document));
  if (file === undefined) {
    if (name === null) {
      throw new UserError(`${model.folder} was imported without a corpus; give \`rnn evaluate\` a file`);
    }
    const sources = await openSources(
      inFile(model.folder, () => recordedCorpus(document.corpus)),
      recipe,
      { record, tokenCache },
    );
    checkDigest(sources.training, digest);
    return { sources };
  }
  const named = await expandedPath(file);
  const path = (typeof named === "string" ? await partFolders(named) : undefined)?.test ?? named;
  const test = await openCorpus(path, {
    ...optionsFor(model, given),
    ...(standardInput && { standardInput }),
    like: { ...likeOf(model), onNote, needsLabels: task === "classifier" || task === "regressor" },
  });
  try {
    const opened = await openAs(
      recordedCorpus(document.corpus),
      recipe,
      undefined,
      recordedOptions(record, "training"),
    );
    const training = spooled(opened, tokenCache);
    checkDigest(training, digest);
    return { sources: { training, test } };
  } catch (error) {
    return {
      sources: { training: null, test },
      note: `no baselines, because the training corpus could not be read: ${messageOf(error)}`,
    };
  }
}
