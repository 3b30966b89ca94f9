/** @file A model on text that it has not seen: the part of its corpus that was kept back, or a file. */
import { messageOf, UsageError, UserError } from "../common/errors.js";
import { prepare, type Sources } from "../examples/prepare.js";
import { checkDigest, openSources, splitFractions } from "../examples/partSources.js";
import { type Model, readingOptions } from "../model/model.js";
import { splitSeedOf } from "../options/recipe.js";
import { openAs, recordedCorpus, type StandardInput } from "../corpus/corpus.js";
import { type Result, resultOf } from "./result.js";

export type Evaluation = Result & {
  /** What was evaluated, in words. */
  source: string;
  /** Share of tokens that the vocabulary lacks. */
  unknown: number;
  /** Why there are no baselines. */
  note?: string;
};

export type EvaluateOptions = {
  standardInput?: StandardInput | undefined;
  /** The file with the labels of an IDX file. */
  labels?: string | undefined;
};

/**
 * @param file a path or -; absent: the part of the training corpus that was kept for the test, else for validation
 * @throws UserError where the training corpus is needed and is not there, or has changed
 */
export async function evaluate(
  model: Model,
  file?: string,
  { standardInput, labels: labelFile }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { recipe, labels, target, network, task } = model;
  if (file === undefined && labelFile !== undefined)
    throw new UsageError("--labels-file has no effect without a file; name the IDX file that the labels belong to");
  const { sources, note } = await sourcesFor(model, file, { standardInput, labels: labelFile });
  const prepared = await prepare(sources, {
    task,
    fractions: splitFractions(recipe),
    seed: splitSeedOf(recipe),
    inputEncoding: model,
    labels,
    target,
  });
  const parts = file === undefined ? (["test", "validation"] as const) : (["test"] as const);
  for (const part of parts) {
    const result = resultOf(network, prepared, part, recipe);
    if (!result) continue;
    const { tokens, unknown } = prepared.counts[part];
    const source = file ?? `the ${part} part of ${model.document.corpus.name}`;
    return { ...result, source, unknown: unknown / Math.max(1, tokens), ...(note !== undefined && { note }) };
  }
  throw new UserError(
    file === undefined
      ? `nothing was kept back of ${model.document.corpus.name}: give \`rnn evaluate\` a file`
      : `${file} has too little text to evaluate`,
  );
}

/** The training corpus, for the baselines and what was kept back of it; a file is a test part of its own. */
async function sourcesFor(
  model: Model,
  file: string | undefined,
  { standardInput, labels }: EvaluateOptions,
): Promise<{ sources: Sources; note?: string }> {
  const { document, recipe } = model;
  const { name, digest } = document.corpus;
  if (file === undefined) {
    if (name === null) {
      throw new UserError(
        `${model.folder} was imported, and no text is known that was kept back to judge it by: give \`rnn evaluate\` a file`,
      );
    }
    const sources = await openSources(recordedCorpus(name), recipe);
    checkDigest(sources.training, digest);
    return { sources };
  }
  const test = await openAs(file, { ...readingOptions(model), labelsFile: labels }, standardInput);
  try {
    const training = await openAs(recordedCorpus(name), recipe);
    checkDigest(training, digest);
    return { sources: { training, test } };
  } catch (error) {
    return { sources: { training: null, test }, note: `no baselines beside it: ${messageOf(error)}` };
  }
}
