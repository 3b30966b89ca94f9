/** @file Calibration: whether predictions with a probability of 70 % are right 70 % of the time. */

/** The predictions with a confidence in (from, to]: their mean confidence, and the fraction that is right. */
export type CalibrationBin = { from: number; to: number; count: number; confidence: number; accuracy: number };

export type Calibration = {
  /** Expected calibration error: the mean of |confidence − accuracy| over the bins, weighted by the number of predictions. 0 … 1 */
  error: number;
  /** In order, without empty bins. */
  bins: CalibrationBin[];
};

/** The prediction for one example: its probability, and whether it is right. */
export type ScoredPrediction = { confidence: number; right: boolean };

/** Guo, Pleiss, Sun & Weinberger 2017, "On Calibration of Modern Neural Networks", equations 2 and 3. */
export function calibrationOf(predictions: readonly ScoredPrediction[], count = 10): Calibration {
  const groups = Array.from({ length: count }, (): ScoredPrediction[] => []);
  for (const prediction of predictions)
    groups[Math.max(0, Math.ceil(prediction.confidence * count) - 1)]!.push(prediction);
  const bins = groups.flatMap((group, index) => {
    if (group.length === 0) return [];
    const confidence = group.reduce((sum, prediction) => sum + prediction.confidence, 0) / group.length;
    const accuracy = group.filter(({ right }) => right).length / group.length;
    return [{ from: index / count, to: (index + 1) / count, count: group.length, confidence, accuracy }];
  });
  const gaps = bins.map((bin) => (bin.count / predictions.length) * Math.abs(bin.confidence - bin.accuracy));
  return { error: gaps.reduce((sum, gap) => sum + gap, 0), bins };
}
