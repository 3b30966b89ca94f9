/** @file Changes all weights at once, in place, as an optimizer says: on the backend's own kernels, or by its equations. */
import { mul, square, sum, type Tensor, tidy, type Variable, variable, zeros } from "../tfjs.js";
import type { OptimizerName } from "../../common/names.js";
import type { NativeBackend } from "../kernelBackend/kernelBackend.js";
import { nativeBackend } from "../kernelBackend/kernelBackend.js";
import {
  computesOnTensorflow,
  squaredNorm,
  tensorflowUpdate,
  type WeightUpdate,
} from "../backends/tensorflow/tfOptimizers.js";
import { type Optimizer, optimizers, type Update } from "./optimizers.js";

/** For each slot's name, a variable for each weight. */
export type Slots = Record<string, Variable[]>;

/** What an optimizer remembers before its first step. The caller disposes of them. */
export const createSlots = (name: OptimizerName, variables: readonly Variable[]): Slots =>
  Object.fromEntries(
    optimizers[name].slots.map((slot) => [
      slot,
      variables.map(({ shape }) => tidy(() => variable(zeros(shape), false))),
    ]),
  );

/**
 * One step over all weights, in place. Where the gradients' norm is not finite, nothing is changed.
 * @param gradients of the variables, in their order
 * @param slots from `createSlots`, or restored
 * @param update.step from 1
 * @param update.clip the gradients' norm over all weights is scaled down to this at most; absent for no clipping
 * @returns norm: of all gradients together, before clipping
 */
export function updateWeights(
  name: OptimizerName,
  variables: readonly Variable[],
  gradients: readonly Tensor[],
  slots: Slots,
  { clip = Infinity, ...update }: Update & { clip?: number },
): { norm: number } {
  const declared = optimizers[name] as unknown as Optimizer<string>;
  const tensors = { variables, gradients, slots };
  const native = nativeBackend();
  if (native) return updateNative(native, declared, tensors, update, clip);
  return updateEach(declared, tensorflowUpdate(name) ?? byEquations(declared), tensors, update, clip);
}

type Tensors = { variables: readonly Variable[]; gradients: readonly Tensor[]; slots: Slots };

function updateNative(
  native: NativeBackend,
  { slots: names, native: run }: Optimizer<string>,
  { variables, gradients, slots }: Tensors,
  update: Update,
  clip: number,
): { norm: number } {
  const norm = new Float64Array(1);
  const writable = (tensors: readonly Variable[]): Float32Array[] => tensors.map((tensor) => native.writable(tensor));
  run(
    native.kernels,
    {
      tensors: variables.length,
      sizes: Int32Array.from(variables, ({ size }) => size),
      gradients: gradients.map((gradient) => native.floats(gradient)),
      weights: writable(variables),
      slots: Object.fromEntries(names.map((slot) => [slot, writable(slots[slot]!)])),
      learningRate: update.learningRate,
      clip,
      norm,
    },
    update,
  );
  return { norm: norm[0]! };
}

function updateEach(
  { slots: names }: Optimizer<string>,
  change: WeightUpdate,
  { variables, gradients, slots }: Tensors,
  update: Update,
  clip: number,
): { norm: number } {
  const sumOfSquares = computesOnTensorflow() ? squaredNorm : (gradient: Tensor): Tensor => sum(square(gradient));
  const squares = gradients.map((gradient) => tidy(() => sumOfSquares(gradient).dataSync()[0]!));
  const norm = Math.sqrt(squares.reduce((total, next) => total + next, 0));
  if (!Number.isFinite(norm)) return { norm };
  for (const [index, weights] of variables.entries()) {
    tidy(() => {
      const gradient = norm > clip ? mul(gradients[index]!, clip / norm) : gradients[index]!;
      change(
        weights,
        gradient,
        names.map((slot) => slots[slot]![index]!),
        update,
      );
    });
  }
  return { norm };
}

const byEquations =
  ({ slots: names, reference }: Optimizer<string>): WeightUpdate =>
  (weights, gradient, slots, update) => {
    const own = Object.fromEntries(names.map((slot, index) => [slot, slots[index]!]));
    const { weights: updated, ...kept } = reference(weights, gradient, own, update);
    weights.assign(updated!);
    for (const [slot, value] of Object.entries(kept)) own[slot]!.assign(value);
  };
