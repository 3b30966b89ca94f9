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
export function logitsOf(scores: Float64Array, classes: number): Float32Array {
  if (classes !== 2) return new Float32Array(scores);
  const logits = new Float32Array(2);
  logits[0] = -scores[0]! / 2;
  logits[1] = scores[0]! / 2;
  return logits;
}

/** score = weights · units / ‖units‖ over the distinct n-grams of a text, + bias: of each class against all others, or with two classes of the second against the first. */
export class BagModel {
  /** Of scores: 1 with two classes. */
  readonly outputs: number;
  /** [features, 1 + outputs], the value and the weights of each: together, because reading them costs more than the sums. */
  private readonly table: Float32Array;
  private readonly scores: Float64Array; // [outputs], of the last text

  constructor(
    readonly features: BagFeatures,
    readonly parameters: BagParameters,
    readonly classes: number,
  ) {
    const outputs = outputsFor(classes);
    this.outputs = outputs;
    this.scores = new Float64Array(outputs);
    this.table = new Float32Array(features.count * (1 + outputs));
    for (let feature = 0, at = 0; feature < features.count; feature++) {
      this.table[at++] = parameters.units[feature]!;
      for (let output = 0; output < outputs; output++)
        this.table[at++] = parameters.weights[feature * outputs + output]!;
    }
  }

  /** The logits of the classes. With two classes their difference is the score. @param ids of all tokens of a text */
  logits(ids: ArrayLike<number>): Float32Array {
    const { outputs, features, classes, table, scores } = this;
    const { bias } = this.parameters;
    scores.fill(0);
    const { features: found, count } = features.of(ids);
    let squares = 0;
    for (let index = 0; index < count; index++) {
      const at = found[index]! * (1 + outputs);
      squares += table[at]! ** 2;
      for (let output = 0; output < outputs; output++) scores[output]! += table[at + 1 + output]!;
    }
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
