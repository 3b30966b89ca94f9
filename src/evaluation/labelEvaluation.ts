/** @file What `rnn evaluate` finds for a classifier beside its result: scores of its probabilities, its mistakes, another checkpoint on the same documents. */
import { UserError } from "../common/errors.js";
import type { InputEncoding } from "../examples/inputEncoder.js";
import { splitOptions } from "../examples/partSources.js";
import { prepare } from "../examples/prepare.js";
import { documentsOfPart, type Sources } from "../examples/splitSources.js";
import type { SplitOptions, Part } from "../examples/split.js";
import type { Model } from "../model/model.js";
import { type LabelMeasures, labelMeasures } from "./labelMeasures.js";
import { type LabelPredictions, predictionsOn } from "./labelPredictions.js";
import { type Mistake, worstMistakes } from "./mistakes.js";
import { type PairedComparison, pairedCounts } from "./pairedComparison.js";
import type { Predictor } from "./predictor.js";

export type LabelEvaluation = LabelMeasures & { mistakes?: Mistake[]; against?: PairedComparison };

export type LabelEvaluationOptions = {
  /** The number of mistakes to return, those with the highest probabilities first. Default: none. */
  mistakes?: number | undefined;
  /** Another classifier with the same labels, which is scored on the same documents. */
  against?: Model | undefined;
};

/** The part of some sources that a classifier predicted. `isOwn`: of its own training corpus. */
export type PredictedPart = {
  predictions: LabelPredictions;
  sources: Sources;
  part: Part;
  isOwn: boolean;
  tokenCache?: string | undefined;
};

/** @throws UserError if the other checkpoint is not a classifier with the same labels */
export async function labelEvaluation(
  model: Model,
  predicted: PredictedPart,
  { mistakes = 0, against }: LabelEvaluationOptions,
): Promise<LabelEvaluation> {
  const { predictions, sources, part } = predicted;
  const documents = documentsOfPart(sources, splitOptions(model.recipe), part);
  return {
    ...labelMeasures(predictions),
    ...(mistakes > 0 && { mistakes: await worstMistakes(predictions, mistakes, model.labels, documents) }),
    ...(against && { against: await comparedWith(against, model, predicted) }),
  };
}

async function comparedWith(
  other: Model,
  model: Model,
  { predictions, sources, part, isOwn, tokenCache }: PredictedPart,
): Promise<PairedComparison> {
  const { labels, recipe, document } = model;
  const split = splitOptions(recipe);
  const second = await predictionsOnSources(other, sources, part, { ...split, tokenCache });
  const counts = pairedCounts({ predictions, labels }, { predictions: second, labels: other.labels });
  const sharesSplit =
    other.document.corpus.digest === document.corpus.digest && sameSplit(split, splitOptions(other.recipe));
  return {
    checkpoint: other.folder,
    accuracy: (counts.bothRight + counts.secondAlone) / predictions.actual.length,
    ...counts,
    mayHaveSeen: isOwn && !sharesSplit,
  };
}

const sameSplit = (one: SplitOptions, other: SplitOptions): boolean =>
  one.seed === other.seed &&
  one.duplicates === other.duplicates &&
  one.fractions.validation === other.fractions.validation &&
  one.fractions.test === other.fractions.test &&
  one.fold?.index === other.fold?.index &&
  one.fold?.of === other.fold?.of;

/** @throws UserError unless both are classifiers with the same labels */
export function checkComparable(model: Model, other: Model): void {
  if (model.task !== "classifier" || other.task !== "classifier")
    throw new UserError(
      `--against compares classifiers; ${model.task === "classifier" ? other.folder : model.folder} is a ${model.task === "classifier" ? other.task : model.task}`,
    );
  if (other.recipe.multilabel)
    throw new UserError(`--against: ${other.folder} predicts several labels a text, ${model.folder} predicts one`);
  const sorted = (labels: readonly string[]): string => labels.toSorted().join(", ");
  if (sorted(model.labels) !== sorted(other.labels))
    throw new UserError(
      `--against: ${other.folder} has the labels ${sorted(other.labels)}, and ${model.folder} has ${sorted(model.labels)}; compare checkpoints with the same labels`,
    );
}

/** The predictions of a classifier for a part of sources that another one was trained on. */
async function predictionsOnSources(
  model: Model,
  sources: Sources,
  part: Part,
  split: SplitOptions & { tokenCache?: string | undefined },
): Promise<LabelPredictions> {
  const { labels, task, target, recipe } = model;
  const read = model.inputs === "tokens" && !model.numbers ? withoutNumbers(sources) : sources;
  const prepared = await prepare(read, { task, ...split, inputEncoding: encodingOf(model), labels, target });
  try {
    return predictionsOn(predictorOf(model), prepared, part, recipe)!;
  } finally {
    prepared.dispose();
  }
}

/** The sources for a model that reads their texts alone. */
const withoutNumbers = (sources: Sources): Sources =>
  Object.fromEntries(
    Object.entries(sources).map(([part, corpus]) => [part, corpus && { ...corpus, numberColumns: undefined }]),
  ) as Sources;

/** What predicts the labels: a bag of n-grams, the network, or both. */
export function predictorOf(model: Model): Predictor {
  const { bag } = model;
  if (!bag) return model.network;
  const { weights } = bag.record;
  return weights ? { network: model.network, bag: bag.model, weights } : bag.model;
}

/** How a model reads its inputs. */
export const encodingOf = (model: Model): InputEncoding =>
  model.inputs === "tokens"
    ? {
        inputs: "tokens",
        tokenizer: model.tokenizer,
        ...(model.spelling && { spelling: model.spelling }),
        ...(model.numbers && { numbers: model.numbers }),
      }
    : { inputs: "numbers", scaling: model.scaling };
