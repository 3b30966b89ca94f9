/** @file Whether probabilities mean what they say: of all answers given with 70 %, are seven in ten right? */

/** Answers whose confidence lies above `from` and up to `to`: their mean confidence, and the share of them that is right. */
export type CalibrationBin = { from: number; to: number; count: number; confidence: number; accuracy: number };

export type Calibration = {
  /** Expected calibration error: the mean of |confidence − accuracy| over the bins, each weighted by its answers. 0 … 1 */
  error: number;
  /** In order; those without an answer are left out. */
  bins: CalibrationBin[];
};

/** What a network says of one example: the probability of its answer, and whether that is right. */
export type Answer = { confidence: number; right: boolean };

/** Guo, Pleiss, Sun & Weinberger 2017, "On Calibration of Modern Neural Networks", equations 2 and 3. */
export function calibrationOf(answers: readonly Answer[], count = 10): Calibration {
  const groups = Array.from({ length: count }, (): Answer[] => []);
  for (const answer of answers) groups[Math.max(0, Math.ceil(answer.confidence * count) - 1)]!.push(answer);
  const bins = groups.flatMap((group, index) => {
    if (group.length === 0) return [];
    const confidence = group.reduce((sum, answer) => sum + answer.confidence, 0) / group.length;
    const accuracy = group.filter(({ right }) => right).length / group.length;
    return [{ from: index / count, to: (index + 1) / count, count: group.length, confidence, accuracy }];
  });
  const gaps = bins.map((bin) => (bin.count / answers.length) * Math.abs(bin.confidence - bin.accuracy));
  return { error: gaps.reduce((sum, gap) => sum + gap, 0), bins };
}
