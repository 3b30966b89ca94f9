/** @file Weights as TensorFlow's resource variables. */
import { ones, tidy, variable } from "../../../support/tfjs.js";
import { expect, test } from "vitest";
import { selectBackend } from "../../../../src/engine/backends/index.js";
import { createSlots, updateWeights } from "../../../../src/engine/ops/updateWeights.js";
import { backendsHere } from "../../support.js";

test.skipIf(!backendsHere.includes("tensorflow"))(
  "tensorflow: a weight keeps its values if its update fails",
  async () => {
    await selectBackend("tensorflow");
    const weights = tidy(() => variable(ones([2, 3])));
    const slots = createSlots("adam", [weights]);
    const update = { step: 1, learningRate: 0.1, momentum: 0, weightDecay: 0 };
    expect(() => updateWeights("adam", [weights], [ones([7])], slots, update)).toThrow("same shape");
    expect([...weights.dataSync()]).toEqual([1, 1, 1, 1, 1, 1]);
  },
);
