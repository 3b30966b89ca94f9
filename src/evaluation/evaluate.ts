/** @file Evaluates a model on the test part of its corpus, or on a file. */
import { inFile, messageOf, UsageError, UserError } from "../common/errors.js";
import { type Prepared, prepare, type Sources } from "../examples/prepare.js";
import { checkDigest, openSources, splitOptions } from "../examples/partSources.js";
import { spooled } from "../examples/documentSpool.js";
import { type Model, readingOptions } from "../model/model.js";
import { openAs, openCorpus, recordedCorpus, type StandardInput } from "../corpus/corpus.js";
import { readOptionsOf } from "../corpus/openOptions.js";
import { readingRecordOf, recordedOptions } from "../corpus/readingRecord.js";
import { partFolders } from "../corpus/partFolders.js";
import { type Result, resultOf } from "./result.js";

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
  /** The file with the labels of an IDX file. */
  labels?: string | undefined;
  /** A folder for the tokens. Default: memory, or the system's folder for temporary files if the corpus is large. */
  tokenCache?: string | undefined;
};

/**
 * @param file a path, of which the test folder is read if it is a folder of train/ and test/, or -. Default: the test part of the training corpus, or its validation part if it has no test part
 * @throws UserError if the training corpus is needed and missing or changed
 */
export async function evaluate(
  model: Model,
  file?: string,
  { standardInput, labels: labelFile, tokenCache }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { recipe, labels, target, task } = model;
  if (file === undefined && labelFile !== undefined)
    throw new UsageError("--labels-file has no effect without a file; name the IDX file that the labels belong to");
  const { sources, note } = await sourcesFor(model, file, { standardInput, labels: labelFile, tokenCache });
  const prepared = await prepare(sources, {
    task,
    ...splitOptions(recipe),
    inputEncoding: model,
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

/** @param file that is the test part. Default: the test or validation part of the training corpus */
function evaluated({ network, recipe, document }: Model, prepared: Prepared, file?: string): Evaluation {
  const parts = file === undefined ? (["test", "validation"] as const) : (["test"] as const);
  for (const part of parts) {
    const result = resultOf(network, prepared, part, recipe);
    if (!result) continue;
    const { tokens, unknown } = prepared.counts[part];
    const source = file ?? `the ${part} part of ${document.corpus.name}`;
    return { ...result, source, unknown: unknown / Math.max(1, tokens) };
  }
  throw new UserError(
    file === undefined
      ? `${document.corpus.name} has no test or validation part; give \`rnn evaluate\` a file`
      : `${file} has too little text to evaluate; use a longer file`,
  );
}

/** The training corpus, for its parts and for the baselines; a given file is the test part. */
async function sourcesFor(
  model: Model,
  file: string | undefined,
  { standardInput, labels, tokenCache }: EvaluateOptions,
): Promise<{ sources: Sources; note?: string }> {
  const { document, recipe } = model;
  const { name, digest } = document.corpus;
  const record = inFile(model.folder, () => readingRecordOf(document));
  if (file === undefined) {
    if (name === null) {
      throw new UserError(`${model.folder} was imported without a corpus; give \`rnn evaluate\` a file`);
    }
    const sources = await openSources(
      inFile(model.folder, () => recordedCorpus(name)),
      recipe,
      { record, tokenCache },
    );
    checkDigest(sources.training, digest);
    return { sources };
  }
  const reading = readOptionsOf({ ...readingOptions(model), labelsFile: labels });
  const path = (await partFolders(file))?.test ?? file;
  const test = await openCorpus(path, { ...reading, areStored: true, ...(standardInput && { standardInput }) });
  try {
    const opened = await openAs(recordedCorpus(name), recipe, undefined, recordedOptions(record, "training"));
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
