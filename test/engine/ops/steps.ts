/** @file Operations over the steps of a sequence, for the tests: on every backend and instruction set against their references. */
import { tensor1d, type Tensor, type Tensor1D, type Tensor3D } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { loadAddon } from "../../../src/engine/backends/native/addon.js";
import { backendsHere, difference, evaluate, randomIntegers, type Values } from "../support.js";

/** An operation on a sequence and weights, within lengths. */
export type Operation = (sequence: Tensor3D, lengths: Tensor1D | null, weights: Tensor[]) => Tensor;

/** Lengths of 0, 1 and any others; or none. */
export const someLengths = (time: number, batch: number, whole: boolean): number[] | null =>
  whole ? null : [0, Math.min(1, time), ...randomIntegers(batch, 0, time + 1, "lengths", time)].slice(0, batch);

/** The same values with NaN past each row's length. */
export function dirty({ shape, values }: Values, lengths: number[] | null): Values {
  const [, batch, width] = shape as [number, number, number];
  const isPast = (index: number): boolean => {
    const step = Math.floor(index / width);
    return lengths !== null && Math.floor(step / batch) >= lengths[step % batch]!;
  };
  return { shape, values: values.map((value, index) => (isPast(index) ? NaN : value)) };
}

export const running =
  (operation: Operation, lengths: number[] | null) =>
  ([sequence, ...weights]: Tensor[]): Tensor[] => [
    operation(sequence as Tensor3D, lengths && tensor1d(lengths, "int32"), weights),
  ];

/** Forward and gradient, to 2e-5 of the largest element; what lies past the lengths is never read. */
export async function expectReference(
  operation: Operation,
  reference: Operation,
  [sequence, ...weights]: Values[],
  lengths: number[] | null,
): Promise<void> {
  const inputs = [dirty(sequence!, lengths), ...weights];
  const expected = await evaluate("cpu", inputs, running(reference, lengths));
  for (const backend of backendsHere) {
    for (const isa of instructionSets(backend)) {
      const actual = await isa(() => evaluate(backend, inputs, running(operation, lengths)));
      expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
      expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
    }
  }
}

type Setting = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Each instruction set that the processor has, to do work with. */
function instructionSets(backend: string): Setting[] {
  const addon = loadAddon();
  if (backend !== "native" || "missing" in addon) return [(work) => work()];
  return addon.isas().map((isa): Setting => async (work) => {
    const before = addon.isa();
    addon.useIsa(isa);
    try {
      return await work();
    } finally {
      addon.useIsa(before);
    }
  });
}
