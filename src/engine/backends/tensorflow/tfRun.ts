/** @file Runs TensorFlow's operations by the names that its own documentation has. */
import { engine, type Tensor } from "../../tfjs.js";

/** What of @tensorflow/tfjs-node's backend is used here. */
type Binding = {
  TF_FLOAT: number;
  TF_INT64: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_INT: number;
  TF_ATTR_SHAPE: number;
  TF_ATTR_STRING: number;
  TF_ATTR_TYPE: number;
  createTensor: (shape: number[], type: number, values: Int32Array) => number;
  deleteTensor: (id: number) => void;
  executeOp: (name: string, attributes: object[], inputs: number[], outputs: number) => { id: number }[];
};
type TensorflowBackend = {
  binding: Binding;
  getInputTensorIds: (tensors: readonly Tensor[]) => number[];
  createOutputTensor: (output: { id: number }) => Tensor;
};

/** An operation's attribute: a flag, a count, a text, a shape or the type of floats. What follows from its inputs, as T mostly does, need not be said. */
export type Attribute = boolean | number | string | number[] | typeof floats;
export const floats = Symbol("float32");

const attributeOf = (binding: Binding, name: string, value: Attribute): object => {
  if (typeof value === "boolean") return { name, type: binding.TF_ATTR_BOOL, value };
  if (typeof value === "number") return { name, type: binding.TF_ATTR_INT, value };
  if (typeof value === "string") return { name, type: binding.TF_ATTR_STRING, value };
  if (value === floats) return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  return { name, type: binding.TF_ATTR_SHAPE, value };
};

/** What is computed as soon as it is asked for: the results are tensors like any others. @param inputs a bigint stands for an int64 scalar */
export function runAll(
  name: string,
  inputs: readonly (Tensor | bigint)[],
  outputs: number,
  attributes: Record<string, Attribute> = {},
): Tensor[] {
  const backend = engine().backend as unknown as TensorflowBackend;
  const { binding } = backend;
  const passing: number[] = []; // TF.js has no tensors of int64
  const ids = inputs.map((input) => {
    if (typeof input !== "bigint") return backend.getInputTensorIds([input])[0]!;
    const id = binding.createTensor([], binding.TF_INT64, new Int32Array(BigInt64Array.of(input).buffer));
    passing.push(id);
    return id;
  });
  const given = Object.entries(attributes).map(([attribute, value]) => attributeOf(binding, attribute, value));
  const results = binding.executeOp(name, given, ids, outputs);
  for (const id of passing) binding.deleteTensor(id);
  return results.map((result) => backend.createOutputTensor(result));
}

/** Likewise, of an operation with one result. */
export const run = (name: string, inputs: readonly Tensor[], attributes: Record<string, Attribute> = {}): Tensor =>
  runAll(name, inputs, 1, attributes)[0]!;
