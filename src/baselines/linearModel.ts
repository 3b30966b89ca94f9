/** @file A linear model, learned one example after the other: what a network that predicts from numbers, or a number, is measured against. */
import { softmax } from "../network/softmax.js";
import { randomStream, shuffle } from "../common/random.js";

/** What is known of an example: places below `inputs`, each with its value. */
export type Features = { places: ArrayLike<number>; values: ArrayLike<number> };

export type Example = { features: Features; target: number };

/** Writes the derivative of an example's loss by each output over the outputs. */
type Loss = (outputs: Float64Array, target: number) => void;

/** Half the squared error of one output. */
export const squaredError: Loss = (outputs, target) => {
  outputs[0]! -= target;
};

/** Cross-entropy of the softmax. @param target the class */
export const crossEntropy: Loss = (outputs, target) => {
  outputs.set(softmax(outputs));
  outputs[target]! -= 1;
};

/** Adagrad (Duchi et al. 2011): a step for each weight that shrinks with all that it was moved by. */
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

  predict({ places, values }: Features): Float64Array {
    const { inputs, outputs, weights } = this;
    const sums = weights.slice(inputs * outputs);
    for (let index = 0; index < places.length; index++) {
      const [row, value] = [places[index]! * outputs, values[index]!];
      for (let output = 0; output < outputs; output++) sums[output]! += weights[row + output]! * value;
    }
    return sums;
  }

  /** Each example some times, in an order that is always the same. */
  learn(count: number, exampleAt: (index: number) => Example, loss: Loss): void {
    const order = Int32Array.from({ length: count }, (_, index) => index);
    for (let pass = 0; pass < passes; pass++) {
      for (const index of shuffle(order, randomStream(pass, "linear model"))) {
        const { features, target } = exampleAt(index);
        const errors = this.predict(features);
        loss(errors, target);
        this.step(errors, features);
      }
    }
  }

  private step(errors: Float64Array, { places, values }: Features): void {
    const { inputs, outputs, weights, squares } = this;
    for (let index = 0; index <= places.length; index++) {
      const [place, value] = index < places.length ? [places[index]!, values[index]!] : [inputs, 1];
      if (value === 0) continue;
      for (let output = 0; output < outputs; output++) {
        const at = place * outputs + output;
        const gradient = errors[output]! * value;
        squares[at]! += gradient * gradient;
        if (gradient !== 0) weights[at]! -= (learningRate * gradient) / Math.sqrt(squares[at]!);
      }
    }
  }
}
