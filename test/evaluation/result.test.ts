/** @file The scores of a part are counted while it is read: the right numbers, and memory that does not grow with its documents. */
import { memoryUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Task } from "../../src/common/names.js";
import { regressionErrors } from "../../src/common/lossMetrics.js";
import { resultOf } from "../../src/evaluation/result.js";
import type { ArrangeOptions } from "../../src/examples/arrange.js";
import type { Batch } from "../../src/examples/batch.js";
import type { Prepared } from "../../src/examples/prepare.js";
import type { Network } from "../../src/network/network.js";

const arrange: ArrangeOptions = { examples: "documents", batchSize: 8, sequenceLength: 8, maxLength: 8, seed: 1 };

type Part = { task: Task; targets: (index: number) => number[]; count: number; onBatch?: (documents: number) => void };

/** The result of a network that computes the same logits whatever it reads. @param logits of each row */
function resultWith(part: Part, logits: (row: number) => number[]) {
  let rows = 0;
  let documents = 0;
  const batch = (chosen: Int32Array): Batch => {
    documents += chosen.length;
    part.onBatch?.(documents);
    const targets = [...chosen].flatMap((index) => part.targets(index));
    rows = targets.length;
    return {
      time: 1,
      rows,
      tokens: Int32Array.from(targets, (_, row) => row % 3), // 0 is the unknown token
      lengths: null,
      targets: part.task === "regressor" ? Float32Array.from(targets) : Int32Array.from(targets),
      continues: false,
    };
  };
  const store = { count: part.count, lengthOf: () => 1, targetsWithin: () => part.count, batch };
  const network = {
    spec: { task: part.task, classes: 2 },
    read: () => ({
      logits: Float32Array.from(Array.from({ length: rows }, (_, row) => logits(row)).flat()),
      state: [],
    }),
  };
  const prepared = {
    task: part.task,
    labels: ["bad", "good"],
    target: { mean: 10, deviation: 2 },
    documents: { test: store },
    counts: { training: { documents: 0 } },
  };
  return resultOf(network as unknown as Network, prepared as unknown as Prepared, "test", arrange)!;
}

test("evaluate: confusion matrix, accuracy and calibration are those of all documents", () => {
  const result = resultWith({ task: "classifier", count: 100, targets: (index) => [index % 4 === 0 ? 0 : 1] }, () => [
    0,
    Math.log(3), // a probability of 75 %
  ]);
  expect(result).toMatchObject({ targets: 100, accuracy: 0.75, baselines: [] });
  expect(result.confusion).toEqual([
    [0, 25],
    [0, 75],
  ]);
  expect(result.calibration!.error).toBeCloseTo(0, 6);
  expect(result.calibration!.bins).toMatchObject([{ from: 0.7, to: 0.8, count: 100, accuracy: 0.75 }]);
  expect(result).not.toHaveProperty("unseen");
});

test("evaluate: the accuracy of a tagger on out-of-vocabulary words is counted too, without padding", () => {
  const result = resultWith({ task: "tagger", count: 3, targets: () => [1, 0, -1] }, (row) =>
    row % 3 === 0 ? [0, 1] : [0, 2],
  );
  expect(result).toMatchObject({ targets: 6, accuracy: 0.5, unseenTargets: 3, unseen: 1 });
});

test("evaluate: the errors of a regressor are those of its unscaled numbers", () => {
  const targets = [-1, 0, 0.5, 2];
  const { loss, meanAbsoluteError, rootMeanSquaredError, r2 } = resultWith(
    { task: "regressor", count: 4, targets: (index) => [targets[index]!] },
    () => [0.5],
  );
  expect(loss).toBeCloseTo((1.5 ** 2 + 0.5 ** 2 + 1.5 ** 2) / 4, 12);
  const errors = regressionErrors(
    targets.map((number) => 10 + 2 * number),
    targets.map(() => 11),
  );
  expect({ meanAbsoluteError, rootMeanSquaredError, r2 }).toEqual(errors);
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("evaluate: memory does not grow with the documents that were scored", () => {
  const marks: number[] = [];
  const onBatch = (documents: number) => {
    if (documents !== 64_000 && documents !== 512_000) return;
    collectGarbage();
    const { heapUsed, external } = memoryUsage();
    marks.push((heapUsed + external) / 2 ** 20);
  };
  resultWith({ task: "classifier", count: 512_000, targets: (index) => [index % 2], onBatch }, () => [0, 1]);
  expect(marks).toHaveLength(2);
  expect(marks[1]! - marks[0]!).toBeLessThan(2); // MiB; three numbers of each document would be 10
});
