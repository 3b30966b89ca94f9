/** @file Convolutions and poolings against Keras: outputs and gradients. */
import { readFileSync } from "node:fs";
import { grads } from "../support/tfjs.js";
import { expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import { convolution, type ConvolutionOptions } from "../../src/engine/ops/convolution.js";
import { flatten } from "../../src/engine/ops/flatten.js";
import { pool } from "../../src/engine/ops/pooling.js";
import { mul, sum, type Tensor, tensor, type Tensor1D, type Tensor3D, tidy } from "../../src/engine/tfjs.js";
import { backendsHere } from "../engine/support.js";

type Convolution = ConvolutionOptions & {
  size: number;
  filters: number;
  kernel: number[];
  bias: number[];
  upstream: number[];
  outputs: number[];
  gradients: number[][];
};
type Pooling = { name: "mean" | "max" | "flatten"; upstream: number[]; outputs: number[]; gradient: number[] };
type Fixture = {
  time: number;
  batch: number;
  inputs: number;
  sequence: number[];
  convolutions: Convolution[];
  poolings: Pooling[];
};

const fixture = JSON.parse(readFileSync(new URL("convolution.json", import.meta.url), "utf8")) as Fixture;
const { time, batch, inputs } = fixture;
const on = <Case>(cases: Case[]) => backendsHere.flatMap((backend) => cases.map((one) => ({ ...one, backend })));

/** Expects each number within 1e-5. */
function expectClose(found: Tensor, expected: number[]): void {
  const values = found.dataSync();
  expect(values.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 5);
}

/** An operation's outputs, and the gradients of its inputs for the loss Σ outputs · upstream. */
function check(
  run: (...given: Tensor[]) => Tensor,
  given: Tensor[],
  upstream: number[],
  outputs: number[],
  wanted: number[][],
): void {
  tidy(() => {
    const found = run(...given);
    expectClose(found, outputs);
    const loss = (...again: Tensor[]): Tensor => sum(mul(run(...again), tensor(upstream, found.shape)));
    for (const [index, gradient] of grads(loss)(given).entries()) expectClose(gradient, wanted[index]!);
  });
}

test.each(on(fixture.convolutions))(
  "convolution: $filters filters of $size steps on $backend match Keras ($padding, $activation)",
  async ({ backend, size, filters, kernel, bias, upstream, outputs, gradients, padding, activation }) => {
    await selectBackend(backend);
    const given = [
      tensor(fixture.sequence, [time, batch, inputs]),
      tensor(kernel, [size, inputs, filters]),
      tensor(bias, [filters]),
    ];
    const run = (sequence: Tensor, of?: Tensor, from?: Tensor): Tensor =>
      convolution(sequence as Tensor3D, null, [{ kernel: of as Tensor3D, bias: from as Tensor1D }], {
        padding,
        activation,
      }).outputs;
    check(run, given, upstream, outputs, gradients);
  },
);

test.each(on(fixture.poolings))(
  "pooling: $name on $backend matches Keras",
  async ({ backend, name, upstream, outputs, gradient }) => {
    await selectBackend(backend);
    const run = (sequence: Tensor): Tensor =>
      name === "flatten" ? flatten(sequence as Tensor3D, null, time) : pool([name], sequence as Tensor3D, null);
    check(run, [tensor(fixture.sequence, [time, batch, inputs])], upstream, outputs, [gradient]);
  },
);
