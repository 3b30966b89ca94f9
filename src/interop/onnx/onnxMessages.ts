/**
 * @file An ONNX model as plain data, and its encoding as a Protocol Buffers message. Field and type numbers are those of onnx.proto:
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** The numbers of ONNX's element types. */
export const elementTypes = { float32: 1, int8: 3, int32: 6, int64: 7, bool: 9, float64: 11 };
export type ElementType = keyof typeof elementTypes;

/** An input or output of a graph. A named size is known only when the graph runs. */
export type OnnxValue = { name: string; type: ElementType; shape: readonly (number | string)[] };

/** The product of the shape is the number of values. */
export type OnnxConstant = {
  name: string;
  shape: readonly number[];
  values: Float32Array | Float64Array | Int8Array | Int32Array | BigInt64Array;
};

/** An integer, a string, a list of either, or a graph that the operator runs. */
export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxGraph;

export type OnnxNode = {
  operator: string;
  name: string;
  /** An empty name for an optional input that is absent. */
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, OnnxAttribute>>;
};

/** Nodes are in topological order. */
export type OnnxGraph = {
  name: string;
  nodes: readonly OnnxNode[];
  constants: readonly OnnxConstant[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
};

export type OnnxModel = {
  /** Versions of the file format and of the operator set. */
  versions: { format: number; operators: number };
  producer: { name: string; version: string };
  graph: OnnxGraph;
  metadata: Readonly<Record<string, string>>;
};

/** Writes one or more fields. */
type Field = (writer: BinaryWriter) => void;

const text =
  (number: number, value: string): Field =>
  (writer) => {
    writer.tag(number, WireType.LengthDelimited).string(value);
  };

const whole =
  (number: number, value: number): Field =>
  (writer) => {
    writer.tag(number, WireType.Varint).int64(value);
  };

const bytes =
  (number: number, { buffer, byteOffset, byteLength }: ArrayBufferView): Field =>
  (writer) => {
    writer.tag(number, WireType.LengthDelimited).bytes(new Uint8Array(buffer, byteOffset, byteLength));
  };

const message =
  (number: number, fields: readonly Field[]): Field =>
  (writer) => {
    writer.tag(number, WireType.LengthDelimited).fork();
    for (const field of fields) field(writer);
    writer.join();
  };

const typeOf = (values: OnnxConstant["values"]): ElementType => {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof Int8Array) return "int8";
  return values instanceof Int32Array ? "int32" : "int64";
};

const constantFields = ({ name, shape, values }: OnnxConstant): Field[] => [
  ...shape.map((size) => whole(1, size)),
  whole(2, elementTypes[typeOf(values)]),
  text(8, name),
  bytes(9, values),
];

const valueFields = ({ name, type, shape }: OnnxValue): Field[] => {
  const sizes = shape.map((size) => message(1, [typeof size === "number" ? whole(1, size) : text(2, size)]));
  const tensor = message(1, [whole(1, elementTypes[type]), message(2, sizes)]);
  return [text(1, name), message(2, [tensor])];
};

/** The value of an attribute, and its type (field 20). */
function attributeFields(name: string, attribute: OnnxAttribute): Field[] {
  const [kind, ...fields] = ((): [kind: number, ...Field[]] => {
    if (typeof attribute === "number") return [2, whole(3, attribute)];
    if (typeof attribute === "string") return [3, text(4, attribute)];
    if ("nodes" in attribute) return [5, message(6, graphFields(attribute))];
    const numbers = attribute.every((item) => typeof item === "number");
    return [numbers ? 7 : 8, ...attribute.map((item) => (typeof item === "number" ? whole(8, item) : text(9, item)))];
  })();
  return [text(1, name), ...fields, whole(20, kind)];
}

const nodeFields = ({ operator, name, inputs, outputs, attributes }: OnnxNode): Field[] => [
  ...inputs.map((input) => text(1, input)),
  ...outputs.map((output) => text(2, output)),
  text(3, name),
  text(4, operator),
  ...Object.entries(attributes).map(([key, attribute]) => message(5, attributeFields(key, attribute))),
];

const graphFields = ({ name, nodes, constants, inputs, outputs }: OnnxGraph): Field[] => [
  ...nodes.map((node) => message(1, nodeFields(node))),
  text(2, name),
  ...constants.map((constant) => message(5, constantFields(constant))),
  ...inputs.map((value) => message(11, valueFields(value))),
  ...outputs.map((value) => message(12, valueFields(value))),
];

/** The bytes of an ONNX file. */
export function encodeOnnx({ versions, producer, graph, metadata }: OnnxModel): Uint8Array {
  const fields = [
    whole(1, versions.format),
    text(2, producer.name),
    text(3, producer.version),
    message(7, graphFields(graph)),
    message(8, [whole(2, versions.operators)]),
    ...Object.entries(metadata).map(([key, value]) => message(14, [text(1, key), text(2, value)])),
  ];
  const writer = new BinaryWriter();
  for (const field of fields) field(writer);
  return writer.finish();
}
