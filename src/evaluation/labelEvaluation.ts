/** @file What `rnn evaluate` finds for a classifier beside its result: scores of its probabilities, its mistakes, another checkpoint on the same documents. */
import { UserError } from "../common/errors.js";
import type { Document } from "../corpus/document.js";
import { evaluationExamples } from "../examples/arrange.js";
import type { InputEncoding } from "../examples/inputEncoder.js";
import { splitOptions } from "../examples/partSources.js";
import { prepare } from "../examples/prepare.js";
import { documentsOfPart, type Sources } from "../examples/splitSources.js";
import type { SplitOptions, Part } from "../examples/split.js";
import type { Model } from "../model/model.js";
import { type LabelMeasures, labelMeasures } from "./labelMeasures.js";
import { type LabelPredictions, predictionsOn } from "./labelPredictions.js";
import { type LabelSetPredictions, SetPredictionKeeper } from "./labelSetPredictions.js";
import { type Mistake, type SetMistake, worstMistakes, worstSetMistakes } from "./mistakes.js";
import { type Hits, labelHits, type PairedComparison, pairedCounts, setHits } from "./pairedComparison.js";
import { type Predictor, scorerOf } from "./predictor.js";

export type LabelEvaluation = LabelMeasures & { mistakes?: Mistake[]; against?: PairedComparison };

/** Of a classifier of several labels a text. */
export type LabelSetEvaluation = { setMistakes?: SetMistake[]; against?: PairedComparison };

export type LabelEvaluationOptions = {
  /** The number of mistakes to return, those with the highest probabilities first; of sets of labels, those with the highest losses. Default: none. */
  mistakes?: number | undefined;
  /** Another classifier with the same labels, which is scored on the same documents. */
  against?: Model | undefined;
};

/** The part of some sources that a classifier predicted. `isOwn`: of its own training corpus. */
export type PredictedPart = {
  sources: Sources;
  part: Part;
  isOwn: boolean;
  tokenCache?: string | undefined;
};

export async function labelEvaluation(
  model: Model,
  predictions: LabelPredictions,
  predicted: PredictedPart,
  { mistakes = 0, against }: LabelEvaluationOptions,
): Promise<LabelEvaluation> {
  const { labels } = model;
  return {
    ...labelMeasures(predictions),
    ...(mistakes > 0 && {
      mistakes: await worstMistakes(predictions, mistakes, labels, documentsIn(model, predicted)),
    }),
    ...(against && { against: await comparedWith(against, model, labelHits(predictions, labels), predicted) }),
  };
}

export async function labelSetEvaluation(
  model: Model,
  predictions: LabelSetPredictions,
  predicted: PredictedPart,
  { mistakes = 0, against }: LabelEvaluationOptions,
): Promise<LabelSetEvaluation> {
  const { labels } = model;
  return {
    ...(mistakes > 0 && {
      setMistakes: await worstSetMistakes(predictions, mistakes, labels, documentsIn(model, predicted)),
    }),
    ...(against && { against: await comparedWith(against, model, setHits(predictions, labels), predicted) }),
  };
}

const documentsIn = ({ recipe }: Model, { sources, part }: PredictedPart): AsyncIterable<Document> =>
  documentsOfPart(sources, splitOptions(recipe), part);

/** @param hits of the model */
async function comparedWith(
  other: Model,
  model: Model,
  hits: Hits,
  { sources, part, isOwn, tokenCache }: PredictedPart,
): Promise<PairedComparison> {
  const { recipe, document } = model;
  const split = splitOptions(recipe);
  const counts = pairedCounts(hits, await hitsOnSources(other, sources, part, { ...split, tokenCache }));
  const sharesSplit =
    other.document.corpus.digest === document.corpus.digest && sameSplit(split, splitOptions(other.recipe));
  return {
    checkpoint: other.folder,
    accuracy: (counts.bothRight + counts.secondAlone) / hits.size,
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

/** @throws UserError unless both are classifiers with the same labels, and the other one reads the same numbers beside texts, or none */
export function checkComparable(model: Model, other: Model): void {
  if (model.task !== "classifier" || other.task !== "classifier")
    throw new UserError(
      `--against compares classifiers; ${model.task === "classifier" ? other.folder : model.folder} is a ${model.task === "classifier" ? other.task : model.task}`,
    );
  const [own, its] = [model, other].map(({ recipe }) => (recipe.multilabel ? "several labels" : "one label"));
  if (own !== its)
    throw new UserError(
      `--against: ${other.folder} predicts ${its} a text, and ${model.folder} ${own}; compare checkpoints of one kind`,
    );
  const [columns, itsColumns] = [numberColumnsOf(model), numberColumnsOf(other)];
  if (itsColumns !== "" && itsColumns !== columns)
    throw new UserError(
      `--against: ${other.folder} reads the numbers ${itsColumns} beside each text, and ${model.folder} ${columns === "" ? "texts alone" : columns}; compare checkpoints that read the same columns`,
    );
  const sorted = (labels: readonly string[]): string => labels.toSorted().join(", ");
  if (sorted(model.labels) !== sorted(other.labels))
    throw new UserError(
      `--against: ${other.folder} has the labels ${sorted(other.labels)}, and ${model.folder} has ${sorted(model.labels)}; compare checkpoints with the same labels`,
    );
}

const numberColumnsOf = (model: Model): string =>
  model.inputs === "tokens" && model.numbers ? model.numbers.map(({ name }) => name).join(", ") : "";

/** The hits of a classifier for a part of sources that another one was trained on. */
async function hitsOnSources(
  model: Model,
  sources: Sources,
  part: Part,
  split: SplitOptions & { tokenCache?: string | undefined },
): Promise<Hits> {
  const { labels, task, target, recipe, thresholds } = model;
  const { multilabel } = recipe;
  const read = model.inputs === "tokens" && !model.numbers ? withoutNumbers(sources) : sources;
  const encoding = { multilabel, inputEncoding: encodingOf(model), labels, target };
  const prepared = await prepare(read, { task, ...split, ...encoding });
  try {
    if (!multilabel) return labelHits(predictionsOn(predictorOf(model), prepared, part, recipe)!, labels);
    const keeper = new SetPredictionKeeper(labels.length, thresholds);
    scorerOf(model.network, prepared, part)(evaluationExamples(prepared, part, recipe)!, { onPrediction: keeper.add });
    return setHits(keeper.finish(), labels);
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
