/** @file A bag of n-grams: a linear classifier over the n-grams that occur in a text. */
import type { StorableArrays } from "../checkpoint/safetensors.js";
import type { BagFeatures } from "./bagFeatures.js";
import { outputsFor } from "./bagWeighting.js";

/** The parameters of an output stand together for each feature. */
export type BagParameters = {
  /** [features], the value of each before a text gets the length 1. */
  units: Float32Array;
  /** [features, outputs] */
  weights: Float32Array;
  /** [outputs] */
  bias: Float32Array;
};

/** Logits whose softmax has the log odds of the scores: two classes have one score. */
export const logitsOf = (scores: Float64Array, classes: number): Float32Array =>
  classes === 2 ? Float32Array.of(-scores[0]! / 2, scores[0]! / 2) : Float32Array.from(scores);

/** score = weights · units / ‖units‖ over the distinct n-grams of a text, + bias: of each class against all others, or with two classes of the second against the first. */
export class BagModel {
  /** Of scores: 1 with two classes. */
  readonly outputs: number;

  constructor(
    readonly features: BagFeatures,
    readonly parameters: BagParameters,
    readonly classes: number,
  ) {
    this.outputs = outputsFor(classes);
  }

  /** The logits of the classes. With two classes their difference is the score. @param ids of all tokens of a text */
  logits(ids: ArrayLike<number>): Float32Array {
    const { outputs, features, classes } = this;
    const { units, weights, bias } = this.parameters;
    const scores = new Float64Array(outputs);
    let squares = 0;
    features.each(ids, (feature) => {
      const unit = units[feature]!;
      squares += unit * unit;
      for (let output = 0; output < outputs; output++) scores[output]! += weights[feature * outputs + output]!;
    });
    const factor = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    for (let output = 0; output < outputs; output++) scores[output] = factor * scores[output]! + bias[output]!;
    return logitsOf(scores, classes);
  }

  /** The model whose logits are divided by a number. */
  withTemperature(temperature: number): BagModel {
    const { units, weights, bias } = this.parameters;
    const divided = (values: Float32Array): Float32Array => values.map((value) => value / temperature);
    return new BagModel(this.features, { units, weights: divided(weights), bias: divided(bias) }, this.classes);
  }

  /** All that `fromArrays` needs, beside the tokenizer and the number of classes. */
  toArrays(): StorableArrays {
    const { count, list } = this.features;
    const { units, weights, bias } = this.parameters;
    return new Map([
      ["prefixes", { shape: [count], values: list.prefixes }],
      ["tokens", { shape: [count], values: list.tokens }],
      ["units", { shape: [count], values: units }],
      ["weights", { shape: [count, this.outputs], values: weights }],
      ["bias", { shape: [this.outputs], values: bias }],
    ]);
  }
}
