/** @file One optimizer step over all weights, in place: by the backend's own implementation if it has one, otherwise by the optimizer's equations. */
import { mul, square, sum, type Tensor, tidy, type Variable, variable, zeros } from "../tfjs.js";
import type { OptimizerName } from "../../common/names.js";
import { backendExtension } from "./dispatch.js";
import { type Optimizer, optimizers, type Update } from "./optimizers.js";

/** For each slot's name, a variable for each weight. */
export type Slots = Record<string, Variable[]>;

/** An optimizer's slots before its first step, all zero. The caller disposes of them. */
export const createSlots = (name: OptimizerName, variables: readonly Variable[]): Slots =>
  Object.fromEntries(
    optimizers[name].slots.map((slot) => [
      slot,
      variables.map(({ shape }) => tidy(() => variable(zeros(shape), false))),
    ]),
  );

export type UpdateArguments = {
  variables: readonly Variable[];
  /** One gradient for each variable, in the same order. */
  gradients: readonly Tensor[];
  slots: Slots;
  update: Update;
  /** The gradients' norm over all weights is scaled down to at most this. */
  clip: number;
};

/**
 * One step over all weights, in place. If the gradients' norm is not finite, nothing changes.
 * @param gradients of the variables, in their order
 * @param slots from `createSlots`, or restored
 * @param update.step from 1
 * @param update.clip the gradients' norm over all weights is scaled down to at most this; absent for no clipping
 * @returns norm: of all gradients together, before clipping
 */
export function updateWeights(
  name: OptimizerName,
  variables: readonly Variable[],
  gradients: readonly Tensor[],
  slots: Slots,
  { clip = Infinity, ...update }: Update & { clip?: number },
): { norm: number } {
  const step: UpdateArguments = { variables, gradients, slots, update, clip };
  return backendExtension().updateWeights?.(name, step) ?? updateEach(name, step, byEquations(name), sumOfSquares);
}

/** Changes one weight and its slots, in the order in which the optimizer declares them. @param gradient clipped */
export type WeightUpdate = (weights: Variable, gradient: Tensor, slots: readonly Variable[], update: Update) => void;

const sumOfSquares = (gradient: Tensor): Tensor => sum(square(gradient));

/** Clips, then changes one weight after the other. @param squaredNorm the sum of squares of a gradient's elements, a scalar */
export function updateEach(
  name: OptimizerName,
  { variables, gradients, slots, update, clip }: UpdateArguments,
  change: WeightUpdate,
  squaredNorm: (gradient: Tensor) => Tensor,
): { norm: number } {
  const squares = gradients.map((gradient) => tidy(() => squaredNorm(gradient).dataSync()[0]!));
  const norm = Math.sqrt(squares.reduce((total, next) => total + next, 0));
  if (!Number.isFinite(norm)) return { norm };
  const slotNames = optimizers[name].slots;
  for (const [index, weights] of variables.entries()) {
    tidy(() => {
      const gradient = norm > clip ? mul(gradients[index]!, clip / norm) : gradients[index]!;
      change(
        weights,
        gradient,
        slotNames.map((slot) => slots[slot]![index]!),
        update,
      );
    });
  }
  return { norm };
}

/** An optimizer's update by its equations. */
export function byEquations(name: OptimizerName): WeightUpdate {
  const { slots: names, reference } = optimizers[name] as unknown as Optimizer<string>;
  return (weights, gradient, slots, update) => {
    const before = Object.fromEntries(names.map((slot, index) => [slot, slots[index]!]));
    const { weights: updated, ...after } = reference(weights, gradient, before, update);
    weights.assign(updated!);
    for (const [slot, value] of Object.entries(after)) before[slot]!.assign(value);
  };
}
