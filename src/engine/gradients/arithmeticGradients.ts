/** @file Gradients of arithmetic ops: sums, products, activations, reductions. */
import {
  broadcastTo,
  cast,
  div,
  engine,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  matMul,
  mul,
  type NamedAttrMap,
  type NamedTensorMap,
  neg,
  pow,
  sigmoid,
  sign,
  sizeFromShape,
  square,
  sub,
  sum,
  type Tensor,
  where,
  zerosLike,
} from "../tfjs.js";
import { type Gradient, sumTo, fromInput, fromOutput, binary, variadic, reduction } from "./gradientForms.js";

const select = (condition: Tensor, dy: Tensor): Tensor => where(condition, dy, zerosLike(dy)); // a product with a mask would let NaN through

export const arithmeticGradients = {
  Identity: fromInput((dy) => cast(dy, "float32")),
  Cast: fromInput((dy) => cast(dy, "float32")),
  ZerosLike: fromInput((_, x) => zerosLike(x)),

  Add: binary(
    (dy) => dy,
    (dy) => dy,
  ),
  Sub: binary(
    (dy) => dy,
    (dy) => neg(dy),
  ),
  Multiply: binary(
    (dy, _, b) => mul(dy, cast(b, "float32")),
    (dy, a) => mul(dy, cast(a, "float32")),
  ),
  RealDiv: binary(
    (dy, _, b) => div(dy, cast(b, "float32")),
    (dy, a, b) => neg(div(mul(dy, cast(a, "float32")), square(cast(b, "float32")))),
  ),
  SquaredDifference: binary(
    (dy, a, b) => mul(dy, mul(2, sub(a, b))),
    (dy, a, b) => mul(dy, mul(2, sub(b, a))),
  ),
  Maximum: binary(
    (dy, a, b) => select(greaterEqual(a, b), dy),
    (dy, a, b) => select(less(a, b), dy),
  ),
  Minimum: binary(
    (dy, a, b) => select(lessEqual(a, b), dy),
    (dy, a, b) => select(greater(a, b), dy),
  ),
  AddN: variadic((dy, inputs) => inputs.map(() => dy)),

  Neg: fromInput((dy) => neg(dy)),
  Abs: fromInput((dy, x) => mul(dy, sign(x))),
  Exp: fromOutput((dy, y) => mul(dy, y)),
  Log: fromInput((dy, x) => div(dy, x)),
  Square: fromInput((dy, x) => mul(dy, mul(2, x))),
  Sqrt: fromOutput((dy, y) => div(dy, mul(2, y))),
  Rsqrt: fromOutput((dy, y) => mul(dy, mul(-0.5, pow(y, 3)))),
  Relu: fromInput((dy, x) => select(greater(x, 0), dy)),
  Tanh: fromOutput((dy, y) => mul(dy, sub(1, square(y)))),
  Sigmoid: fromOutput((dy, y) => mul(dy, mul(y, sub(1, y)))),
  Softplus: fromInput((dy, x) => mul(dy, sigmoid(x))),
  ClipByValue: fromInput((dy, x, { clipValueMin, clipValueMax }) =>
    select(logicalAnd(greaterEqual(x, clipValueMin as number), lessEqual(x, clipValueMax as number)), dy),
  ),
  Softmax: fromOutput((dy, y, { dim }) => {
    const weighted = mul(dy, y);
    return sub(weighted, mul(sum(weighted, dim as number, true), y));
  }, "logits"),
  Select: {
    inputsToSave: ["condition"],
    gradFunc: (dy, [condition]) => ({
      t: () => select(condition!, dy as Tensor),
      e: () => select(logicalNot(condition!), dy as Tensor),
    }),
  },

  Sum: fromInput((dy, x, attributes) =>
    x.size === 0 ? zerosLike(x) : broadcastTo(reduction(x, attributes).keep(dy), x.shape),
  ), // TF.js broadcasts to no elements as to one
  Mean: fromInput((dy, x, attributes) => {
    const { axes, keep } = reduction(x, attributes);
    return broadcastTo(div(keep(dy), sizeFromShape(axes.map((axis) => x.shape[axis]!))), x.shape);
  }),
  Max: {
    inputsToSave: ["x"],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => ({
      x: () => {
        const { keep } = reduction(x!, { axis: attributes["reductionIndices"] });
        return select(equal(x!, keep(y!)), broadcastTo(keep(dy as Tensor), x!.shape));
      },
    }),
  },

  BatchMatMul: {
    inputsToSave: ["a", "b"],
    gradFunc: (gradient, [left, right], { transposeA, transposeB }) => {
      const [dy, a, b] = [gradient as Tensor, left!, right!];
      return {
        a: () =>
          sumTo(transposeA ? matMul(b, dy, Boolean(transposeB), true) : matMul(dy, b, false, !transposeB), a.shape),
        b: () =>
          sumTo(transposeB ? matMul(dy, a, true, Boolean(transposeA)) : matMul(a, dy, !transposeA, false), b.shape),
      };
    },
  },
  Conv2D: {
    inputsToSave: ["x", "filter"],
    gradFunc: (gradient, [x, filter], attributes) => {
      const run = (kernel: string, inputs: NamedTensorMap, shapes: NamedAttrMap): Tensor =>
        engine().runKernel(kernel, inputs, { ...attributes, ...shapes });
      const dy = gradient as Tensor;
      return {
        x: () => run("Conv2DBackpropInput", { dy, filter: filter! }, { inputShape: x!.shape }),
        filter: () => run("Conv2DBackpropFilter", { x: x!, dy }, { filterShape: filter!.shape }),
      };
    },
  },
} satisfies Record<string, Gradient>;
