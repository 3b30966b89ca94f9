/** @file Recurrent networks as a scan over a sequence. */
import { beforeAll, expect, test } from "vitest";
import { scan } from "../../src/engine/ops/scan.js";
import { recurrent } from "../../src/engine/ops/recurrent.js";
import { type StepCell, unroll } from "../../src/engine/ops/unroll.js";
import {
  add,
  matMul,
  mul,
  reshape,
  tanh,
  tensor1d,
  tensor2d,
  type Tensor2D,
  type Tensor3D,
  zeros,
} from "../../src/engine/tfjs.js";
import { startEngine } from "../../src/model/model.js";
import { cells } from "../../src/network/cells.js";

beforeAll(() => startEngine({ backend: "auto" }));

// Course row 4.1: docs/guide/README.md#course-rows
test("scan: a running sum returns every intermediate state", () => {
  expect(scan((sum, x: number) => sum + x, 0, [1, 2, 3, 4])).toEqual([1, 3, 6, 10]);
});

const numbers = (): Tensor3D =>
  reshape(
    tensor2d([
      [1, 10],
      [2, 20],
      [3, 30],
    ]),
    [3, 2, 1],
  ); // [time 3, batch 2, 1]

/** Outputs: the running sum and twice the input. State: the sum and the number of inputs. */
const summing: StepCell = (input, [sum, count]) => {
  const total = add(sum!, input);
  return { outputs: [total, mul(input, 2)], state: [total, add(count!, 1)] };
};

// Course row 4.2: docs/guide/README.md#course-rows
test("unroll: returns all outputs and the last state of a cell", () => {
  const running: StepCell = (input, [sum]) => {
    const total = add(sum!, input);
    return { outputs: [total], state: [total] };
  };
  const { outputs, last } = unroll(running, numbers(), [zeros([2, 1])]);
  expect(outputs[0]!.arraySync()).toEqual([
    [[1], [10]],
    [[3], [30]],
    [[6], [60]],
  ]);
  expect(last[0]!.arraySync()).toEqual([[6], [60]]);
});

// Course row 4.3: docs/guide/README.md#course-rows
test("unroll: a cell may have several outputs and several states", () => {
  const { outputs, last } = unroll(summing, numbers(), [zeros([2, 1]), zeros([2, 1])]);
  expect(outputs.map(({ shape }) => shape)).toEqual([
    [3, 2, 1],
    [3, 2, 1],
  ]);
  expect(last.map((tensor) => tensor.arraySync())).toEqual([
    [[6], [60]],
    [[3], [3]],
  ]);
});

// Course row 4.5: docs/guide/README.md#course-rows
test("unroll: outputs after the end of a row are zero and its last state is that of its last input", () => {
  const { outputs, last } = unroll(summing, numbers(), [zeros([2, 1]), zeros([2, 1])], tensor1d([1, 3], "int32"));
  expect(outputs[0]!.arraySync()).toEqual([
    [[1], [10]],
    [[0], [30]],
    [[0], [60]],
  ]);
  expect(last.map((tensor) => tensor.arraySync())).toEqual([
    [[1], [60]],
    [[1], [3]],
  ]);
});

// Course row 1.1: docs/guide/README.md#course-rows
test("recurrent: a layer computes the same as its cell unrolled by hand, also for a cell of the caller", () => {
  const weights = {
    kernel: tensor2d([[0.5, -0.3]]), // [inputs 1, units 2]
    recurrent: tensor2d([
      [0.1, 0.2],
      [-0.4, 0.3],
    ]), // [units, units]
    bias: tensor1d([0.05, -0.05]),
  };
  const byHand: StepCell = (input, [hidden]) => {
    const next = tanh(
      add(add(matMul(input as Tensor2D, weights.kernel), matMul(hidden as Tensor2D, weights.recurrent)), weights.bias),
    );
    return { outputs: [next], state: [next] };
  };
  const mine = { ...cells.rnn, name: "my own" };
  const expected = unroll(byHand, numbers(), [zeros([2, 2])]).outputs[0]!.dataSync();
  for (const cell of [cells.rnn, mine]) {
    const { outputs, last } = recurrent(cell, numbers(), null, [{ weights }]);
    expect([...outputs.dataSync()]).toEqual(Array.from(expected, (value) => expect.closeTo(value, 6)));
    expect(last[0]![0].shape).toEqual([2, 2]);
  }
});
