/** @file Bidirectional layers of the element-wise cells against PyTorch modules written from the papers: outputs, states and gradients. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { CellName } from "../../src/common/names.js";
import { selectBackend } from "../../src/engine/backends/index.js";
import { type CellWeights, type Direction, weightShapes } from "../../src/engine/ops/cell.js";
import { recurrent } from "../../src/engine/ops/recurrent.js";
import {
  add,
  concat,
  mul,
  type Rank,
  reshape,
  slice,
  sum,
  type Tensor,
  tensor,
  tensor1d,
  type Tensor3D,
  zerosLike,
} from "../../src/engine/tfjs.js";
import { cells } from "../../src/network/cells.js";
import { backendsHere } from "../engine/support.js";
import { grads } from "../support/tfjs.js";

type Weights = { kernel: number[]; recurrent?: number[]; bias: number[] };
type Case = {
  cell: CellName;
  inputs: number;
  directions: Weights[];
  sequence: number[];
  initial: number[];
  upstream: number[];
  lastUpstream: number[];
  outputs: number[];
  last: number[];
  gradients: Weights[];
  sequenceGradient: number[];
  initialGradient: number[];
};
type Fixture = { time: number; batch: number; units: number; lengths: number[]; lowerBound: number; cases: Case[] };

const fixture = JSON.parse(readFileSync(new URL("elementwise.json", import.meta.url), "utf8")) as Fixture;
const { time, batch, units, lowerBound } = fixture;

/** Expects each number within 1e-5. */
function expectClose(found: Tensor, expected: readonly number[]): void {
  const values = found.dataSync();
  expect(values.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 5);
}

/** The sequence, the initial cell states of both directions [2, batch, units], and each direction's weights. */
function tensorsOf({ cell, inputs, ...one }: Case): Tensor[] {
  const shapes = weightShapes(cells[cell], inputs, units);
  return [
    tensor(one.sequence, [time, batch, inputs]),
    tensor(one.initial, [2, batch, units]),
    ...one.directions.flatMap(({ kernel, recurrent: vectors, bias }) => [
      tensor(kernel, shapes.kernel),
      ...(vectors ? [tensor(vectors, shapes.recurrent)] : []),
      tensor(bias, shapes.bias),
    ]),
  ];
}

function layer(cell: CellName, [sequence, initial, ...weights]: Tensor[]) {
  const { states } = cells[cell];
  const each = weights.length / 2;
  const directions = [0, 1].map((index): Direction => {
    const own = weights.slice(index * each, (index + 1) * each);
    const memory = reshape<Rank.R2>(slice(initial!, [index, 0, 0], [1, batch, units]), [batch, units]);
    return {
      weights: {
        kernel: own[0],
        recurrent: own[2] ? own[1] : tensor([], [0, units]),
        bias: own.at(-1),
        ...(cell === "hgrn" && { lowerBound }),
      } as CellWeights,
      initial: states === 2 ? [zerosLike(memory), memory] : [memory],
    };
  });
  const { outputs, last } = recurrent(
    cells[cell],
    sequence as Tensor3D,
    tensor1d(fixture.lengths, "int32"),
    directions,
  );
  return { outputs, memory: concat(last.map((state) => state.at(-1)!)) };
}

for (const backend of backendsHere) {
  test.each(fixture.cases)(
    `recurrent: $cell of $inputs inputs on ${backend} matches PyTorch, gradients too`,
    async (one) => {
      await selectBackend(backend);
      const tensors = tensorsOf(one);
      const { outputs, memory } = layer(one.cell, tensors);
      expectClose(outputs, one.outputs);
      expectClose(memory, one.last);
      const [sequence, initial, ...weights] = grads((...given: Tensor[]): Tensor => {
        const result = layer(one.cell, given);
        const loss: Tensor = sum(mul(result.outputs, tensor(one.upstream, result.outputs.shape)));
        return add(loss, sum(mul(result.memory, tensor(one.lastUpstream, [2 * batch, units]))));
      })(tensors);
      expectClose(sequence!, one.sequenceGradient);
      expectClose(initial!, one.initialGradient);
      const expected = one.gradients.flatMap(({ kernel, recurrent: vectors, bias }) => [
        kernel,
        ...(vectors ? [vectors] : []),
        bias,
      ]);
      for (const [index, values] of expected.entries()) expectClose(weights[index]!, values);
    },
  );
}
