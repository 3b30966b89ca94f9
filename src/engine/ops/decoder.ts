/**
 * @file New tokens from a stack of recurrent layers, many steps in one call: the weights packed once, the states beside them, the
 * draw in C. `Network.read` and `createSamplerChain` together are its reference.
 */
import { type NativeBackend, nativeBackend } from "../kernelBackend/kernelBackend.js";
import type { Tensor1D, Tensor2D, TensorInfo } from "../tfjs.js";
import type { CellName } from "../../common/names.js";
import type { CellWeights } from "./cell.js";

export type DecoderWeights = {
  table: Tensor2D; // [vocabulary, embedding]
  cell: CellName;
  gates: number;
  states: number;
  layers: CellWeights[]; // each reading the one before
  head: { kernel: Tensor2D; bias: Tensor1D; tied: boolean }; // [units, vocabulary], tied: the table [vocabulary, units]; [vocabulary]
};

/** The samplers that the kernel applies, in this order. */
export const decoderSamplers = ["topK", "topP", "minP"] as const;

/** How to draw, as `distribution` has it; a sampler without a value is not applied. */
export type DecoderSampling = { temperature: number; banned: readonly number[] } & {
  [Name in (typeof decoderSamplers)[number]]?: number;
};

/** Columns that lie side by side, as decoder.h has it. */
const block = 16;
/** Floats to keep at most of what the first layer makes of each token; of a larger vocabulary it is computed at each step. */
const mostProjections = 2 ** 24;

const inBlocks = (columns: number): number => Math.ceil(columns / block) * block;

/** A decoder on the active backend; null where that has no kernels. Dispose of it. */
export function createDecoder(weights: DecoderWeights, rows: number, sampling: DecoderSampling): Decoder | null {
  const native = nativeBackend();
  return native && new Decoder(native, weights, rows, sampling);
}

export class Decoder {
  private readonly units: Int32Array;
  private readonly weights: Float32Array;
  /** Of each layer each tensor of its state, [rows, units]. */
  private readonly state: Float32Array;
  private readonly projected: number;
  private readonly projections: Float32Array;
  private readonly known: Int32Array;
  private readonly banned: Int32Array;

  /** What the last tokens were drawn from: [rows, vocabulary]. */
  readonly logits: Float32Array;

  constructor(
    private readonly native: NativeBackend,
    private readonly source: DecoderWeights,
    private readonly rows: number,
    private readonly sampling: DecoderSampling,
  ) {
    const { table, gates, layers, head } = source;
    const vocabulary = table.shape[0];
    this.units = Int32Array.from(layers, ({ recurrent }) => recurrent.shape[0]);
    this.weights = this.pack([
      ...layers.flatMap(({ kernel, recurrent, bias }) =>
        [kernel, recurrent, bias].map((matrix) => ({ matrix, gates, transposed: false })),
      ),
      { matrix: head.kernel, gates: 1, transposed: head.tied },
      { matrix: head.bias, gates: 1, transposed: false },
    ]);
    this.state = native.allocate(rows * this.states).fill(0);
    this.projected = vocabulary * this.projection <= mostProjections ? vocabulary : 0;
    this.projections = native.allocate(this.projected * this.projection);
    this.known = new Int32Array(this.projected);
    this.banned = Int32Array.from(sampling.banned);
    this.logits = native.allocate(rows * vocabulary);
  }

  /** Every row goes on from this state: the layers' in order, each tensor [1, units]. */
  start(state: readonly TensorInfo[]): void {
    let place = 0;
    for (const tensor of state) {
      const values = this.native.floats(tensor);
      for (let row = 0; row < this.rows; row++, place += values.length) this.state.set(values, place);
    }
  }

  /**
   * Reads each row's last token, draws the next, and so on.
   * @param last [rows]
   * @param uniforms [steps, rows], each from 0 to below 1
   * @returns [steps, rows]; -1 from the step on where a row's logits were not finite
   */
  next(last: Int32Array, uniforms: Float64Array): Int32Array {
    const { native, source, rows, sampling } = this;
    const vocabulary = source.table.shape[0];
    const tokens = new Int32Array(uniforms.length);
    native.kernels.decode({
      cell: source.cell,
      rows,
      steps: uniforms.length / rows,
      vocabulary,
      embedding: source.table.shape[1],
      layers: this.units.length,
      units: this.units,
      table: native.floats(source.table),
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

  /**
   * Reads one token of each row and leaves the logits of the next in `logits`, for a draw elsewhere.
   * @param tokens [rows]
   */
  step(tokens: Int32Array): void {
    this.next(tokens, new Float64Array(this.rows)); // the kernel's own draw is ignored
  }

  dispose(): void {
    for (const buffer of [this.weights, this.state, this.projections, this.logits]) this.native.release(buffer);
  }

  /** Floats of what the first layer makes of a token. */
  private get projection(): number {
    return this.source.gates * inBlocks(this.units[0]!);
  }

  /** Floats of a row's state. */
  private get states(): number {
    return this.units.reduce((sum, units) => sum + this.source.states * units, 0);
  }

  private pack(matrices: { matrix: TensorInfo; gates: number; transposed: boolean }[]): Float32Array {
    const shapes = matrices.map(({ matrix: { shape }, gates: count, transposed }) => {
      const [rows, columns] = shape.length === 1 ? [1, shape[0]!] : (shape as [number, number]);
      const [inner, all] = transposed ? [columns, rows] : [rows, columns];
      return { inner, gates: count, units: all / count, transposed };
    });
    const sizes = shapes.map((shape) => shape.inner * shape.gates * inBlocks(shape.units));
    const weights = this.native.allocate(sizes.reduce((sum, size) => sum + size, 0));
    let place = 0;
    for (const [index, { matrix }] of matrices.entries()) {
      const packed = weights.subarray(place, (place += sizes[index]!));
      this.native.kernels.decoderPack({ ...shapes[index]!, matrix: this.native.floats(matrix), packed });
    }
    return weights;
  }
}
