/** @file The interface of a layer on a backend's kernels alone, without TF.js: the values it passes on, and the buffers it may use. */
import type { KernelMemory } from "../engine/kernelBackend/kernelMemory.js";
import type { LayerSpec } from "./spec.js";

/** What one layer passes to the next. */
export type KernelSignal = {
  /** Tokens of an embedding whose table the next layer reads: [time, batch]. */
  tokens: Int32Array | null;
  /** [time, batch, width]; the table [vocabulary, width] if there are tokens; [batch, width] once pooled; empty if only `ends` are read. */
  values: Float32Array;
  width: number;
  /** The last output of each direction of the recurrent layer before, each [batch, units]; of both together after a normalization; none before a recurrent layer and after a block. */
  ends: Float32Array[];
};

/** Sizes of the batch, a layer's weights by name, and buffers that are returned to the pool after the pass. */
export type KernelPass = KernelMemory & {
  time: number;
  batch: number;
  lengths: Int32Array | null;
  /** The numbers beside each text, [batch, columns]. */
  textNumbers: Float32Array | undefined;
  weight: (name: string) => Float32Array;
  take: (count: number) => Float32Array;
  after: readonly LayerSpec[];
  /** The input of each layer before this one, in order. */
  earlier: readonly KernelSignal[];
};

export type KernelLayer<Spec> = {
  supports(spec: Spec): boolean;
  forward(spec: Spec, signal: KernelSignal, pass: KernelPass): KernelSignal;
};

/** The sequence [time, batch, width], looked up if it is a lookup. */
export const sequenceOf = ({ tokens, values, width }: KernelSignal, pass: KernelPass): Float32Array =>
  tokens === null ? values : lookedUp(values, tokens, width, pass);

/** The rows of a table [rows, width] at each position, [positions, width]. */
export function lookedUp(
  table: Float32Array,
  tokens: Int32Array,
  width: number,
  { kernels, take }: KernelPass,
): Float32Array {
  const output = take(tokens.length * width);
  kernels.embeddingForward({ vocabulary: table.length / width, width, count: tokens.length, table, tokens, output });
  return output;
}

/** Parts [rows, width] of the same rows side by side: [rows, Σ width]. */
export function sideBySide(
  parts: readonly { values: Float32Array; width: number }[],
  rows: number,
  { kernels, take }: KernelPass,
): Float32Array {
  if (parts.length === 1) return parts[0]!.values;
  const toStride = parts.reduce((sum, { width }) => sum + width, 0);
  const to = take(rows * toStride);
  let toOffset = 0;
  for (const { values: from, width } of parts) {
    kernels.copyColumns({ rows, width, fromStride: width, fromOffset: 0, toStride, toOffset, from, to });
    toOffset += width;
  }
  return to;
}

/** The last outputs of all directions side by side: [batch, Σ units]. */
export const joinedEnds = (ends: readonly Float32Array[], pass: KernelPass): Float32Array =>
  sideBySide(
    ends.map((values) => ({ values, width: values.length / pass.batch })),
    pass.batch,
    pass,
  );

/** rows [·, inner] · matrix */
export function productOf(
  rows: Float32Array,
  matrix: Float32Array,
  inner: number,
  { kernels, take }: KernelPass,
): Float32Array {
  const [count, columns] = [rows.length / inner, matrix.length / inner];
  const output = take(count * columns);
  const sizes = { rows: count, inner, columns, transposeA: false, transposeB: false };
  kernels.matmul({ ...sizes, a: rows, b: matrix, bias: null, output });
  return output;
}
