/** @file One training step on one batch: forward pass, backward pass, clipping, update of the weights. */
import type { OptimizerConstants } from "../engine/ops/optimizers.js";
import { type Slots, updateWeights } from "../engine/ops/updateWeights.js";
import { keep, mul, type Scalar, slice, type Tensor, tidy, variableGrads, zerosLike } from "../engine/tfjs.js";
import type { Batch } from "../examples/batch.js";
import type { OptimizerName } from "../common/names.js";
import { inputsOf, targetsOf } from "../network/inputs.js";
import type { LabelLoss } from "../network/head.js";
import type { Network, NetworkState } from "../network/network.js";
import { seed32 } from "../common/random.js";
import { type FrozenRows, isFrozen, partlyFrozen, restoreFirstRows, withoutFirstRows } from "./frozenWeights.js";

export type StepOptions = OptimizerConstants & {
  optimizer: OptimizerName;
  learningRate: number;
  /** The largest global norm of the gradients; larger ones are scaled down. */
  clipNorm: number;
  /** Dropout depends on it and on `step`. */
  seed: number;
  /** From 0. */
  step: number;
  /** Weights that stay as they are. Default: none. */
  frozen?: FrozenRows | undefined;
  /** Default: the mean cross-entropy. */
  labelLoss?: LabelLoss | undefined;
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
  { optimizer, seed, step, clipNorm, labelLoss, frozen = new Map(), ...options }: StepOptions,
): { loss: number; norm: number; state: NetworkState } {
  const trained = [...network.weights].flatMap(([name, variable], index) =>
    isFrozen(frozen, name, variable) ? [] : [{ name, variable, index }],
  );
  const variables = trained.map(({ variable }) => variable);
  const { teacher } = batch;
  const mode = {
    training: true,
    seed: seed32(seed, "dropout", step),
    labelLoss: teacher ? { ...labelLoss, teacher } : labelLoss,
  };
  let after: NetworkState = [];
  return tidy(() => {
    const { value, grads } = variableGrads((): Scalar => {
      const { loss, state } = network.loss(inputsOf(batch), targetsOf(batch), before, mode);
      after = state.map((tensors) => tensors.map(keep));
      return loss;
    }, variables);
    // A learned initial state has no gradient in a batch that continues the previous one.
    const gradients = variables.map((weight) => grads[weight.name] ?? zerosLike(weight));
    const partly = trained.flatMap(({ name, variable }, index) => {
      const rows = partlyFrozen(frozen, name, variable);
      return rows === undefined ? [] : [{ index, variable, rows, first: firstRows(variable, rows) }];
    });
    for (const { index, rows } of partly) gradients[index] = withoutFirstRows(gradients[index]!, rows);
    const ownSlots = frozen.size === 0 ? slots : slotsOf(slots, trained);
    const { norm } = updateWeights(optimizer, variables, gradients, ownSlots, {
      ...options,
      clip: clipNorm,
      step: step + 1,
    });
    for (const { variable, first } of partly) restoreFirstRows(variable, first);
    return { loss: value.dataSync()[0]!, norm, state: after };
  });
}

/** A copy, because the update is in place; the product has memory of its own. */
const firstRows = (weight: Tensor, rows: number): Tensor => mul(slice(weight, [0], [rows]), 1);

const slotsOf = (slots: Slots, trained: readonly { index: number }[]): Slots =>
  Object.fromEntries(
    Object.entries(slots).map(([slot, variables]) => [slot, trained.map(({ index }) => variables[index]!)]),
  );
