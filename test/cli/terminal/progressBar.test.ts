/** @file How training's lines read, and how often they come. */
import { expect, test } from "vitest";
import { stepLine, type StepProgress, evaluationLine } from "../../../src/cli/terminal/progressBar.js";

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
])("lesson 2.6: a line for %d columns fits them and drops what matters least", (columns, line) => {
  const shown = stepLine(progress, columns);
  expect(shown).toBe(line);
});

test("a line of any width fits", () => {
  for (let columns = 1; columns < 130; columns++) {
    expect(stepLine(progress, columns).length).toBeLessThanOrEqual(columns);
    const { epochs: _, perplexity: __, ...rest } = progress;
    expect(stepLine({ ...rest, accuracy: 0.5, secondsLeft: Infinity }, columns).length).toBeLessThanOrEqual(columns);
  }
});

test("an evaluation says both losses, its measure and whether it is the best", () => {
  const losses = { training: 1.914, validation: 1.777, best: true };
  expect(evaluationLine({ epoch: 1, epochs: 12, ...losses, perplexity: 5.912 })).toBe(
    "epoch  1  train 1.914  validation 1.777  perplexity 5.91  best",
  );
  expect(evaluationLine({ epoch: 1.5, epochs: 2.5, ...losses, accuracy: 0.8731, best: false })).toBe(
    "epoch 1.5  train 1.914  validation 1.777  accuracy 87.3%",
  );
  expect(evaluationLine({ epoch: 2, epochs: 2, ...losses })).toBe("epoch 2  train 1.914  validation 1.777  best");
  expect(evaluationLine({ epoch: 2, epochs: 2, training: 1.914 })).toBe("epoch 2  train 1.914");
});
