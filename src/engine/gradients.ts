/** @file Gradients of plain TF.js ops: its build for Node registers none, and the package that does costs 0.25 s at start. */
import {
  broadcast_util,
  broadcastTo,
  cast,
  concat,
  div,
  engine,
  equal,
  type GradConfig,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalNot,
  logicalAnd,
  matMul,
  mul,
  type NamedAttrMap,
  type NamedTensorMap,
  neg,
  pad,
  pow,
  registerGradient,
  reshape,
  reverse,
  sigmoid,
  sign,
  slice,
  split,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  transpose,
  unsortedSegmentSum,
  unstack,
  util,
  where,
  zerosLike,
} from "./tfjs.js";

type Attributes = Record<string, unknown>;
type Gradient = Omit<GradConfig, "kernelName">;

/** Sums a gradient over the axes along which its input was broadcast. */
function sumTo(gradient: Tensor, shape: number[]): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
}

/** y = f(x): its gradient from dy and x. */
const fromInput = (gradient: (dy: Tensor, x: Tensor, attributes: Attributes) => Tensor, name = "x"): Gradient => ({
  inputsToSave: [name],
  gradFunc: (dy, [x], attributes) => ({ [name]: () => gradient(dy as Tensor, x!, attributes) }),
});

/** y = f(x): its gradient from dy and y. */
const fromOutput = (gradient: (dy: Tensor, y: Tensor, attributes: Attributes) => Tensor, name = "x"): Gradient => ({
  outputsToSave: [true],
  gradFunc: (dy, [y], attributes) => ({ [name]: () => gradient(dy as Tensor, y!, attributes) }),
});

/** y = f(a, b), either one broadcast: both gradients before summing. */
const binary = (a: (dy: Tensor, a: Tensor, b: Tensor) => Tensor, b: typeof a): Gradient => ({
  inputsToSave: ["a", "b"],
  gradFunc: (dy, [left, right]) => ({
    a: () => sumTo(a(dy as Tensor, left!, right!), left!.shape),
    b: () => sumTo(b(dy as Tensor, left!, right!), right!.shape),
  }),
});

/** y = f(x₀, x₁, …): a gradient for each, from the shapes of all. */
const variadic = (gradient: (dy: Tensor, inputs: Tensor[], attributes: Attributes) => Tensor[]): Gradient => ({
  saveAllInputs: true,
  gradFunc: (dy, inputs, attributes) => {
    const gradients = gradient(dy as Tensor, inputs, attributes);
    return Object.fromEntries(gradients.map((tensor, index) => [index, () => tensor]));
  },
});

/** The axes that a reduction summed over, and its result or gradient with those axes back, each of size 1. */
function reduction(x: Tensor, { axis }: Attributes): { axes: number[]; keep: (reduced: Tensor) => Tensor } {
  const axes = util.parseAxisParam(axis as number[], x.shape);
  const kept = x.shape.map((size, index) => (axes.includes(index) ? 1 : size));
  return { axes, keep: (reduced) => reshape(reduced, kept) };
}

const select = (condition: Tensor, dy: Tensor): Tensor => where(condition, dy, zerosLike(dy)); // a product would let NaN through
const asList = (dy: Tensor | Tensor[]): Tensor[] => (Array.isArray(dy) ? dy : [dy]);

const gradients = {
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

  Sum: fromInput((dy, x, attributes) => broadcastTo(reduction(x, attributes).keep(dy), x.shape)),
  Mean: fromInput((dy, x, attributes) => {
    const { axes, keep } = reduction(x, attributes);
    return broadcastTo(div(keep(dy), util.sizeFromShape(axes.map((axis) => x.shape[axis]!))), x.shape);
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

  Reshape: fromInput((dy, x) => reshape(dy, x.shape)),
  ExpandDims: fromInput((dy, x) => reshape(dy, x.shape), "input"),
  Transpose: fromInput((dy, _, { perm }) => {
    const order = perm as number[];
    return transpose(
      dy,
      Array.from(order.keys(), (axis) => order.indexOf(axis)),
    );
  }),
  Reverse: fromInput((dy, x, { dims }) => reverse(dy, util.parseAxisParam(dims as number[], x.shape))),
  Tile: fromInput((dy, x, { reps }) => {
    const copies = (reps as number[]).flatMap((count, axis) => [count, x.shape[axis]!]); // each axis as copies × size
    const summed = copies.map((_, axis) => axis).filter((axis) => axis % 2 === 0);
    return sum(reshape(dy, copies), summed);
  }),
  PadV2: fromInput((dy, x, { paddings }) =>
    slice(
      dy,
      (paddings as [number, number][]).map(([before]) => before),
      x.shape,
    ),
  ),
  Slice: fromInput((dy, x, { begin }) => {
    const starts = x.shape.map((_, axis) =>
      typeof begin === "number" ? (axis === 0 ? begin : 0) : ((begin as number[])[axis] ?? 0),
    );
    return pad(
      dy,
      starts.map((start, axis) => [start, x.shape[axis]! - start - dy.shape[axis]!] as [number, number]),
    );
  }),
  GatherV2: {
    inputsToSave: ["x", "indices"],
    gradFunc: (dy, [x, indices], { axis, batchDims }) => ({
      x: () => {
        if (axis !== 0 || batchDims) throw new Error("gather's gradient is along the first axis only");
        const rows = reshape(dy as Tensor, [indices!.size, ...x!.shape.slice(1)]);
        return unsortedSegmentSum(rows, reshape(cast(indices!, "int32"), [indices!.size]), x!.shape[0]);
      },
    }),
  },

  Concat: variadic((dy, inputs, { axis }) => {
    const [along] = util.parseAxisParam(axis as number, dy.shape) as [number];
    return split(
      dy,
      inputs.map(({ shape }) => shape[along]!),
      along,
    );
  }),
  SplitV: { gradFunc: (dy, _, { axis }) => ({ x: () => concat(asList(dy), axis as number) }) },
  Pack: variadic((dy, _, { axis }) => unstack(dy, axis as number)),
  Unpack: { gradFunc: (dy, _, { axis }) => ({ value: () => stack(asList(dy), axis as number) }) },
} satisfies Record<string, Gradient>;

/** To be called once, before the first gradient. */
export function registerGradients(): void {
  for (const [kernelName, gradient] of Object.entries(gradients)) registerGradient({ kernelName, ...gradient });
}
