/** @file Bidirectional layers of every cell against Keras with a mask and PyTorch with packed rows: outputs and gradients, fused and reference. */
import { readFileSync } from "node:fs";
import { grads } from "../support/tfjs.js";
import { expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import type { CellWeights, Direction } from "../../src/engine/ops/cell.js";
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
} from "../../src/engine/tfjs.js";
import type { CellName } from "../../src/common/names.js";
import { cells } from "../../src/network/cells.js";
import { backendsHere } from "../engine/support.js";

type Weights = { kernel: number[]; recurrent: number[]; bias: number[] };
type Results = { outputs: number[]; gradients: Weights[]; sequenceGradient: number[] };
type Fixture = {
  time: number;
  batch: number;
  inputs: number;
  units: number;
  lengths: number[];
  sequence: number[];
  initial: number[];
  upstream: number[];
  lastUpstream: number[];
  cases: {
    cell: CellName;
    directions: Weights[];
    keras: Results;
    torch: (Results & { hidden: number[]; initialGradient: number[] }) | null;
  }[];
};

const fixture = JSON.parse(readFileSync(new URL("recurrent.json", import.meta.url), "utf8")) as Fixture;
const { time, batch, inputs, units } = fixture;
const names = ["kernel", "recurrent", "bias"] as const;

/** Expects each number within 1e-5. */
function expectClose(found: Tensor, expected: number[]): void {
  const values = found.dataSync();
  expect(values.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 5);
}

/** One direction's part of numbers for both. */
const stateOf = (values: number[], direction: number): Tensor2D =>
  tensor(values.slice(direction * batch * units, (direction + 1) * batch * units), [batch, units]);

/** The sequence, then each direction's weights and its initial state, if any. */
function tensorsOf({ cell, directions }: Fixture["cases"][number], initial: boolean): Tensor[] {
  const { gates, biases } = cells[cell];
  const width = gates * units;
  const shapes = { kernel: [inputs, width], recurrent: [units, width], bias: biases === 1 ? [width] : [2, width] };
  return [
    tensor(fixture.sequence, [time, batch, inputs]),
    ...directions.flatMap((weights, index) => [
      ...names.map((name) => tensor(weights[name], shapes[name])),
      ...(initial ? [stateOf(fixture.initial, index)] : []),
    ]),
  ];
}

function layer(cell: CellName, [sequence, ...rest]: Tensor[]) {
  const each = rest.length / 2;
  const directions = [0, 1].map((index): Direction => {
    const [kernel, recurrentKernel, bias, hidden] = rest.slice(index * each, (index + 1) * each);
    const weights = { kernel, recurrent: recurrentKernel, bias } as CellWeights;
    return hidden ? { weights, initial: [hidden as Tensor2D] } : { weights };
  });
  return recurrent(cells[cell], sequence as Tensor3D, tensor1d(fixture.lengths, "int32"), directions);
}

/** The gradients of Σ outputs · upstream and, with `last`, Σ last state · its upstream. */
function gradientsOf(cell: CellName, tensors: Tensor[], last: boolean): Tensor[] {
  return grads((...given: Tensor[]): Tensor => {
    const result = layer(cell, given);
    const loss: Tensor = sum(mul(result.outputs, tensor(fixture.upstream, result.outputs.shape)));
    if (!last) return loss;
    const states = result.last.map(([hidden], index) => sum(mul(hidden, stateOf(fixture.lastUpstream, index))));
    return states.reduce<Tensor>((total, one) => add(total, one), loss);
  })(tensors);
}

function expectGradients(found: Tensor[], { gradients, sequenceGradient }: Results): void {
  expectClose(found[0]!, sequenceGradient);
  const each = (found.length - 1) / 2;
  for (const [index, expected] of gradients.entries())
    for (const [place, name] of names.entries()) expectClose(found[1 + index * each + place]!, expected[name]);
}

for (const backend of backendsHere) {
  test.each(fixture.cases)(
    `recurrent: $cell on ${backend} matches Keras with a mask in both directions`,
    async (one) => {
      await selectBackend(backend);
      const tensors = tensorsOf(one, false);
      expectClose(layer(one.cell, tensors).outputs, one.keras.outputs);
      expectGradients(gradientsOf(one.cell, tensors, false), one.keras);
    },
  );

  test.each(fixture.cases.flatMap((one) => (one.torch ? [{ ...one, torch: one.torch }] : [])))(
    `recurrent: $cell on ${backend} matches PyTorch with packed rows and initial states`,
    async ({ torch, ...one }) => {
      await selectBackend(backend);
      const tensors = tensorsOf({ ...one, torch }, true);
      const { outputs, last } = layer(one.cell, tensors);
      expectClose(outputs, torch.outputs);
      expectClose(concat(last.map(([hidden]) => hidden)), torch.hidden);
      const gradients = gradientsOf(one.cell, tensors, true);
      expectGradients(gradients, torch);
      expectClose(concat([gradients[4] as Tensor2D, gradients[8] as Tensor2D]), torch.initialGradient);
    },
  );
}
