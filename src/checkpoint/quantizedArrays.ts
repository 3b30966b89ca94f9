/** @file Weights as 8-bit integers: a matrix has one scale for each output channel, and a value is its integer times the scale of its channel (symmetric, without a zero point). */
import * as v from "valibot";
import { UserError } from "../common/errors.js";
import type { NamedArrays, StorableArrays } from "./safetensors.js";

const axis = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** The record of a checkpoint: the quantized arrays, and the axis of each one's channels. */
export const quantizedSchema = v.strictObject({ type: v.literal("int8"), axes: v.record(v.string(), axis) });
export type QuantizedRecord = v.InferOutput<typeof quantizedSchema>;

type Matrix = { shape: readonly number[]; values: Float32Array };

/** The largest integer of a channel, as PyTorch and ONNX Runtime have it for symmetric weights: -128 is not used. */
const largest = 127;
/** Channels of fewer values would gain little, because each has a scale of four bytes. */
const leastPerChannel = 8;

const scalesName = (name: string): string => `${name}.scale`;

/** The index of the channel of each value. */
function channelAt(shape: readonly number[], channels: number): (index: number) => number {
  const inner = shape.slice(channels + 1).reduce((product, length) => product * length, 1);
  const count = shape[channels]!;
  return (index) => Math.floor(index / inner) % count;
}

/**
 * The arrays that are quantized: matrices, by channels along their last axis, the outputs; those of an embedding along the first, the tokens. Biases and other
 * vectors stay as they are.
 */
export function quantizedRecordOf(arrays: ReadonlyMap<string, Matrix>): QuantizedRecord {
  const axes = [...arrays].flatMap(([name, { shape, values }]): [string, number][] => {
    if (shape.length < 2) return [];
    const channels = name.endsWith("/table") ? 0 : shape.length - 1;
    return values.length / shape[channels]! >= leastPerChannel ? [[name, channels]] : [];
  });
  return { type: "int8", axes: Object.fromEntries(axes) };
}

/** Integers and a scale for each channel: the channel's largest absolute value is 127 steps. The error of a value is at most half a step. */
export function quantizeMatrix(
  { shape, values }: Matrix,
  channels: number,
): { integers: Int8Array; scales: Float32Array } {
  const channelOf = channelAt(shape, channels);
  const scales = new Float32Array(shape[channels]!);
  for (const [index, value] of values.entries()) {
    const channel = channelOf(index);
    scales[channel] = Math.max(scales[channel]!, Math.abs(value));
  }
  for (const [channel, most] of scales.entries()) scales[channel] = most / largest;
  for (const [channel, scale] of scales.entries()) if (scale === 0) scales[channel] = 1; // of zeros alone
  const integers = Int8Array.from(values, (value, index) => {
    const steps = Math.round(value / scales[channelOf(index)]!);
    return Math.max(-largest, Math.min(largest, steps));
  });
  return { integers, scales };
}

/** The arrays as they are stored. */
export function quantizedArrays(arrays: StorableArrays, { axes }: QuantizedRecord): StorableArrays {
  const stored = new Map<string, { shape: number[]; values: Float32Array | Int8Array }>();
  for (const [name, { shape, values }] of arrays) {
    if (!(values instanceof Float32Array)) throw new Error(`the weights ${name} are not of 32-bit floats`);
    const channels = axes[name];
    if (channels === undefined) {
      stored.set(name, { shape, values });
      continue;
    }
    const { integers, scales } = quantizeMatrix({ shape, values }, channels);
    stored.set(name, { shape, values: integers });
    stored.set(scalesName(name), { shape: [scales.length], values: scales });
  }
  return stored;
}

/** The arrays as floats. @throws UserError if an array or its scales are not those of the record */
export function dequantizedArrays(stored: NamedArrays, { axes }: QuantizedRecord): NamedArrays {
  const arrays = new Map(stored);
  for (const [name, channels] of Object.entries(axes)) {
    const integers = stored.get(name);
    const scales = stored.get(scalesName(name));
    const fits =
      integers?.values instanceof Int32Array &&
      scales?.values instanceof Float32Array &&
      scales.values.length === integers.shape[channels] &&
      scales.values.every((scale) => scale > 0 && Number.isFinite(scale));
    if (!fits)
      throw new UserError(`damaged or edited: the quantized weights ${name} do not have a scale for each channel`);
    const channelOf = channelAt(integers.shape, channels);
    const values = Float32Array.from(integers.values, (steps, index) => steps * scales.values[channelOf(index)]!);
    arrays.set(name, { shape: integers.shape, values });
    arrays.delete(scalesName(name));
  }
  return arrays;
}
