/** @file The decoder in C: it packs the weights once, stores the states, and draws the tokens. */
import {
  type Decoder,
  type DecoderKind,
  decoderKinds,
  type DecoderSampling,
  type DecoderWeights,
  type Matrix,
} from "../ops/decoder.js";
import { type KernelMemory, readable } from "./kernelMemory.js";

/** Units in a block of packed weights, as in src/kernels/decoder.h. */
const block = 16;
/** The most floats of tokens' input projections that are cached; for a larger vocabulary they are computed at each step. */
const maxCachedFloats = 2 ** 24;

const withoutMatmul: ReadonlySet<DecoderKind> = new Set([
  "causal convolution",
  "layer normalization",
  "rms normalization",
  "residual connection",
]);

const roundedToBlocks = (columns: number): number => Math.ceil(columns / block) * block;

/** A decoder on a backend. */
export const createKernelDecoder = (
  memory: KernelMemory,
  weights: DecoderWeights,
  rows: number,
  sampling: DecoderSampling,
): Decoder => new KernelDecoder(memory, weights, rows, sampling);

class KernelDecoder implements Decoder {
  private readonly kinds: Int32Array;
  private readonly units: Int32Array;
  private readonly details: Int32Array;
  private readonly constants: Float32Array;
  private readonly table: Float32Array; // [vocabulary, embedding]
  private readonly weights: Float32Array;
  /** Each layer's state tensors one after another, each [rows, units]. */
  private readonly state: Float32Array;
  /** A row's state before the first token. */
  private readonly initial: readonly Float32Array[];
  /** The number of tokens whose input projections are cached: the vocabulary's size or 0. */
  private readonly projected: number;
  private readonly projections: Float32Array;
  /** [projected]: 1 if a token's projection is in the cache. */
  private readonly known: Int32Array;
  private readonly banned: Int32Array;

  readonly logits: Float32Array;

  constructor(
    private readonly memory: KernelMemory,
    private readonly source: DecoderWeights,
    private readonly rows: number,
    private readonly sampling: DecoderSampling,
  ) {
    const { table, layers, head } = source;
    const { pool } = memory;
    const vocabulary = table.shape[0]!;
    this.kinds = Int32Array.from(layers, ({ kind }) => decoderKinds.indexOf(kind));
    this.units = Int32Array.from(layers, ({ units }) => units);
    this.details = Int32Array.from(layers, ({ detail = 0 }) => detail);
    this.constants = this.pooled(Float32Array.from(layers, ({ constant = 0 }) => constant));
    this.table = readable(memory, table.values);
    this.weights = this.pack([
      ...layers.flatMap(({ matrices }) => matrices),
      { matrix: head.kernel, columns: 1, transposed: head.tied },
      { matrix: head.bias, columns: 1 },
    ]);
    this.state = pool.take(rows * this.states).fill(0);
    this.initial = layers.flatMap(({ start, units }) => start.map((values) => values ?? new Float32Array(units)));
    this.start(this.initial);
    this.projected = this.projection > 0 && vocabulary * this.projection <= maxCachedFloats ? vocabulary : 0;
    this.projections = pool.take(this.projected * this.projection);
    this.known = new Int32Array(this.projected);
    this.banned = Int32Array.from(sampling.banned);
    this.logits = pool.take(rows * vocabulary);
  }

  start(state: readonly Float32Array[]): void {
    for (let row = 0; row < this.rows; row++) this.restart(row, state);
  }

  restart(row: number, state: readonly Float32Array[] = this.initial): void {
    let offset = 0;
    for (const values of state) {
      this.state.set(values, offset + row * values.length);
      offset += this.rows * values.length;
    }
  }

  stateOf(row: number): Float32Array[] {
    let offset = 0;
    return this.initial.map(({ length }) => {
      const first = offset + row * length;
      offset += this.rows * length;
      return this.state.slice(first, first + length);
    });
  }

  select(sources: Int32Array): void {
    let offset = 0;
    for (const { length } of this.initial) {
      const before = this.state.slice(offset, offset + this.rows * length);
      for (const [row, source] of sources.entries())
        this.state.set(before.subarray(source * length, (source + 1) * length), offset + row * length);
      offset += this.rows * length;
    }
  }

  next(last: Int32Array, uniforms: Float64Array): Int32Array {
    const { source, rows, sampling } = this;
    const vocabulary = source.table.shape[0]!;
    const tokens = new Int32Array(uniforms.length);
    this.memory.kernels.decode({
      rows,
      steps: uniforms.length / rows,
      vocabulary,
      embedding: source.table.shape[1]!,
      layers: this.units.length,
      kinds: this.kinds,
      units: this.units,
      details: this.details,
      constants: this.constants,
      table: this.table,
      weightsSize: this.weights.length,
      weights: this.weights,
      projection: this.projection,
      projected: this.projected,
      projections: this.projections,
      known: this.known,
      states: this.states,
      state: this.state,
      temperature: sampling.temperature,
      topK: Math.min(sampling.topK ?? vocabulary, vocabulary),
      topP: sampling.topP ?? 1,
      minP: sampling.minP ?? 0,
      bans: this.banned.length,
      banned: this.banned,
      last,
      uniforms,
      logits: this.logits,
      tokens,
    });
    return tokens;
  }

  step(tokens: Int32Array): void {
    this.next(tokens, new Float64Array(this.rows)); // the kernel's own draw is ignored
  }

  dispose(): void {
    const { constants, weights, state, projections, logits, table } = this;
    for (const buffer of [constants, weights, state, projections, logits]) this.memory.pool.give(buffer);
    if (table !== this.source.table.values) this.memory.pool.give(table);
  }

  /** Floats of a token's projection in the first layer with a matmul; none if a convolution comes first. */
  private get projection(): number {
    const first = this.source.layers.find(({ kind }) => !withoutMatmul.has(kind) || kind === "causal convolution");
    if (first === undefined || first.kind === "causal convolution") return 0;
    return first.matrices[0]!.columns * roundedToBlocks(first.units);
  }

  /** Floats of a row's state. */
  private get states(): number {
    return this.source.layers.reduce((sum, { start, units }) => sum + start.length * units, 0);
  }

  private pooled(values: Float32Array): Float32Array {
    const copy = this.memory.pool.take(values.length);
    copy.set(values);
    return copy;
  }

  private pack(matrices: { matrix: Matrix; columns: number; transposed?: boolean }[]): Float32Array {
    const shapes = matrices.map(({ matrix: { shape }, columns, transposed = false }) => {
      const [rows, width] = shape.length === 1 ? [1, shape[0]!] : (shape as [number, number]);
      const [inner, all] = transposed ? [width, rows] : [rows, width];
      return { inner, gates: columns, units: all / columns, transposed };
    });
    const sizes = shapes.map((shape) => shape.inner * shape.gates * roundedToBlocks(shape.units));
    const weights = this.memory.pool.take(sizes.reduce((sum, size) => sum + size, 0));
    let offset = 0;
    for (const [index, { matrix }] of matrices.entries()) {
      const packed = weights.subarray(offset, (offset += sizes[index]!));
      const values = readable(this.memory, matrix.values);
      this.memory.kernels.decoderPack({ ...shapes[index]!, matrix: values, packed });
      if (values !== matrix.values) this.memory.pool.give(values);
    }
    return weights;
  }
}
