/** @file Calibration: whether predictions with a probability of 70 % are right 70 % of the time. */

import type { Interval } from "./intervals.js";

/** The predictions with a confidence in (from, to]: their mean confidence, and the fraction that is right. */
export type CalibrationBin = { from: number; to: number; count: number; confidence: number; accuracy: number };

export type Calibration = {
  /** Expected calibration error: the mean of |confidence − accuracy| over the bins, weighted by the number of predictions. 0 … 1 */
  error: number;
  /** The 95 % confidence interval of the error, if it was computed. */
  interval?: Interval;
  /** In order, without empty bins. */
  bins: CalibrationBin[];
};

export const defaultBins = 10;

/** The bin of a confidence: (from, to]. */
export const binOf = (confidence: number, bins = defaultBins): number => Math.max(0, Math.ceil(confidence * bins) - 1);

/** Counts predictions into bins of equal width. Guo, Pleiss, Sun & Weinberger 2017, "On Calibration of Modern Neural Networks", equations 2 and 3. */
export class CalibrationCounter {
  private readonly counts: Float64Array;
  private readonly confidences: Float64Array; // sums
  private readonly hits: Float64Array;
  private total = 0;

  constructor(private readonly bins = defaultBins) {
    this.counts = new Float64Array(bins);
    this.confidences = new Float64Array(bins);
    this.hits = new Float64Array(bins);
  }

  /** @param confidence the probability of the predicted class @param isRight whether it is the actual one */
  add(confidence: number, isRight: boolean): void {
    const bin = binOf(confidence, this.bins);
    this.total++;
    this.counts[bin]!++;
    this.confidences[bin]! += confidence;
    if (isRight) this.hits[bin]!++;
  }

  finish(): Calibration {
    const bins = Array.from(this.counts, (count, index) => ({
      from: index / this.bins,
      to: (index + 1) / this.bins,
      count,
      confidence: this.confidences[index]! / count,
      accuracy: this.hits[index]! / count,
    })).filter(({ count }) => count > 0);
    const gaps = bins.map((bin) => (bin.count / this.total) * Math.abs(bin.confidence - bin.accuracy));
    return { error: gaps.reduce((sum, gap) => sum + gap, 0), bins };
  }
}

/** The calibration of predictions that are all there. @param hits 1 for a prediction that is right */
export function calibrationOf(confidences: ArrayLike<number>, hits: ArrayLike<number>): Calibration {
  const counter = new CalibrationCounter();
  for (let index = 0; index < confidences.length; index++) counter.add(confidences[index]!, hits[index] === 1);
  return counter.finish();
}
