/** @file A linear model trained by stochastic gradient descent: the baseline for inputs of numbers and for regressors. */
import { softmax } from "../network/softmax.js";
import { randomStream, shuffle } from "../common/random.js";

/** The nonzero features of an example: indices below `inputs`, and their values. */
export type Features = { indices: ArrayLike<number>; values: ArrayLike<number> };

export type Example = { features: Features; target: number };

/** Replaces the outputs by the gradient of the loss. */
type Loss = (outputs: Float64Array, target: number) => void;

/** Half the squared error of one output. */
export const squaredError: Loss = (outputs, target) => {
  outputs[0]! -= target;
};

/** Cross-entropy of the softmax. @param target the class id */
export const crossEntropy: Loss = (outputs, target) => {
  outputs.set(softmax(outputs));
  outputs[target]! -= 1;
};

/** Of Adagrad (Duchi et al. 2011). */
const learningRate = 0.05;
const passes = 3;

/** outputs = weights · features + bias. */
export class LinearModel {
  private readonly weights: Float64Array; // [inputs + 1, outputs], the last row the bias
  private readonly squares: Float64Array; // [inputs + 1, outputs], sums of squared gradients

  constructor(
    private readonly inputs: number,
    private readonly outputs: number,
  ) {
    this.weights = new Float64Array((inputs + 1) * outputs);
    this.squares = new Float64Array((inputs + 1) * outputs);
  }

  predict({ indices, values }: Features): Float64Array {
    const { inputs, outputs, weights } = this;
    const sums = weights.slice(inputs * outputs);
    for (let index = 0; index < indices.length; index++) {
      const [row, value] = [indices[index]! * outputs, values[index]!];
      for (let output = 0; output < outputs; output++) sums[output]! += weights[row + output]! * value;
    }
    return sums;
  }

  /**
   * Trains on each example three times, in a fixed random order.
   * @param until when the time is over, in milliseconds of `performance.now`: the first examples of the order that fit into a third of it are read three times
   * @returns the number of examples that were read
   */
  fit(count: number, exampleAt: (index: number) => Example, loss: Loss, until = Infinity): number {
    const order = Int32Array.from({ length: count }, (_, index) => index);
    const started = performance.now();
    const firstPassUntil = started + (until - started) / passes;
    let read = count;
    for (let pass = 0; pass < passes; pass++) {
      for (const [at, index] of shuffle(order.subarray(0, read), randomStream(pass, "linear model")).entries()) {
        if (pass === 0 && at > 0 && performance.now() >= firstPassUntil) {
          read = at;
          break;
        }
        const { features, target } = exampleAt(index);
        const errors = this.predict(features);
        loss(errors, target);
        this.step(errors, features);
      }
    }
    return read;
  }

  private step(errors: Float64Array, { indices, values }: Features): void {
    const { inputs, outputs, weights, squares } = this;
    for (let index = 0; index <= indices.length; index++) {
      const [feature, value] = index < indices.length ? [indices[index]!, values[index]!] : [inputs, 1];
      if (value === 0) continue;
      for (let output = 0; output < outputs; output++) {
        const at = feature * outputs + output;
        const gradient = errors[output]! * value;
        squares[at]! += gradient * gradient;
        if (gradient !== 0) weights[at]! -= (learningRate * gradient) / Math.sqrt(squares[at]!);
      }
    }
  }
}
