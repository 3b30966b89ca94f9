/** @file Compares operations over the steps of a sequence with their references, on every backend and instruction set. */
import { tensor1d, type Tensor, type Tensor1D, type Tensor3D } from "../../support/tfjs.js";
import { expect } from "vitest";
import { loadAddon } from "../../../src/engine/backends/native/addon.js";
import { backendsHere, difference, evaluate, randomIntegers, type Values } from "../support.js";

/** An operation on a sequence [time, batch, inputs], the lengths of its rows and weights. */
export type Operation = (sequence: Tensor3D, lengths: Tensor1D | null, weights: Tensor[]) => Tensor;

/** Lengths of 0, 1 and random ones; null with `whole`. */
export const someLengths = (time: number, batch: number, whole: boolean): number[] | null =>
  whole ? null : [0, Math.min(1, time), ...randomIntegers(batch, 0, time + 1, "lengths", time)].slice(0, batch);

/** The same values with NaN past each row's length. */
export function withNaNPadding({ shape, values }: Values, lengths: number[] | null): Values {
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

/** Expects equal outputs and gradients, to 2e-5 of the largest element; values past the lengths are NaN. */
export async function expectReference(
  operation: Operation,
  reference: Operation,
  [sequence, ...weights]: Values[],
  lengths: number[] | null,
): Promise<void> {
  const inputs = [withNaNPadding(sequence!, lengths), ...weights];
  const expected = await evaluate("cpu", inputs, running(reference, lengths));
  for (const backend of backendsHere) {
    for (const isa of instructionSets(backend)) {
      const actual = await isa(() => evaluate(backend, inputs, running(operation, lengths)));
      expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
      expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
    }
  }
}

type WithIsa = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** A function for each instruction set of the processor that runs its argument with that set. */
function instructionSets(backend: string): WithIsa[] {
  const addon = loadAddon();
  if (backend !== "native" || "missing" in addon) return [(work) => work()];
  return addon.isas().map((isa): WithIsa => async (work) => {
    const before = addon.isa();
    addon.useIsa(isa);
    try {
      return await work();
    } finally {
      addon.useIsa(before);
    }
  });
}
