/** @file What a checkpoint records of a classifier's predictions for its validation part: the temperature, and the scores for label sets. */
import type { CheckpointDocument } from "../checkpoint/checkpoint.js";
import { conformalRecord } from "./conformal.js";
import type { LabelPredictions } from "./labelPredictions.js";
import { temperatureScaling, withTemperature } from "./temperature.js";

/** More predictions would change no temperature and no quantile that matters. */
export const mostCalibrated = 50_000;

export type Calibrated = {
  /** The logits are to be divided by it; 1 for none. */
  temperature: number;
  records: Pick<CheckpointDocument, "calibration" | "conformal">;
};

/**
 * @param predictions from the logits as they are; null without a validation part
 * @param wanted scale: whether a temperature is fitted; sets: whether the scores of label sets are recorded
 */
export function calibrated(
  predictions: LabelPredictions | null,
  { scale, sets }: { scale: boolean; sets: boolean },
): Calibrated {
  if (!predictions || predictions.actual.length === 0) return { temperature: 1, records: {} };
  const examples = predictions.actual.length;
  const scaling = scale ? temperatureScaling(predictions) : null;
  const scaled = scaling ? withTemperature(predictions, scaling.temperature) : predictions;
  return {
    temperature: scaling?.temperature ?? 1,
    records: {
      ...(scaling && { calibration: { examples, ...scaling } }),
      ...(sets && { conformal: conformalRecord(scaled) }),
    },
  };
}
