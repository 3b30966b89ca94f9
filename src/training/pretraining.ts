/** @file A classifier or regressor whose first layers are those of a language model (--pretrain), which is trained before it, on its own texts or on others (Dai & Le 2015). */
import { UsageError, UserError } from "../common/errors.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import { corpusOptions, rowOptions, splitColumnOptions } from "../options/corpusOptions.js";
import { camelCase } from "../options/option.js";
import type { Recipe } from "../options/recipe.js";
import { type AssembledEvent, type RunOptions, train } from "./run.js";

/** The text of --pretrain that stands for the texts of the run itself. */
export const ownTexts = "self";

/** With --for, the language model has this fraction of the time. */
const timeFraction = 0.5;
const defaultUnits = 64;
const defaultDropout = 0.2;

/**
 * Trains a language model, then the run from its weights.
 * @param texts a path, or `self` for the training part of the corpus
 * @throws UsageError for a run that cannot start from a language model
 */
export async function* trainPretrained(
  corpus: CorpusPath,
  options: RunOptions,
  texts: string,
): AsyncGenerator<AssembledEvent> {
  const { given, task = "classifier", start, out, stop, started = performance.now() } = options;
  if (task !== "classifier" && task !== "regressor")
    throw new UsageError(`--pretrain has no effect on a ${task}; remove it`);
  const other = start ? "--from" : given.model === "bag" ? "--model bag" : given.vectors ? "--vectors" : undefined;
  if (other !== undefined) throw new UsageError(`--pretrain has no effect with ${other}; remove one of them`);
  const isOwn = texts === ownTexts;
  const run = train(isOwn ? corpus : texts, {
    ...options,
    task: "generator",
    out: out && `${out}-language-model`,
    started: performance.now(),
    lenient: true,
    given: languageModelOptions(given, isOwn),
  });
  let folder = "";
  let steps = 0;
  for await (const event of run) {
    if (event.type === "begin") {
      ({ folder } = event);
      ({ steps } = event.plan);
      yield { type: "pretraining", folder, step: 0, steps };
    } else if (event.type === "plan") ({ steps } = event.plan);
    else if (event.type === "evaluation") {
      const { step, training, validation } = event.entry;
      yield { type: "pretraining", folder, step, steps, training, ...(validation !== undefined && { validation }) };
    }
  }
  if (stop.aborted)
    throw new UserError(`stopped during pretraining; \`rnn train --resume ${folder}\` goes on with its language model`);
  yield* train(corpus, { ...options, task, started, start: { from: folder } });
}

/** The options of the language model: those of the run but for its labels, its second direction and its regularization. @param isOwn whether it reads the corpus of the run */
function languageModelOptions(given: Partial<Recipe>, isOwn: boolean): Partial<Recipe> {
  const { tokenizer = "words", units = [defaultUnits], for: seconds, epochs } = given;
  const isOfWords = tokenizer === "words" || tokenizer === "whitespace";
  const ofCorpus = Object.keys({ ...corpusOptions, ...rowOptions, ...splitColumnOptions }).map(camelCase);
  const reading = isOwn ? {} : Object.fromEntries(ofCorpus.map((name) => [name, undefined]));
  return {
    ...given,
    ...reading,
    ...(!isOwn && { validation: undefined, test: "0" }),
    valueColumns: undefined,
    multilabel: undefined,
    labelSeparator: undefined,
    labelMap: undefined,
    classWeight: undefined,
    labelSmoothing: undefined,
    model: undefined,
    wide: undefined,
    lowercase: given.lowercase ?? true,
    tokenizer,
    units,
    embedding: given.embedding ?? defaultUnits,
    bidirectional: "no",
    dropout: defaultDropout,
    mix: "none",
    ...(isOfWords && { softmax: "adaptive" }),
    ...(seconds === undefined ? { epochs } : { for: timeFraction * seconds }),
  };
}
