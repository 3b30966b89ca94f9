/** @file Counts and scores of sets of labels (--multilabel): F1 of each label, micro and macro F1, and the accuracy of whole sets. */

/** Rows of a label. hits: that have it and are predicted to have it; predicted: all that are predicted to have it; support: all that have it. */
export type LabelCounts = { hits: number; predicted: number; support: number };

/** accuracy: the fraction of rows whose whole set is right; f1Micro: of all labels together; f1Macro: the mean over the labels; labelCounts and thresholds: in the order of the labels. */
export type LabelSetScores = { accuracy: number; f1Micro: number; f1Macro: number; labelCounts: LabelCounts[] };

/** As scikit-learn's `f1_score(zero_division=0)`: 0 for a label that neither occurs nor is predicted. */
export const f1Of = ({ hits, predicted, support }: LabelCounts): number =>
  predicted + support === 0 ? 0 : (2 * hits) / (predicted + support);

/** The probability from which on a label applies, where none was tuned. */
export const usualThreshold = 0.5;

/** Counts predicted and actual sets one by one. */
export class LabelSetCounter {
  private readonly counts: LabelCounts[];
  private rows = 0;
  private right = 0;

  constructor(classes: number) {
    this.counts = Array.from({ length: classes }, () => ({ hits: 0, predicted: 0, support: 0 }));
  }

  /** @param isPredicted whether a label is predicted @param actual [classes], 1 for a label of the row, else 0 */
  add(isPredicted: (label: number) => boolean, actual: ArrayLike<number>): void {
    let isRight = true;
    for (const [label, count] of this.counts.entries()) {
      const [predicted, has] = [isPredicted(label), actual[label] === 1];
      if (predicted) count.predicted++;
      if (has) count.support++;
      if (predicted && has) count.hits++;
      isRight &&= predicted === has;
    }
    this.rows++;
    if (isRight) this.right++;
  }

  finish(): LabelSetScores {
    const { counts } = this;
    const sum = (of: (count: LabelCounts) => number): number => counts.reduce((total, count) => total + of(count), 0);
    const all = {
      hits: sum(({ hits }) => hits),
      predicted: sum((one) => one.predicted),
      support: sum((one) => one.support),
    };
    return {
      accuracy: this.rows === 0 ? 0 : this.right / this.rows,
      f1Micro: f1Of(all),
      f1Macro: sum(f1Of) / counts.length,
      labelCounts: counts,
    };
  }
}

/** precision, recall and F1 of a label, as scikit-learn computes them with `zero_division=0`. */
export const labelReport = (counts: LabelCounts) => ({
  precision: counts.predicted === 0 ? 0 : counts.hits / counts.predicted,
  recall: counts.support === 0 ? 0 : counts.hits / counts.support,
  f1: f1Of(counts),
  support: counts.support,
});
