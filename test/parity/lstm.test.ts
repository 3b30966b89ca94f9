/** @file The LSTM against PyTorch and Keras: outputs and gradients, fused and reference; Adam with clipping against PyTorch. */
import { readFileSync } from "node:fs";
import { grads } from "../support/tfjs.js";
import { expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import { createSlots, updateWeights } from "../../src/engine/ops/updateWeights.js";
import type { CellWeights, Direction, State } from "../../src/engine/ops/cell.js";
import { recurrent } from "../../src/engine/ops/recurrent.js";
import {
  add,
  concat,
  mul,
  sum,
  type Tensor,
  tensor,
  tensor1d,
  type Tensor2D,
  type Tensor3D,
  variable,
} from "../../src/engine/tfjs.js";
import { cells } from "../../src/network/cells.js";
import { backendsHere } from "../engine/support.js";

type Weights = { kernel: number[]; recurrent: number[]; bias: number[] };
type Results = { outputs: number[]; hidden: number[]; cell: number[] };
type Fixture = {
  time: number;
  batch: number;
  inputs: number;
  units: number;
  lengths: number[];
  sequence: number[];
  cases: {
    directions: Weights[];
    initial: [number[], number[]];
    upstream: number[];
    lastUpstream: [number[], number[]];
    torch: Results & {
      gradients: Weights[];
      sequenceGradient: number[];
      hiddenGradient: number[];
      cellGradient: number[];
    };
  }[];
  keras: Results & { weights: Weights };
  adam: { start: number[]; gradients: number[][]; clip: number; learningRate: number; weights: number[] };
};

const fixture = JSON.parse(readFileSync(new URL("lstm.json", import.meta.url), "utf8")) as Fixture;
const { time, batch, inputs, units } = fixture;

const shapes = { kernel: [inputs, 4 * units], recurrent: [units, 4 * units], bias: [4 * units] };
const names = ["kernel", "recurrent", "bias"] as const;
const tensors = (weights: Weights) => names.map((name) => tensor(weights[name], shapes[name]));
const cellWeights = ([kernel, recurrentKernel, bias]: Tensor[]) =>
  ({ kernel, recurrent: recurrentKernel, bias }) as CellWeights;

/** Expects each number within 1e-5. */
function expectClose(found: Tensor, expected: number[]): void {
  const values = found.dataSync();
  expect(values.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 5);
}

/** One direction's part, [batch, units], of numbers for all directions. */
const part = (values: number[], direction: number): Tensor2D =>
  tensor(values.slice(direction * batch * units, (direction + 1) * batch * units), [batch, units]);

test.each(
  backendsHere.flatMap((backend) => fixture.cases.map((one) => ({ backend, directions: one.directions.length, one }))),
)("lstm: $directions directions on $backend match PyTorch with rows of different lengths", async ({ backend, one }) => {
  await selectBackend(backend);
  const lengths = tensor1d(fixture.lengths, "int32");
  const run = ([sequence, ...rest]: Tensor[]) => {
    const directions = one.directions.map((_, index): Direction => ({
      weights: cellWeights(rest.slice(index * 5, index * 5 + 3)),
      initial: rest.slice(index * 5 + 3, index * 5 + 5) as State,
    }));
    return recurrent(cells.lstm, sequence as Tensor3D, lengths, directions);
  };
  const given = [
    tensor(fixture.sequence, [time, batch, inputs]),
    ...one.directions.flatMap((weights, index) => [
      ...tensors(weights),
      part(one.initial[0], index),
      part(one.initial[1], index),
    ]),
  ];

  const { outputs, last } = run(given);
  expectClose(outputs, one.torch.outputs);
  expectClose(
    concat(
      last.map(([hidden]) => hidden),
      0,
    ),
    one.torch.hidden,
  );
  expectClose(
    concat(
      last.map(([, cell]) => cell!),
      0,
    ),
    one.torch.cell,
  );

  const loss = (...all: Tensor[]): Tensor => {
    const result = run(all);
    const upstream = tensor(one.upstream, result.outputs.shape);
    return result.last.reduce<Tensor>(
      (total, [hidden, cell], index) =>
        add(
          total,
          add(sum(mul(hidden, part(one.lastUpstream[0], index))), sum(mul(cell!, part(one.lastUpstream[1], index)))),
        ),
      sum(mul(result.outputs, upstream)),
    );
  };
  const [sequenceGradient, ...rest] = grads(loss)(given);
  expectClose(sequenceGradient!, one.torch.sequenceGradient);
  for (const [index, expected] of one.torch.gradients.entries()) {
    for (const [place, name] of names.entries()) expectClose(rest[index * 5 + place]!, expected[name]);
  }
  const initialGradient = (place: number): Tensor =>
    concat(
      one.directions.map((_, index) => rest[index * 5 + place] as Tensor2D),
      0,
    );
  expectClose(initialGradient(3), one.torch.hiddenGradient);
  expectClose(initialGradient(4), one.torch.cellGradient);
});

test.each(backendsHere)("lstm: on %s it matches Keras with a mask", async (backend) => {
  await selectBackend(backend);
  const sequence: Tensor3D = tensor(fixture.sequence, [time, batch, inputs]);
  const direction = { weights: cellWeights(tensors(fixture.keras.weights)) };
  const { outputs, last } = recurrent(cells.lstm, sequence, tensor1d(fixture.lengths, "int32"), [direction]);
  expectClose(outputs, fixture.keras.outputs);
  expectClose(last[0]![0], fixture.keras.hidden);
  expectClose(last[0]![1]!, fixture.keras.cell);
});

test.each(backendsHere)("optimizer: Adam with clipping on %s takes the same steps as PyTorch", async (backend) => {
  await selectBackend(backend);
  const { start, gradients, clip, learningRate, weights } = fixture.adam;
  const weight = variable(tensor(Float32Array.from(start)));
  const slots = createSlots("adam", [weight]);
  for (const [index, gradient] of gradients.entries()) {
    const given = tensor(Float32Array.from(gradient));
    updateWeights("adam", [weight], [given], slots, {
      step: index + 1,
      learningRate,
      clip,
      momentum: 0,
      weightDecay: 0,
    });
  }
  expectClose(weight, weights);
});
