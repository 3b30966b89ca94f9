/** @file The optimizers: what each remembers of a weight, and how it changes the weight, in place over all weights at once. */
import { add, div, mul, sqrt, square, sub, sum, type Tensor, tidy, type Variable, variable, zeros } from "../tfjs.js";
import type { OptimizerName } from "../../names.js";
import { nativeBackend } from "../native/backend.js";
import type { Kernels } from "../native/signatures.js";

/** One update: steps count from 1; scale is what clipping multiplies the gradient with. */
type Update = { step: number; learningRate: number; scale: number };

type Optimizer<Slot extends string> = {
  /** What it remembers, each of the weight's shape, at first zero. */
  slots: readonly Slot[];
  reference: (
    weights: Tensor,
    gradient: Tensor,
    slots: Slotted<Slot, Tensor>,
    update: Update,
  ) => Slotted<Slot | "weights", Tensor>;
  native: (
    kernels: Kernels,
    weights: Float32Array,
    gradient: Float32Array,
    slots: Slotted<Slot, Float32Array>,
    update: Update,
  ) => void;
};

type Slotted<Slot extends string, Values> = Record<NoInfer<Slot>, Values>; // the names come from `slots` alone

const optimizer = <const Slot extends string>(declared: Optimizer<Slot>): Optimizer<Slot> => declared;

/** Kingma & Ba 2015, with the paper's constants. */
const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const corrections = (step: number): { correction1: number; correction2: number } => ({
  correction1: 1 / (1 - adamConstants.beta1 ** step),
  correction2: 1 / (1 - adamConstants.beta2 ** step),
});

/** The usual share of the last step in the next, as PyTorch has it: velocity = momentum · velocity + gradient. */
const momentum = 0.9;

export const optimizers = {
  adam: optimizer({
    slots: ["mean", "variance"],
    reference: (weights, gradient, slots, { step, learningRate, scale }) => {
      const { beta1, beta2, epsilon } = adamConstants;
      const { correction1, correction2 } = corrections(step);
      const scaled = mul(gradient, scale);
      const mean = add(mul(slots.mean, beta1), mul(scaled, 1 - beta1));
      const variance = add(mul(slots.variance, beta2), mul(square(scaled), 1 - beta2));
      const direction = div(mul(mean, correction1), add(sqrt(mul(variance, correction2)), epsilon));
      return { weights: sub(weights, mul(direction, learningRate)), mean, variance };
    },
    native: (kernels, weights, gradient, { mean, variance }, { step, learningRate, scale }) =>
      kernels.adamUpdate({
        ...adamConstants,
        ...corrections(step),
        count: weights.length,
        learningRate,
        scale,
        gradient,
        weights,
        mean,
        variance,
      }),
  }),

  /** Plain gradient descent. */
  sgd: optimizer({
    slots: [],
    reference: (weights, gradient, _, { learningRate, scale }) => ({
      weights: sub(weights, mul(gradient, learningRate * scale)),
    }),
    native: (kernels, weights, gradient, _, { learningRate, scale }) =>
      kernels.sgdUpdate({ count: weights.length, learningRate, momentum: 0, scale, gradient, weights, velocity: null }),
  }),

  /** Polyak 1964. */
  momentum: optimizer({
    slots: ["velocity"],
    reference: (weights, gradient, slots, { learningRate, scale }) => {
      const velocity = add(mul(slots.velocity, momentum), mul(gradient, scale));
      return { weights: sub(weights, mul(velocity, learningRate)), velocity };
    },
    native: (kernels, weights, gradient, { velocity }, { learningRate, scale }) =>
      kernels.sgdUpdate({ count: weights.length, learningRate, momentum, scale, gradient, weights, velocity }),
  }),
} satisfies Record<OptimizerName, { slots: readonly string[] }>;

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
  { step, learningRate, clip = Infinity }: { step: number; learningRate: number; clip?: number },
): { norm: number } {
  const norm = Math.sqrt(gradients.reduce((total, gradient) => total + squaredNorm(gradient), 0));
  if (!Number.isFinite(norm)) return { norm };
  const update = { step, learningRate, scale: norm > clip ? clip / norm : 1 };
  const declared = optimizers[name] as unknown as Optimizer<string>;
  const native = nativeBackend();
  for (const [index, weights] of variables.entries()) {
    const own = Object.fromEntries(declared.slots.map((slot) => [slot, slots[slot]![index]!]));
    if (native) {
      const buffers = Object.fromEntries(Object.entries(own).map(([slot, kept]) => [slot, native.writable(kept)]));
      declared.native(native.kernels, native.writable(weights), native.floats(gradients[index]!), buffers, update);
    } else {
      tidy(() => {
        const { weights: updated, ...kept } = declared.reference(weights, gradients[index]!, own, update);
        weights.assign(updated!);
        for (const [slot, value] of Object.entries(kept)) own[slot]!.assign(value);
      });
    }
  }
  return { norm };
}

function squaredNorm(gradient: Tensor): number {
  const native = nativeBackend();
  if (!native) return tidy(() => sum(square(gradient)).dataSync()[0]!);
  const total = new Float64Array(1);
  native.kernels.squaredNorm({ count: gradient.size, values: native.floats(gradient), sum: total });
  return total[0]!;
}
