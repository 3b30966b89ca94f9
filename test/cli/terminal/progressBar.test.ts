/** @file The lines of a training run's progress. */
import { expect, test } from "vitest";
import { barLine, evaluationLine, type StepProgress, stepProgress } from "../../../src/cli/terminal/progressBar.js";

const progress: StepProgress = {
  step: 48,
  steps: 100,
  epoch: 2,
  epochs: 5,
  loss: 1.6234,
  perplexity: 5.07,
  unit: "characters",
  unitsPerSecond: 172_345,
  secondsLeft: 41,
};

test.each([
  [100, "epoch 2/5 ████████████░░░░░░░░░░░░ 48%  loss 1.62  perplexity 5.1  172k characters/s  0:41 left"],
  [85, "epoch 2/5 ██████░░░░░░░ 48%  loss 1.62  perplexity 5.1  172k characters/s  0:41 left"],
  [70, "epoch 2/5 ████████░░░░░░░░░ 48%  loss 1.62  perplexity 5.1  0:41 left"],
  [40, "epoch 2/5  48%  loss 1.62  0:41 left"],
  [20, "epoch 2/5 ██░░░ 48%"],
  [9, "epoch 2/5"],
  // Course row 2.6: docs/guide/README.md#course-rows
])("progress: a line fits %d columns and drops its least important parts", (columns, line) => {
  expect(barLine(stepProgress(progress), columns)).toBe(line);
});

test("progress: a line fits a terminal of any width", () => {
  for (let columns = 1; columns < 130; columns++) {
    expect(barLine(stepProgress(progress), columns).length).toBeLessThanOrEqual(columns);
    const { epochs: _, perplexity: __, ...rest } = progress;
    const unknownEnd = stepProgress({ ...rest, accuracy: 0.5, secondsLeft: Infinity });
    expect(barLine(unknownEnd, columns).length).toBeLessThanOrEqual(columns);
  }
});

test("progress: an evaluation names both losses and the metric, and marks the best", () => {
  const losses = { training: 1.914, validation: 1.777, best: true };
  expect(evaluationLine({ epoch: 1, epochs: 12, ...losses, perplexity: 5.912 })).toBe(
    "epoch  1  training loss 1.914  validation loss 1.777  perplexity 5.91  best",
  );
  expect(evaluationLine({ epoch: 1.5, epochs: 2.5, ...losses, accuracy: 0.8731, best: false })).toBe(
    "epoch 1.5  training loss 1.914  validation loss 1.777  accuracy 87.3%",
  );
  expect(evaluationLine({ epoch: 2, epochs: 2, ...losses })).toBe(
    "epoch 2  training loss 1.914  validation loss 1.777  best",
  );
  expect(evaluationLine({ epoch: 2, epochs: 2, training: 1.914 })).toBe("epoch 2  training loss 1.914");
});

test("progress: an evaluation on a narrow terminal leaves out the training loss first, then the metric", () => {
  const evaluation = { epoch: 1, epochs: 2, training: 1.914, validation: 1.777, accuracy: 0.5, best: true };
  expect(evaluationLine(evaluation, 60)).toBe("epoch 1  validation loss 1.777  accuracy 50.0%  best");
  expect(evaluationLine(evaluation, 40)).toBe("epoch 1  validation loss 1.777  best");
});
