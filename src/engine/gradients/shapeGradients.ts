/** @file Gradients of ops that rearrange elements. */
import {
  cast,
  concat,
  pad,
  parseAxisParam,
  reshape,
  reverse,
  slice,
  split,
  stack,
  sum,
  type Tensor,
  transpose,
  unsortedSegmentSum,
  unstack,
} from "../tfjs.js";
import { type Gradient, fromInput, variadic } from "./gradientForms.js";

const asList = (dy: Tensor | Tensor[]): Tensor[] => (Array.isArray(dy) ? dy : [dy]);

export const shapeGradients = {
  Reshape: fromInput((dy, x) => reshape(dy, x.shape)),
  ExpandDims: fromInput((dy, x) => reshape(dy, x.shape), "input"),
  Transpose: fromInput((dy, _, { perm }) => {
    const order = perm as number[];
    return transpose(
      dy,
      Array.from(order.keys(), (axis) => order.indexOf(axis)),
    );
  }),
  Reverse: fromInput((dy, x, { dims }) => reverse(dy, parseAxisParam(dims as number[], x.shape))),
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
    const [along] = parseAxisParam(axis as number, dy.shape) as [number];
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
