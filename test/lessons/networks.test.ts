/** @file The shapes and initial states of whole layers and networks. */
import { beforeAll, expect, test } from "vitest";
import { recurrent } from "../../src/engine/ops/recurrent.js";
import {
  reshape,
  slice,
  type Tensor,
  tensor,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tensor1d,
  tidy,
  variableGrads,
} from "../../src/engine/tfjs.js";
import { weightShapes } from "../../src/engine/ops/cell.js";
import { documentBatch } from "../../src/examples/documentExamples.js";
import { startEngine } from "../../src/model/model.js";
import { type CellName, cellNames } from "../../src/common/names.js";
import { cells } from "../../src/network/cells.js";
import { initializations, sizeOf } from "../../src/network/initializers.js";
import { inputsOf, targetsOf } from "../../src/network/inputs.js";
import { kindOf } from "../../src/network/layers/index.js";
import { Network } from "../../src/network/network.js";
import type { LayerSpec, Spec } from "../../src/network/spec.js";
import { randomStream } from "../../src/common/random.js";

beforeAll(() => startEngine({ backend: "auto" }));

const random = randomStream(1, "lessons");
const uniform = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * random() - 1);
const sequenceOf = (time: number, batch: number, inputs: number): Tensor3D =>
  reshape(tensor2d(uniform(time * batch * inputs), [time * batch, inputs]), [time, batch, inputs]);

/** Random weights of one direction. */
function weightsOf(cell: CellName, inputs: number, units: number) {
  const { kernel, recurrent: weights, bias } = weightShapes(cells[cell], inputs, units);
  const valuesOf = (shape: number[]): Tensor => tensor(uniform(sizeOf(shape)), shape);
  return { kernel: valuesOf(kernel) as Tensor2D, recurrent: valuesOf(weights) as Tensor2D, bias: valuesOf(bias) };
}

// Course rows 1.3, 4.7: docs/guide/README.md#course-rows
test.each(cellNames)("recurrent: a %s layer needs only its number of units", (cell) => {
  const { outputs, last } = recurrent(cells[cell], sequenceOf(5, 2, 3), null, [{ weights: weightsOf(cell, 3, 4) }]);
  expect(outputs.shape).toEqual([5, 2, 4]);
  expect(last[0]!.map(({ shape }) => shape)).toEqual(Array.from({ length: cells[cell].states }, () => [2, 4]));
});

// Course rows 3.1, 4.9: docs/guide/README.md#course-rows
test("recurrent: a bidirectional LSTM of 64 units has 128 outputs and the last states of both directions", () => {
  const directions = [{ weights: weightsOf("lstm", 8, 64) }, { weights: weightsOf("lstm", 8, 64) }];
  const { outputs, last } = recurrent(cells.lstm, sequenceOf(7, 2, 8), null, directions);
  expect(outputs.shape).toEqual([7, 2, 128]);
  const [all, forward, backward] = [outputs.arraySync(), last[0]![0].arraySync(), last[1]![0].arraySync()];
  expect(all[6]![0]!.slice(0, 64)).toEqual(forward[0]); // the first direction ends with the last step
  expect(all[0]![0]!.slice(64)).toEqual(backward[0]); // the second ends with the first
});

// Course row 5.4: docs/guide/README.md#course-rows
test("recurrent: stacked layers of 4 and 5 units map a batch of shape [2, 3, 6] to outputs of shape [2, 3, 5]", () => {
  const first = recurrent(cells.lstm, sequenceOf(3, 2, 6), null, [{ weights: weightsOf("lstm", 6, 4) }]); // time first
  const second = recurrent(cells.lstm, first.outputs, null, [{ weights: weightsOf("lstm", 4, 5) }]);
  const [time, batch, units] = second.outputs.shape;
  expect([batch, time, units]).toEqual([2, 3, 5]);
});

// Course row 5.3: docs/guide/README.md#course-rows
test("recurrent: an LSTM of 4 units over one row ends with two states of shape [1, 4]", () => {
  const { last } = recurrent(cells.lstm, sequenceOf(1, 1, 6), null, [{ weights: weightsOf("lstm", 6, 4) }]);
  expect(last[0]!.map(({ shape }) => shape)).toEqual([
    [1, 4],
    [1, 4],
  ]);
});

// Course row 1.2: docs/guide/README.md#course-rows
test.each(cellNames)("recurrent: rows of a %s layer do not depend on other rows or on padding", (cell) => {
  const lengths = [4, 2, 1];
  const directions = [{ weights: weightsOf(cell, 3, 5) }, { weights: weightsOf(cell, 3, 5) }];
  const sequence = sequenceOf(4, 3, 3);
  const read = (given: Tensor3D, steps: number[]) => {
    const { outputs, last } = recurrent(cells[cell], given, tensor1d(steps, "int32"), directions);
    return { outputs: outputs.arraySync(), ends: last.map(([output]) => output.arraySync()) };
  };
  const together = read(sequence, lengths);
  for (const [row, length] of lengths.entries()) {
    const alone = read(slice(sequence, [0, row, 0], [length, 1, 3]), [length]);
    expect(together.outputs.slice(0, length).map((step) => step[row])).toEqual(alone.outputs.map(([step]) => step));
    expect(together.ends.map((rows) => rows[row])).toEqual(alone.ends.map(([end]) => end));
  }
});

const lstm = (units: number, more: object = {}): LayerSpec => ({
  type: "recurrent",
  cell: "lstm",
  units,
  bidirectional: true,
  ...more,
});
const classifier = (...layers: LayerSpec[]): Spec => ({
  task: "classifier",
  vocabulary: 30,
  layers: [{ type: "embedding", units: 6 }, ...layers],
  classes: 2,
});
const create = (spec: Spec): Network => Network.create(spec, initializations.keras(), 1);

// Course row 3.2: docs/guide/README.md#course-rows
test("network: of two bidirectional layers the second reads the whole sequence of the first", () => {
  const network = create(classifier(lstm(64), lstm(32), { type: "pooling", over: ["last"] }));
  expect(network.weights.get("2-recurrent/forward/kernel")!.shape).toEqual([128, 4 * 32]);
  expect(network.weights.get("head/kernel")!.shape).toEqual([64, 2]);
});

// Course rows 3.4, 3.5: docs/guide/README.md#course-rows
test("network: an embedding with or without a convolution is averaged or flattened", () => {
  const convolution: LayerSpec = { type: "convolution", widths: [{ filters: 128, size: 5 }], padding: "valid" };
  const width = (...layers: LayerSpec[]): number => create(classifier(...layers)).weights.get("head/kernel")!.shape[0];
  expect(width(convolution, { type: "pooling", over: ["mean"] })).toBe(128);
  expect(width({ type: "pooling", over: ["mean"] })).toBe(6);
  expect(width({ type: "pooling", over: ["flatten"], steps: 50 })).toBe(300);
});

// Course row 3.6: docs/guide/README.md#course-rows
test("recurrent: a bidirectional GRU of 32 units has 64 outputs", () => {
  const gru: LayerSpec = { type: "recurrent", cell: "gru", units: 32, bidirectional: true };
  expect(kindOf(gru).width(gru, 16)).toBe(64);
});

// Course row 4.8: docs/guide/README.md#course-rows
test("recurrent: the initial states of an LSTM are trainable in each direction and receive gradients", () => {
  const learned = create(classifier(lstm(4, { learnedStart: true }), { type: "pooling", over: ["mean"] }));
  const starts = [...learned.weights].filter(([name]) => name.includes("/start/"));
  expect(starts.map(([name, { shape }]) => [name, shape])).toEqual([
    ["1-recurrent/forward/start/0", [4]],
    ["1-recurrent/forward/start/1", [4]],
    ["1-recurrent/backward/start/0", [4]],
    ["1-recurrent/backward/start/1", [4]],
  ]);
  const batch = documentBatch([[3, 4, 5], [6, 7], [8]], [0, 1, 1]);
  const lossOf = () => learned.loss(inputsOf(batch), targetsOf(batch), null, { training: true, seed: 1 }).loss;
  const { grads } = variableGrads(
    lossOf,
    starts.map(([, weight]) => weight),
  );
  const step = 1e-2;
  for (const [, weight] of starts) {
    const gradient = grads[weight.name]!.dataSync();
    for (const unit of [0, 3]) {
      const lossAt = (change: number): number => {
        const values = Float32Array.from({ length: 4 }, (_, index) => (index === unit ? change : 0));
        tidy(() => weight.assign(tensor1d(values)));
        const loss = tidy(() => lossOf().dataSync()[0]!);
        tidy(() => weight.assign(tensor1d(new Float32Array(4))));
        return loss;
      };
      expect(gradient[unit]).toBeCloseTo((lossAt(step) - lossAt(-step)) / (2 * step), 3);
    }
  }
  learned.dispose();
});
