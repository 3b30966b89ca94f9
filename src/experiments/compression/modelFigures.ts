/** @file Size, scores and speed of two checkpoints of one corpus, side by side. */
import { messageOf, UserError } from "../../common/errors.js";
import { type Evaluation, evaluate } from "../../evaluation/evaluate.js";
import { recordedCorpus } from "../../corpus/corpus.js";
import { readingRecordOf } from "../../corpus/record/readingRecord.js";
import { encodingOf, predictorOf } from "../../evaluation/labelEvaluation.js";
import { scorerOf } from "../../evaluation/predictor.js";
import { evaluationExamples } from "../../examples/arrange.js";
import type { Examples } from "../../examples/batch.js";
import { openSources, splitOptions } from "../../examples/partSources.js";
import { prepare } from "../../examples/prepare.js";
import type { Model } from "../../model/model.js";

export type ModelFigures = {
  folder: string;
  /** The bytes of its weights on the disk, and of a model beside the network. */
  bytes: number;
  /** Of its network; absent for a bag of n-grams alone. */
  parameters?: number;
  /** Its scores on the test part of the corpus, or else on the validation part, as `rnn evaluate` computes them; absent if the corpus cannot be read. */
  evaluation?: Evaluation;
  /** Targets (documents, words of a tagger, tokens of a generator) per second in forward passes, on the same examples. */
  speed?: number;
};

/** note: why there are no scores. */
export type FiguresOfTwo = { before: ModelFigures; after: ModelFigures; note?: string };

/** @param before and after: models with the same inputs and labels, whose checkpoints name the same corpus */
export async function figuresOfTwo(before: Model, after: Model): Promise<FiguresOfTwo> {
  const sizes = { before: sizeOf(before), after: sizeOf(after) };
  try {
    const [first, second] = [await evaluate(before), await evaluate(after)];
    const speeds = await speedsOf(before, after);
    return {
      before: { ...sizes.before, evaluation: first, ...(speeds && { speed: speeds.before }) },
      after: { ...sizes.after, evaluation: second, ...(speeds && { speed: speeds.after }) },
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...sizes, note: `not scored: ${messageOf(error)}` };
  }
}

function sizeOf(model: Model): ModelFigures {
  const { folder, hasNetwork, document } = model;
  const { files } = document;
  return {
    folder,
    bytes: files.weights.bytes + (files.ngrams?.bytes ?? 0) + (files.bag?.bytes ?? 0),
    ...(hasNetwork && { parameters: model.network.parameters }),
  };
}

/** Rounds of measurement, each of this time; the fastest counts, because other work on the machine only slows down. */
const rounds = 3;
const roundMs = 150;

async function speedsOf(before: Model, after: Model): Promise<{ before: number; after: number } | null> {
  const { task, labels, target, document, recipe } = before;
  const record = readingRecordOf(document);
  const sources = await openSources(recordedCorpus(document.corpus), recipe, { record });
  const { multilabel } = recipe;
  const encoding = { task, multilabel, inputEncoding: encodingOf(before), labels, target };
  const prepared = await prepare(sources, { ...encoding, ...splitOptions(recipe) });
  try {
    for (const part of ["test", "validation"] as const) {
      const examples = evaluationExamples(prepared, part, recipe);
      if (!examples) continue;
      const scorers = [before, after].map((model) => scorerOf(predictorOf(model), prepared, part));
      const fastest = [0, 0];
      for (let round = 0; round < rounds; round++) {
        for (const [index, scorer] of scorers.entries())
          fastest[index] = Math.max(fastest[index]!, speedOf(scorer, examples));
      }
      return { before: fastest[0]!, after: fastest[1]! };
    }
    return null;
  } finally {
    prepared.dispose();
  }
}

function speedOf(scoreOn: ReturnType<typeof scorerOf>, examples: Examples): number {
  const started = performance.now();
  let targets = 0;
  while (performance.now() - started < roundMs) targets += scoreOn(examples, { until: started + roundMs }).targets;
  return (1000 * targets) / (performance.now() - started);
}
