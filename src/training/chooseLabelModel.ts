/** @file What a classifier of texts keeps at the end of its run: its network, the bag of n-grams beside it, or the sum of both, by the validation part. */
import { labeledIds } from "../baselines/fitBag.js";
import { crossEntropyOf, fitEachWeight, fitLogitWeights } from "../evaluation/logitWeights.js";
import { isTextClassification } from "../evaluation/predictor.js";
import { logitPairOf } from "../evaluation/wideScore.js";
import { evaluationExamples } from "../examples/arrange.js";
import { inSampleOrder } from "../examples/sampledExamples.js";
import type { Bag, LogitWeights } from "../model/storedBag.js";
import type { Recipe } from "../options/recipe.js";
import type { Assembly } from "./assembly.js";
import { bagOf } from "./fitOwnBag.js";

/** Of each kind of model on the validation part, with the weights that fit it. */
type Losses = { network: number; bag: number; both: number };

/** kept: the model with the lowest loss on the validation part, in nats; both only if it is lower than that of each by more than a trifle. */
export type LabelModelEvent = { type: "label-model"; kept: keyof Losses; losses: Losses; weights: LogitWeights };

/** A sum that lowers the loss by fewer nats is not worth two models. */
const leastGain = 0.002;
/** Of --for, what fitting the bag may take. */
const bagFraction = 0.25;
/** The bag reads whole texts. */
const wholeText = 1_000_000; // tokens

/** Whether a bag of n-grams is fitted beside the network. The sum needs a network whose probabilities are good, so that its best weights are those of the lowest loss. */
export const isBesideBag = ({ model, wide }: Recipe): boolean => model === "auto" || wide !== undefined;

/** The bag of n-grams beside the network of a run with --model auto or --wide; null for other runs, and without a validation part. */
export function fitBesideNetwork({ prepared, recipe }: Pick<Assembly, "prepared" | "recipe">): Bag | null {
  if (!isBesideBag(recipe) || !isTextClassification(prepared)) return null;
  if (prepared.documents.validation.count === 0) return null;
  const until = recipe.for === undefined ? undefined : performance.now() + 1000 * bagFraction * recipe.for;
  return bagOf(prepared, { longest: wholeText, order: recipe.wide, until });
}

/**
 * Fits the weights of both models on the validation part, and chooses.
 * @param until when the time is over, in milliseconds of `performance.now`
 * @returns bag: with its weights; absent if the network is kept alone
 */
export function chooseLabelModel(
  { network, prepared, recipe }: Pick<Assembly, "network" | "prepared" | "recipe">,
  bag: Bag,
  until?: number,
): { event: LabelModelEvent; bag?: Bag } {
  const examples = evaluationExamples(prepared, "validation", recipe);
  if (!examples || !isTextClassification(prepared)) throw new Error("a model is chosen on the validation part");
  const documents = labeledIds(prepared.documents.validation, wholeText);
  const sample = until === undefined ? examples : inSampleOrder(examples, recipe.seed);
  const pair = logitPairOf({ network, bag: bag.model, documents }, sample, until);
  const weights = { ...fitEachWeight(pair), both: fitLogitWeights(pair) };
  const losses = {
    network: crossEntropyOf(pair, weights.network),
    bag: crossEntropyOf(pair, weights.bag),
    both: crossEntropyOf(pair, weights.both),
  };
  const single = losses.network < losses.bag ? "network" : "bag";
  const helps = losses.both < losses[single] - leastGain;
  const isWanted = recipe.wide !== undefined || (prepared.numbers !== undefined && single === "bag"); // the bag reads no numbers
  const kept = weights.both.network > 0 && (isWanted || helps) ? "both" : single;
  return {
    event: { type: "label-model", kept, losses, weights: weights[kept] },
    ...(kept !== "network" && { bag: bag.besideNetwork(weights[kept], wholeText) }),
  };
}
