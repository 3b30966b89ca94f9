/** @file The kernels as functions: the types of their arguments, from the kinds in signatures.ts. */
import type { CellName } from "../../common/names.js";
import type { signatures } from "./signatures.js";

/** The type of each kind of argument. `floats`, `indices` and `uniforms` are read; `result`, `positions` and `doubles` are written. A `?` may be null. */
type ArgumentTypes = {
  cell: CellName;
  count: number;
  flag: boolean;
  seed: number;
  scalar: number;
  floats: Float32Array;
  "floats?": Float32Array | null;
  indices: Int32Array;
  "indices?": Int32Array | null;
  result: Float32Array;
  "result?": Float32Array | null;
  positions: Int32Array;
  doubles: Float64Array;
  "floats[]": Float32Array[];
  "result[]": Float32Array[];
  uniforms: Float64Array;
};

export type ArgumentKind = keyof ArgumentTypes;

type Signatures = typeof signatures;
export type KernelName = keyof Signatures;

/** One object with every argument of a kernel by name; signatures.def documents each buffer's size and meaning. */
export type KernelArguments<Name extends KernelName> = {
  [Argument in keyof Signatures[Name]]: ArgumentTypes[Signatures[Name][Argument] & ArgumentKind];
};

/** Each throws a TypeError or RangeError that names the kernel and the argument if one is missing or does not fit. */
export type Kernels = { [Name in KernelName]: (values: KernelArguments<Name>) => void };
