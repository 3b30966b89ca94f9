/** @file Common forms of gradients: which tensors are saved, and how the gradient follows from them. */
import { getReductionAxes, type GradConfig, parseAxisParam, reshape, sum, type Tensor } from "../tfjs.js";

export type Attributes = Record<string, unknown>;
export type Gradient = Omit<GradConfig, "kernelName">;

/** Sums a gradient over the axes along which its input was broadcast. */
export function sumTo(gradient: Tensor, shape: number[]): Tensor {
  const axes = getReductionAxes(shape, gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
}

/** y = f(x): the gradient from dy and x. */
export const fromInput = (
  gradient: (dy: Tensor, x: Tensor, attributes: Attributes) => Tensor,
  name = "x",
): Gradient => ({
  inputsToSave: [name],
  gradFunc: (dy, [x], attributes) => ({ [name]: () => gradient(dy as Tensor, x!, attributes) }),
});

/** y = f(x): the gradient from dy and y. */
export const fromOutput = (
  gradient: (dy: Tensor, y: Tensor, attributes: Attributes) => Tensor,
  name = "x",
): Gradient => ({
  outputsToSave: [true],
  gradFunc: (dy, [y], attributes) => ({ [name]: () => gradient(dy as Tensor, y!, attributes) }),
});

/** y = f(a, b), where either may be broadcast. @param a the gradient of a before it is summed over broadcast axes @param b the same for b */
export const binary = (a: (dy: Tensor, a: Tensor, b: Tensor) => Tensor, b: typeof a): Gradient => ({
  inputsToSave: ["a", "b"],
  gradFunc: (dy, [left, right]) => ({
    a: () => sumTo(a(dy as Tensor, left!, right!), left!.shape),
    b: () => sumTo(b(dy as Tensor, left!, right!), right!.shape),
  }),
});

/** y = f(x₀, x₁, …): a gradient for each input. */
export const variadic = (gradient: (dy: Tensor, inputs: Tensor[], attributes: Attributes) => Tensor[]): Gradient => ({
  saveAllInputs: true,
  gradFunc: (dy, inputs, attributes) => {
    const gradients = gradient(dy as Tensor, inputs, attributes);
    return Object.fromEntries(gradients.map((tensor, index) => [index, () => tensor]));
  },
});

/** The axes of a reduction; keep: reshapes its result or gradient so that those axes have size 1. */
export function reduction(x: Tensor, { axis }: Attributes): { axes: number[]; keep: (reduced: Tensor) => Tensor } {
  const axes = parseAxisParam(axis as number[], x.shape);
  const kept = x.shape.map((size, index) => (axes.includes(index) ? 1 : size));
  return { axes, keep: (reduced) => reshape(reduced, kept) };
}
