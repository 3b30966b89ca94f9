/** @file Dynamic evaluation (Krause, Kahembwe, Murray & Renals 2018): after each segment of a text a gradient step, and a pull back to the trained weights. */
import { type Scalar, tensor, tidy, variableGrads } from "../engine/tfjs.js";
import type { TokenBatch } from "../examples/batch.js";
import { inputsOf, targetsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import type { WeightValues } from "../network/storedWeights.js";

/** rate: of the gradients of the mean loss of a segment; decay: the fraction of the way back to the trained weights in each step. */
export type DynamicSettings = { rate: number; decay: number };

/** The weights of a network that adapts. They are as before after `restore`. */
export class DynamicWeights {
  private readonly trained: WeightValues;

  constructor(
    private readonly network: Network,
    private readonly settings: DynamicSettings,
  ) {
    this.trained = network.values();
  }

  /** A step by the loss of a segment, without dropout. @param before the state before the segment */
  step(batch: TokenBatch, before: NetworkState | null): void {
    for (const [name, gradient] of segmentGradients(this.network, batch, before)) {
      const weight = this.network.weights.get(name)!;
      const changed = this.changed(name, weight.dataSync<"float32">(), gradient);
      tidy(() => weight.assign(tensor(changed, weight.shape, "float32")));
    }
  }

  private changed(name: string, weight: Float32Array, gradient: Float32Array): Float32Array {
    const { rate, decay } = this.settings;
    const trained = this.trained.get(name)!.values;
    const changed = new Float32Array(weight.length);
    for (let at = 0; at < changed.length; at++) {
      const value = weight[at]!;
      changed[at] = value - rate * gradient[at]! + decay * (trained[at]! - value);
    }
    return changed;
  }

  restore(): void {
    this.network.assign(this.trained);
  }
}

/** The gradients of the mean loss of a segment, for each weight that has one. */
export function segmentGradients(
  network: Network,
  batch: TokenBatch,
  before: NetworkState | null,
): Map<string, Float32Array> {
  const weights = [...network.weights];
  const found = new Map<string, Float32Array>();
  tidy(() => {
    const { grads } = variableGrads(
      (): Scalar =>
        network.loss(inputsOf(batch), targetsOf(batch), before, { training: true, dropping: false, seed: 0 }).loss,
      weights.map(([, variable]) => variable),
    );
    for (const [name, variable] of weights) {
      const gradient = grads[variable.name];
      if (gradient) found.set(name, gradient.dataSync<"float32">());
    }
  });
  return found;
}
