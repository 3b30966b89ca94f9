/** @file The end of a run: the network's head with calibrated logits. The training state keeps the head as it was trained. */
import { type Calibrated, calibrated, mostCalibrated } from "../evaluation/calibrate.js";
import { predictionsOn } from "../evaluation/labelPredictions.js";
import type { ScoringTimes } from "../evaluation/result.js";
import { headBias, headKernel } from "../network/network.js";
import type { WeightValues } from "../network/storedWeights.js";
import type { Assembly } from "./assembly.js";
import type { Bag } from "../model/storedBag.js";
import type { Snapshot } from "./runProgress.js";

/** Of the time for the scores of the network, with --for. */
const timeFraction = 0.25;

export type CalibratedRun = { snapshot: Snapshot } & Pick<Calibrated, "records">;

/**
 * Fits the temperature of the network on the validation part, and divides its head's weights by it. `training` of the snapshot keeps the head before.
 * @param assembly whose network has the best weights
 * @param options bag: kept beside the network, or alone; the weights of both are fitted on the validation part, so that no temperature is needed
 * @returns the snapshot as it is for other tasks, without --calibrate, and for few validation examples
 */
export function calibratedRun(
  assembly: Assembly,
  snapshot: Snapshot,
  { bag, times }: { bag?: Bag | undefined; times?: ScoringTimes | undefined },
): CalibratedRun {
  const { prepared, arrange, network, recipe } = assembly;
  const now = performance.now();
  const limits = { most: mostCalibrated, until: times && now + timeFraction * (times.network - now) };
  const weights = bag?.record.weights;
  const predictor = bag && weights ? { network, bag: bag.model, weights } : network;
  const predictions =
    recipe.calibrate && !recipe.multilabel && predictionsOn(predictor, prepared, "validation", arrange, limits);
  if (!predictions) return { snapshot, records: {} };
  const wanted = { scale: recipe.calibrate === "yes" && predictor === network, sets: prepared.task === "classifier" };
  const { temperature, records } = calibrated(predictions, wanted);
  if (temperature === 1) return { snapshot, records };
  const { best, training, progress } = snapshot;
  const head = new Map(headNames.flatMap((name) => (best.has(name) ? [[name, best.get(name)!] as const] : [])));
  const scaled = new Map([...best, ...divided(head, temperature)]);
  network.assign(scaled);
  const kept = [...head].map(([name, values]) => [uncalibrated + name, values] as const);
  return { snapshot: { best: scaled, training: new Map([...training, ...kept]), progress }, records };
}

const headNames = [headKernel, headBias];
/** Before the names of the weights in the training state. */
const uncalibrated = "uncalibrated/";

const divided = (weights: WeightValues, temperature: number): WeightValues =>
  new Map(
    [...weights].map(([name, { shape, values }]) => [
      name,
      { shape, values: values.map((value) => value / temperature) },
    ]),
  );

/** The best weights as they were trained, of a checkpoint whose head may be calibrated. @param training its training state */
export const uncalibratedWeights = (weights: WeightValues, training: WeightValues): WeightValues =>
  new Map([...weights].map(([name, values]) => [name, training.get(uncalibrated + name) ?? values]));
