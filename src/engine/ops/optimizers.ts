/** @file The optimizers as equations: the reference for every backend's own implementation. */
import { add, div, mul, sqrt, square, sub, type Tensor } from "../tfjs.js";
import type { OptimizerName } from "../../common/names.js";

/** Constants that a user may set; each optimizer uses only some of them. */
export type OptimizerConstants = {
  /** The fraction of the last step that is added to the next, 0…1. */
  momentum: number;
  /** At each step, each weight is multiplied by 1 - learningRate · weightDecay. */
  weightDecay: number;
};

/** One update; steps count from 1. */
export type Update = OptimizerConstants & { step: number; learningRate: number };

export type Optimizer<Slot extends string> = {
  /** Names of the state tensors of each weight; they have the weight's shape and start at zero. */
  slots: readonly Slot[];
  /** A learning rate that is usual; several times as high is often too high. */
  usualRate: number;
  /** The new weights and slots. @param gradient clipped */
  reference: (
    weights: Tensor,
    gradient: Tensor,
    slots: Slotted<Slot, Tensor>,
    update: Update,
  ) => Slotted<Slot | "weights", Tensor>;
};

type Slotted<Slot extends string, Values> = Record<NoInfer<Slot>, Values>; // the names come from `slots` alone

const optimizer = <const Slot extends string>(declared: Optimizer<Slot>): Optimizer<Slot> => declared;

/** Kingma & Ba 2015, with the paper's constants; AdamW decouples weight decay from the gradient (Loshchilov & Hutter 2019). */
export const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
/** The bias corrections of the mean and the variance. */
export const corrections = (step: number): { correction1: number; correction2: number } => ({
  correction1: 1 / (1 - adamConstants.beta1 ** step),
  correction2: 1 / (1 - adamConstants.beta2 ** step),
});
const adam = (decayOf: (update: Update) => number) =>
  optimizer({
    slots: ["mean", "variance"],
    usualRate: 0.005,
    reference: (weights, gradient, slots, update) => {
      const { beta1, beta2, epsilon } = adamConstants;
      const { correction1, correction2 } = corrections(update.step);
      const mean = add(mul(slots.mean, beta1), mul(gradient, 1 - beta1));
      const variance = add(mul(slots.variance, beta2), mul(square(gradient), 1 - beta2));
      const direction = div(mul(mean, correction1), add(sqrt(mul(variance, correction2)), epsilon));
      const decayed = mul(weights, 1 - update.learningRate * decayOf(update));
      return { weights: sub(decayed, mul(direction, update.learningRate)), mean, variance };
    },
  });

/** velocity = momentum · velocity + gradient, as in PyTorch. */
const withMomentum = (nesterov: boolean) =>
  optimizer({
    slots: ["velocity"],
    usualRate: 0.3,
    reference: (weights, gradient, slots, { learningRate, momentum }) => {
      const velocity = add(mul(slots.velocity, momentum), gradient);
      const step = nesterov ? add(gradient, mul(velocity, momentum)) : velocity;
      return { weights: sub(weights, mul(step, learningRate)), velocity };
    },
  });

export const rmspropConstants = { beta: 0.9, epsilon: 1e-8 };

export const optimizers = {
  adam: adam(() => 0),
  adamw: adam(({ weightDecay }) => weightDecay),

  /** Plain gradient descent. */
  sgd: optimizer({
    slots: [],
    usualRate: 1,
    reference: (weights, gradient, _, { learningRate }) => ({ weights: sub(weights, mul(gradient, learningRate)) }),
  }),

  /** Polyak 1964. */
  momentum: withMomentum(false),

  /** Nesterov 1983, in the form of Sutskever 2013: weights -= learningRate · (gradient + momentum · velocity). */
  nesterov: withMomentum(true),

  /** Tieleman & Hinton 2012. */
  rmsprop: optimizer({
    slots: ["square"],
    usualRate: 0.005,
    reference: (weights, gradient, slots, { learningRate }) => {
      const { beta, epsilon } = rmspropConstants;
      const mean = add(mul(slots.square, beta), mul(square(gradient), 1 - beta));
      return { weights: sub(weights, mul(div(gradient, add(sqrt(mean), epsilon)), learningRate)), square: mean };
    },
  }),
} satisfies Record<OptimizerName, { slots: readonly string[] }>;
