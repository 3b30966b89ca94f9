/** @file The optimizers: what each remembers of a weight, and its equations. */
import { add, div, mul, sqrt, square, sub, type Tensor } from "../tfjs.js";
import type { OptimizerName } from "../../common/names.js";
import type { Kernels } from "../kernelBackend/signatures.js";

/** What a person may choose of an optimizer; each reads its own. */
export type OptimizerConstants = {
  /** Share of the last step in the next. */
  momentum: number;
  /** What a weight loses of itself at a step, as a multiple of the learning rate. */
  weightDecay: number;
};

/** One update; steps count from 1. */
export type Update = OptimizerConstants & { step: number; learningRate: number };

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

export type Optimizer<Slot extends string> = {
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
export const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
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
