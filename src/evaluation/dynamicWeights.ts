/** @file Dynamic evaluation (Krause, Kahembwe, Murray & Renals 2018): after each segment of a text a gradient step, and a pull back to the trained weights. */
import { type Scalar, tensor, tidy, variableGrads } from "../engine/tfjs.js";
import type { TokenBatch } from "../examples/batch.js";
import { inputsOf, targetsOf } from "../network/inputs.js";
import type { Network, NetworkState } from "../network/network.js";
import type { WeightValues } from "../network/storedWeights.js";

/** rate: of a gradient divided by its usual size; decay: the fraction of the way back to the trained weights in each step, for a weight whose gradient has the mean size. */
export type DynamicRates = { rate: number; decay: number };
export type DynamicSettings = DynamicRates & { sizes: GradientSizes };

/** The root mean square of each weight's gradient over segments of the training part, and the mean of all. */
export type GradientSizes = { values: ReadonlyMap<string, Float32Array>; mean: number };

/** Of the paper: it keeps weights that had hardly any gradient from large steps. */
const epsilon = 0.002;

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
    const { rate, decay, sizes } = this.settings;
    const trained = this.trained.get(name)!.values;
    const size = sizes.values.get(name)!;
    const changed = new Float32Array(weight.length);
    for (let at = 0; at < changed.length; at++) {
      const value = weight[at]!;
      const back = Math.min(1, (decay * size[at]!) / sizes.mean);
      changed[at] = value - (rate * gradient[at]!) / (size[at]! + epsilon) + back * (trained[at]! - value);
    }
    return changed;
  }

  restore(): void {
    this.network.assign(this.trained);
  }
}

/** The sizes of gradients over some segments, each read from the initial state. */
export function gradientSizes(network: Network, segments: Iterable<TokenBatch>): GradientSizes {
  const sizes = new Map([...network.weights].map(([name, { size }]) => [name, new Float32Array(size)]));
  let count = 0;
  for (const batch of segments) {
    count++;
    for (const [name, gradient] of segmentGradients(network, batch, null)) {
      const squares = sizes.get(name)!;
      for (let at = 0; at < squares.length; at++) squares[at]! += gradient[at]! * gradient[at]!;
    }
  }
  let [sum, weights] = [0, 0];
  for (const values of sizes.values()) {
    for (let at = 0; at < values.length; at++) sum += values[at] = Math.sqrt(values[at]! / count);
    weights += values.length;
  }
  return { values: sizes, mean: sum / weights };
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
