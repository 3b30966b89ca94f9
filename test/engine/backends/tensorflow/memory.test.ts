/** @file TensorFlow's memory, which JavaScript does not collect. */
import { engine } from "../../../support/tfjs.js";
import { expect, test } from "vitest";
import { selectBackend } from "../../../../src/engine/backends/index.js";
import { createSlots } from "../../../../src/engine/ops/updateWeights.js";
import { dispose } from "../../../../src/engine/tfjs.js";
import { documentBatch } from "../../../../src/examples/documentExamples.js";
import { cellNames, optimizerNames } from "../../../../src/common/names.js";
import { gradientStep } from "../../../../src/training/gradientStep.js";
import { classifierSpec, logitsOf, networkOf } from "../../../network/sampleSpecs.js";
import { backendsHere } from "../../support.js";

type WithTensorCount = { binding: { getNumOfTensors: () => number } };

const tensorCounts = (): number[] => [
  engine().memory().numTensors,
  (engine().backend as unknown as WithTensorCount).binding.getNumOfTensors(),
];

test.skipIf(!backendsHere.includes("tensorflow"))(
  "tensorflow: training steps and predictions leave no tensors in memory",
  async () => {
    await selectBackend("tensorflow");
    const batch = documentBatch([[1, 2, 3], [], [4, 5]], [0, 1, 1]);
    for (const [index, cell] of cellNames.entries()) {
      const layers = classifierSpec.layers.map((layer) => (layer.type === "recurrent" ? { ...layer, cell } : layer));
      const network = networkOf({ ...classifierSpec, layers });
      const optimizer = optimizerNames[index % optimizerNames.length]!;
      const slots = createSlots(optimizer, [...network.weights.values()]);
      const options = { optimizer, learningRate: 0.1, clipNorm: 1, seed: 1, momentum: 0.9, weightDecay: 0.1 };
      const run = (step: number): void => {
        dispose(gradientStep(network, batch, null, slots, { ...options, step }).state);
        logitsOf(network, batch);
      };
      run(0); // the variables become TensorFlow's own here
      const before = tensorCounts();
      run(1);
      run(2);
      expect(tensorCounts(), cell).toEqual(before);
    }
  },
);
