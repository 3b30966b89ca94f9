/** @file Size, scores and speed of two checkpoints of one corpus, side by side. */
import { messageOf, UserError } from "../../common/errors.js";
import { type Evaluation, evaluate } from "../../evaluation/evaluate.js";
import { encodingOf } from "../../evaluation/labelEvaluation.js";
import { score } from "../../evaluation/score.js";
import type { Examples } from "../../examples/batch.js";
import type { Model } from "../../model/model.js";
import { openBaseCorpus } from "../../training/baseCorpus.js";

export type ModelFigures = {
  folder: string;
  /** The bytes of its weights on the disk, and of a model beside the network. */
  bytes: number;
  parameters: number;
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

function sizeOf({ folder, network, document: { files } }: Model): ModelFigures {
  return {
    folder,
    bytes: files.weights.bytes + (files.ngrams?.bytes ?? 0) + (files.bag?.bytes ?? 0),
    parameters: network.parameters,
  };
}

/** Rounds of measurement, each of this time; the fastest counts, because other work on the machine only slows down. */
const rounds = 3;
const roundMs = 150;

async function speedsOf(before: Model, after: Model): Promise<{ before: number; after: number } | null> {
  const { task, labels, target, document } = before;
  const corpus = await openBaseCorpus(document, { task, labels, target, ...encodingOf(before) });
  try {
    const { scored } = corpus;
    if (!scored) return null;
    const fastest = { before: 0, after: 0 };
    for (let round = 0; round < rounds; round++) {
      fastest.before = Math.max(fastest.before, speedOf(before, scored.examples));
      fastest.after = Math.max(fastest.after, speedOf(after, scored.examples));
    }
    return fastest;
  } finally {
    corpus.dispose();
  }
}

function speedOf({ network }: Model, examples: Examples): number {
  const started = performance.now();
  let targets = 0;
  while (performance.now() - started < roundMs) {
    targets += score(network, examples, { until: started + roundMs }).targets;
  }
  return (1000 * targets) / (performance.now() - started);
}
