/** @file The optimizers: what each remembers of a weight, and how it changes all weights at once, in place. */
import { add, div, mul, sqrt, square, sub, sum, type Tensor, tidy, type Variable, variable, zeros } from "../tfjs.js";
import type { OptimizerName } from "../../names.js";
import type { NativeBackend } from "../native/backend.js";
import { nativeBackend } from "../native/backend.js";
import type { Kernels } from "../native/signatures.js";

/** What a person may choose of an optimizer; each reads its own. */
export type OptimizerConstants = {
  /** Share of the last step in the next. */
  momentum: number;
  /** What a weight loses of itself at a step, as a multiple of the learning rate. */
  weightDecay: number;
};

/** One update; steps count from 1. */
type Update = OptimizerConstants & { step: number; learningRate: number };

/** What every update's kernel takes. */
type Weights<Slot extends string> = {
  tensors: number;
  sizes: Int32Array;
  gradients: Float32Array[];
  weights: Float32Array[];
  slots: Slotted<Slot, Float32Array[]>;
  learningRate: number;
  clip: number;
  norm: Float64Array;
};

type Optimizer<Slot extends string> = {
  /** What it remembers, each of the weight's shape, at first zero. */
  slots: readonly Slot[];
  /** @param gradient clipped */
  reference: (
    weights: Tensor,
    gradient: Tensor,
    slots: Slotted<Slot, Tensor>,
    update: Update,
  ) => Slotted<Slot | "weights", Tensor>;
  native: (kernels: Kernels, weights: Weights<Slot>, update: Update) => void;
};

type Slotted<Slot extends string, Values> = Record<NoInfer<Slot>, Values>; // the names come from `slots` alone

const optimizer = <const Slot extends string>(declared: Optimizer<Slot>): Optimizer<Slot> => declared;

/** Kingma & Ba 2015, with the paper's constants; weights decay apart from the gradient (Loshchilov & Hutter 2019), if at all. */
const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const corrections = (step: number): { correction1: number; correction2: number } => ({
  correction1: 1 / (1 - adamConstants.beta1 ** step),
  correction2: 1 / (1 - adamConstants.beta2 ** step),
});
const adam = (decayOf: (update: Update) => number) =>
  optimizer({
    slots: ["mean", "variance"],
    reference: (weights, gradient, slots, update) => {
      const { beta1, beta2, epsilon } = adamConstants;
      const { correction1, correction2 } = corrections(update.step);
      const mean = add(mul(slots.mean, beta1), mul(gradient, 1 - beta1));
      const variance = add(mul(slots.variance, beta2), mul(square(gradient), 1 - beta2));
      const direction = div(mul(mean, correction1), add(sqrt(mul(variance, correction2)), epsilon));
      const decayed = mul(weights, 1 - update.learningRate * decayOf(update));
      return { weights: sub(decayed, mul(direction, update.learningRate)), mean, variance };
    },
    native: (kernels, { slots, ...weights }, update) =>
      kernels.adamUpdate({
        ...adamConstants,
        ...corrections(update.step),
        ...weights,
        weightDecay: decayOf(update),
        means: slots.mean,
        variances: slots.variance,
      }),
  });

/** velocity = momentum · velocity + gradient, as PyTorch has it. */
const moving = (nesterov: boolean) =>
  optimizer({
    slots: ["velocity"],
    reference: (weights, gradient, slots, { learningRate, momentum }) => {
      const velocity = add(mul(slots.velocity, momentum), gradient);
      const step = nesterov ? add(gradient, mul(velocity, momentum)) : velocity;
      return { weights: sub(weights, mul(step, learningRate)), velocity };
    },
    native: (kernels, { slots, ...weights }, { momentum }) =>
      kernels.momentumUpdate({ ...weights, momentum, nesterov, velocities: slots.velocity }),
  });

const rmspropConstants = { beta: 0.9, epsilon: 1e-8 };

export const optimizers = {
  adam: adam(() => 0),
  adamw: adam(({ weightDecay }) => weightDecay),

  /** Plain gradient descent. */
  sgd: optimizer({
    slots: [],
    reference: (weights, gradient, _, { learningRate }) => ({ weights: sub(weights, mul(gradient, learningRate)) }),
    native: (kernels, weights) => kernels.sgdUpdate(weights),
  }),

  /** Polyak 1964. */
  momentum: moving(false),

  /** Nesterov 1983, as Sutskever 2013 has it: the gradient's own step, and then the velocity's. */
  nesterov: moving(true),

  /** Tieleman & Hinton 2012. */
  rmsprop: optimizer({
    slots: ["square"],
    reference: (weights, gradient, slots, { learningRate }) => {
      const { beta, epsilon } = rmspropConstants;
      const mean = add(mul(slots.square, beta), mul(square(gradient), 1 - beta));
      return { weights: sub(weights, mul(div(gradient, add(sqrt(mean), epsilon)), learningRate)), square: mean };
    },
    native: (kernels, { slots, ...weights }) =>
      kernels.rmspropUpdate({ ...weights, ...rmspropConstants, squares: slots.square }),
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
  { clip = Infinity, ...update }: Update & { clip?: number },
): { norm: number } {
  const declared = optimizers[name] as unknown as Optimizer<string>;
  const native = nativeBackend();
  return native
    ? updateNative(native, declared, { variables, gradients, slots }, update, clip)
    : updateReference(declared, { variables, gradients, slots }, update, clip);
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

function updateReference(
  { slots: names, reference }: Optimizer<string>,
  { variables, gradients, slots }: Tensors,
  update: Update,
  clip: number,
): { norm: number } {
  const squares = gradients.map((gradient) => tidy(() => sum(square(gradient)).dataSync()[0]!));
  const norm = Math.sqrt(squares.reduce((total, next) => total + next, 0));
  if (!Number.isFinite(norm)) return { norm };
  const scale = norm > clip ? clip / norm : 1;
  for (const [index, weights] of variables.entries()) {
    const own = Object.fromEntries(names.map((slot) => [slot, slots[slot]![index]!]));
    tidy(() => {
      const { weights: updated, ...kept } = reference(weights, mul(gradients[index]!, scale), own, update);
      weights.assign(updated!);
      for (const [slot, value] of Object.entries(kept)) own[slot]!.assign(value);
    });
  }
  return { norm };
}
