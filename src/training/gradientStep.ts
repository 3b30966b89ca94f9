/** @file One step of gradient descent on one batch: forward, backward, clip, update. */
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
  /** Gradients are scaled down to this global norm. */
  clipNorm: number;
  /** With `step`, what dropout is drawn from. */
  seed: number;
  /** From 0. */
  step: number;
};

/**
 * Changes the network's weights and the optimizer's slots in place; neither where the gradients' norm is not finite.
 * @param before the state that the batch goes on from; null for zeros
 * @returns loss: the mean in nats; norm: of all gradients, before clipping; state: after the batch, for the caller to dispose of
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
    // A learned beginning is read by none of the rows that go on where the batch before ended.
    const gradients = variables.map((weight) => grads[weight.name] ?? zerosLike(weight));
    const { norm } = updateWeights(optimizer, variables, gradients, slots, {
      ...options,
      clip: clipNorm,
      step: step + 1,
    });
    return { loss: value.dataSync()[0]!, norm, state: after };
  });
}
