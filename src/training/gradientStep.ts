/** @file One training step on one batch: forward pass, backward pass, clipping, update of the weights. */
import type { OptimizerConstants } from "../engine/ops/optimizers.js";
import { type Slots, updateWeights } from "../engine/ops/updateWeights.js";
import { keep, type Scalar, tidy, variableGrads, zerosLike } from "../engine/tfjs.js";
import type { Batch } from "../examples/batch.js";
import type { OptimizerName } from "../common/names.js";
import { inputsOf, targetsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import { seed32 } from "../common/random.js";

export type StepOptions = OptimizerConstants & {
  optimizer: OptimizerName;
  learningRate: number;
  /** The largest global norm of the gradients; larger ones are scaled down. */
  clipNorm: number;
  /** Dropout depends on it and on `step`. */
  seed: number;
  /** From 0. */
  step: number;
};

/**
 * Updates the network's weights and the optimizer's slots in place; neither if the norm of the gradients is not finite.
 * @param before the state before the batch; null for the initial state
 * @returns loss: mean in nats; norm: global norm of the gradients before clipping; state: after the batch; the caller disposes of it
 */
export function gradientStep(
  network: Network,
  batch: Batch,
  before: NetworkState | null,
  slots: Slots,
  { optimizer, seed, step, clipNorm, ...options }: StepOptions,
): { loss: number; norm: number; state: NetworkState } {
  const variables = [...network.weights.values()];
  const mode = { training: true, seed: seed32(seed, "dropout", step) };
  let after: NetworkState = [];
  return tidy(() => {
    const { value, grads } = variableGrads((): Scalar => {
      const { loss, state } = network.loss(inputsOf(batch), targetsOf(batch), before, mode);
      after = state.map((tensors) => tensors.map(keep));
      return loss;
    }, variables);
    // A learned initial state has no gradient in a batch that continues the previous one.
    const gradients = variables.map((weight) => grads[weight.name] ?? zerosLike(weight));
    const { norm } = updateWeights(optimizer, variables, gradients, slots, {
      ...options,
      clip: clipNorm,
      step: step + 1,
    });
    return { loss: value.dataSync()[0]!, norm, state: after };
  });
}
