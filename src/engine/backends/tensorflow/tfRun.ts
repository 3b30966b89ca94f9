/** @file Runs TensorFlow's ops by the names of its documentation. */
import { engine, type Tensor } from "../../tfjs.js";

/** The part of @tensorflow/tfjs-node's backend that is used here. */
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

/** An op's attribute: a flag, a count, a text, a shape or the type of floats. Attributes that follow from the inputs, such as T, are left out. */
export type Attribute = boolean | number | string | number[] | typeof floats;
export const floats = Symbol("float32");

const attributeOf = (binding: Binding, name: string, value: Attribute): object => {
  if (typeof value === "boolean") return { name, type: binding.TF_ATTR_BOOL, value };
  if (typeof value === "number") return { name, type: binding.TF_ATTR_INT, value };
  if (typeof value === "string") return { name, type: binding.TF_ATTR_STRING, value };
  if (value === floats) return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  return { name, type: binding.TF_ATTR_SHAPE, value };
};

/** Runs an op eagerly. @param inputs a bigint is passed as an int64 scalar @returns its `outputs` results */
export function runAll(
  name: string,
  inputs: readonly (Tensor | bigint)[],
  outputs: number,
  attributes: Record<string, Attribute> = {},
): Tensor[] {
  const backend = engine().backend as unknown as TensorflowBackend;
  const { binding } = backend;
  const scalars: number[] = []; // TF.js has no tensors of int64
  const ids = inputs.map((input) => {
    if (typeof input !== "bigint") return backend.getInputTensorIds([input])[0]!;
    const id = binding.createTensor([], binding.TF_INT64, new Int32Array(BigInt64Array.of(input).buffer));
    scalars.push(id);
    return id;
  });
  const given = Object.entries(attributes).map(([attribute, value]) => attributeOf(binding, attribute, value));
  const results = binding.executeOp(name, given, ids, outputs);
  for (const id of scalars) binding.deleteTensor(id);
  return results.map((result) => backend.createOutputTensor(result));
}

/** Runs an op with one result. */
export const run = (name: string, inputs: readonly Tensor[], attributes: Record<string, Attribute> = {}): Tensor =>
  runAll(name, inputs, 1, attributes)[0]!;
