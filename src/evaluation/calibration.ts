/** @file Calibration: whether predictions with a probability of 70 % are right 70 % of the time. */

/** The predictions with a confidence in (from, to]: their mean confidence, and the fraction that is right. */
export type CalibrationBin = { from: number; to: number; count: number; confidence: number; accuracy: number };

export type Calibration = {
  /** Expected calibration error: the mean of |confidence − accuracy| over the bins, weighted by the number of predictions. 0 … 1 */
  error: number;
  /** In order, without empty bins. */
  bins: CalibrationBin[];
};

/** Counts predictions into bins of equal width. Guo, Pleiss, Sun & Weinberger 2017, "On Calibration of Modern Neural Networks", equations 2 and 3. */
export class CalibrationCounter {
  private readonly counts: Float64Array;
  private readonly confidences: Float64Array; // sums
  private readonly hits: Float64Array;
  private total = 0;

  constructor(private readonly bins = 10) {
    this.counts = new Float64Array(bins);
    this.confidences = new Float64Array(bins);
    this.hits = new Float64Array(bins);
  }

  /** @param confidence the probability of the predicted class @param isRight whether it is the actual one */
  add(confidence: number, isRight: boolean): void {
    const bin = Math.max(0, Math.ceil(confidence * this.bins) - 1);
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
