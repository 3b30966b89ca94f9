/** @file The end of a run: the network's head with calibrated logits. The training state keeps the head as it was trained. */
import type { CalibrationRecord } from "../checkpoint/checkpoint.js";
import { predictionsOn } from "../evaluation/labelPredictions.js";
import type { ScoringTimes } from "../evaluation/result.js";
import { temperatureScaling } from "../evaluation/temperature.js";
import { headBias, headKernel } from "../network/network.js";
import type { WeightValues } from "../network/storedWeights.js";
import type { Assembly } from "./assembly.js";
import type { Snapshot } from "./runProgress.js";

/** More predictions would not change a temperature that matters. */
export const mostExamples = 50_000;
/** Of the time for the scores of the network, with --for. */
const timeFraction = 0.25;

export type CalibratedRun = { snapshot: Snapshot; calibration?: CalibrationRecord };

/**
 * Fits the temperature of the network on the validation part, and divides its head's weights by it. `training` of the snapshot keeps the head before.
 * @param assembly whose network has the best weights
 * @returns the snapshot as it is for other tasks, without --calibrate, and for few validation examples
 */
export function calibratedRun(assembly: Assembly, snapshot: Snapshot, times?: ScoringTimes): CalibratedRun {
  const { prepared, arrange, network, recipe } = assembly;
  const now = performance.now();
  const until = times && now + timeFraction * (times.network - now);
  const predictions =
    recipe.calibrate === "yes" &&
    !recipe.multilabel &&
    predictionsOn(network, prepared, "validation", arrange, { most: mostExamples, until });
  if (!predictions) return { snapshot };
  const scaling = temperatureScaling(predictions);
  if (!scaling) return { snapshot };
  const { best, training, progress } = snapshot;
  const head = new Map(headNames.flatMap((name) => (best.has(name) ? [[name, best.get(name)!] as const] : [])));
  const scaled = new Map([...best, ...divided(head, scaling.temperature)]);
  network.assign(scaled);
  const kept = [...head].map(([name, values]) => [uncalibrated + name, values] as const);
  return {
    snapshot: { best: scaled, training: new Map([...training, ...kept]), progress },
    calibration: { examples: predictions.actual.length, ...scaling },
  };
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
