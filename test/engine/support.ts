/** @file Helpers of the engine's tests: the available backends, random tensors, and an operation's outputs and gradients as arrays. */
import { add, grads, mul, sum, type Tensor, tensor, tidy } from "../support/tfjs.js";
import { describeBackends, selectBackend } from "../../src/engine/backends/index.js";
import type { BackendName } from "../../src/common/names.js";
import { randomStream } from "../../src/common/random.js";

const { backends } = describeBackends();
for (const { name, missing } of backends)
  if (missing !== null) console.warn(`tests of the ${name} backend are skipped: ${missing}`);

/** The available backends, in the order of `auto`. */
export const backendsHere: BackendName[] = backends.flatMap(({ name, missing }) => (missing === null ? name : []));

/** Backends whose result for a row has the same bits in any batch; the bits of TensorFlow's products depend on the number of rows. */
export const exactBackendsHere: BackendName[] = backendsHere.filter((name) => name !== "tensorflow");

/** For `test.skipIf`: the addon is missing. */
export const withoutNative = !backendsHere.includes("native");

export type Values = { shape: number[]; values: Float32Array };

/** Uniform in -1…1. */
export function randomValues(shape: number[], ...seed: (string | number)[]): Values {
  const random = randomStream(1, ...seed);
  return {
    shape,
    values: Float32Array.from({ length: shape.reduce((size, axis) => size * axis, 1) }, () => 2 * random() - 1),
  };
}

/** Integers from low to high - 1. */
export function randomIntegers(count: number, low: number, high: number, ...seed: (string | number)[]): number[] {
  const random = randomStream(2, ...seed);
  return Array.from({ length: count }, () => low + Math.floor(random() * (high - low)));
}

export type Evaluation = { outputs: Float32Array[]; gradients: Float32Array[] };

const copyOf = (result: Tensor): Float32Array => Float32Array.from(result.dataSync());

/** Runs an operation forward, then forward and backward, with the weighted sum of its outputs as the loss. */
export async function evaluate(
  backend: BackendName,
  inputs: Values[],
  run: (tensors: Tensor[]) => Tensor[],
): Promise<Evaluation> {
  await selectBackend(backend);
  return tidy(() => {
    const tensors = inputs.map(({ shape, values }) => tensor(values.slice(), shape));
    const outputs = run(tensors).map(copyOf);
    const gradients = grads((...given: Tensor[]) => weighted(run(given)))(tensors).map(copyOf);
    return { outputs, gradients };
  });
}

/** Σ cos(index) · element, over all elements of all outputs. */
const weighted = (outputs: Tensor[]): Tensor =>
  outputs
    .map((output) =>
      sum(
        mul(
          output,
          tensor(
            Float32Array.from({ length: output.size }, (_, index) => Math.cos(index + 1)),
            output.shape,
          ),
        ),
      ),
    )
    .reduce((total, term) => add(total, term));

/** The largest difference of two elements, relative to the largest element of the expected array; infinite for NaN or another size. */
export const difference = (actual: Float32Array[], expected: Float32Array[]): number =>
  actual.length === expected.length
    ? Math.max(0, ...expected.map((values, index) => differenceOf(actual[index]!, values)))
    : Infinity;

function differenceOf(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const differences = expected.map((value, position) => Math.abs(actual[position]! - value));
  return differences.some(Number.isNaN)
    ? Infinity
    : differences.reduce((largest, value) => Math.max(largest, value), 0) / scale;
}

/** On the cpu backend: the largest difference of the gradient from the central differences of the weighted sum of the outputs. */
export async function gradientError(inputs: Values[], run: (tensors: Tensor[]) => Tensor[]): Promise<number> {
  const { gradients } = await evaluate("cpu", inputs, run);
  const value = (): number =>
    tidy(() => weighted(run(inputs.map(({ shape, values }) => tensor(values.slice(), shape)))).dataSync()[0]!);
  const step = 1e-2;
  const numerical = inputs.map(({ values }) =>
    values.map((original, position) => {
      values[position] = original - step;
      const below = value();
      values[position] = original + step;
      const above = value();
      values[position] = original;
      return (above - below) / (2 * step);
    }),
  );
  return difference(gradients, numerical);
}

/** The bits of the numbers, so that NaN, infinities and zeros of either sign compare exactly. */
export const bitsOf = (values: Float32Array): Uint32Array => new Uint32Array(values.slice().buffer);
