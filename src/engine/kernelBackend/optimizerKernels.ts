/** @file The optimizers in C: clipping, and the update of all weights, in one call. */
import type { OptimizerName } from "../../common/names.js";
import { adamConstants, corrections, rmspropConstants, type Update } from "../ops/optimizers.js";
import type { UpdateArguments } from "../ops/updateWeights.js";
import { engine, type Variable } from "../tfjs.js";
import type { KernelBackend } from "./kernelBackend.js";
import type { Kernels } from "./kernels.js";

/** The arguments common to all updates. */
type Shared = {
  tensors: number;
  sizes: Int32Array;
  gradients: Float32Array[];
  weights: Float32Array[];
  learningRate: number;
  clip: number;
  norm: Float64Array;
};

/** @param slots for each slot, by its name in ops/optimizers.ts, a buffer for each weight */
type KernelUpdate = (kernels: Kernels, shared: Shared, slots: Record<string, Float32Array[]>, update: Update) => void;

const adam =
  (decayOf: (update: Update) => number): KernelUpdate =>
  (kernels, shared, { mean, variance }, update) =>
    kernels.adamUpdate({
      ...adamConstants,
      ...corrections(update.step),
      ...shared,
      weightDecay: decayOf(update),
      means: mean!,
      variances: variance!,
    });

const withMomentum =
  (nesterov: boolean): KernelUpdate =>
  (kernels, shared, { velocity }, { momentum }) =>
    kernels.momentumUpdate({ ...shared, momentum, nesterov, velocities: velocity! });

/** Optimizers with a kernel; the others run by their equations. */
const kernelUpdates: Partial<{ [Name in OptimizerName]: KernelUpdate }> = {
  adam: adam(() => 0),
  adamw: adam(({ weightDecay }) => weightDecay),
  sgd: (kernels, shared) => kernels.sgdUpdate(shared),
  momentum: withMomentum(false),
  nesterov: withMomentum(true),
  rmsprop: (kernels, shared, { square }) => kernels.rmspropUpdate({ ...shared, ...rmspropConstants, squares: square! }),
};

/** As `updateWeights`; null for an optimizer without a kernel. */
export function kernelUpdateWeights(
  name: OptimizerName,
  { variables, gradients, slots, update, clip }: UpdateArguments,
): { norm: number } | null {
  const run = kernelUpdates[name];
  if (run === undefined) return null;
  const backend = engine().backend as KernelBackend;
  const writable = (tensors: readonly Variable[]): Float32Array[] => tensors.map((tensor) => backend.writable(tensor));
  const norm = new Float64Array(1);
  const shared: Shared = {
    tensors: variables.length,
    sizes: Int32Array.from(variables, ({ size }) => size),
    gradients: gradients.map((gradient) => backend.floats(gradient)),
    weights: writable(variables),
    learningRate: update.learningRate,
    clip,
    norm,
  };
  const slotBuffers = Object.fromEntries(Object.entries(slots).map(([slot, tensors]) => [slot, writable(tensors)]));
  run(backend.kernels, shared, slotBuffers, update);
  return { norm: norm[0]! };
}
