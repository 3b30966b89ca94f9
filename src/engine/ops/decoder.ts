/** @file Token generation on the backend, many steps in one call. Its reference is `Network.read` followed by `createSamplerChain`. */
import { backendExtension } from "./dispatch.js";

/** Values in rows; a vector has one dimension. */
export type Matrix = { readonly shape: readonly number[]; readonly values: Float32Array };

/** The cells that a decoder knows. */
export const decoderCells = [
  "rnn",
  "rnn-relu",
  "residual",
  "lstm",
  "gru",
  "gru-reset-before",
  "sru",
  "hgrn",
  "mingru",
] as const;
/** The layers that a decoder knows. */
export const decoderKinds = [
  ...decoderCells,
  "projection",
  "silu gate",
  "causal convolution",
  "layer normalization",
  "rms normalization",
  "residual connection",
] as const;
export type DecoderKind = (typeof decoderKinds)[number];

/** A layer, which reads the values of the one before it. */
export type DecoderLayer = {
  kind: DecoderKind;
  /** Width of its output. */
  units: number;
  /**
   * Each has `columns` matrices [·, units] side by side: a cell's kernel, recurrent weights and bias; a projection's or a gate's kernel; a convolution's
   * kernel [steps, units]; a normalization's scale and shift.
   */
  matrices: { matrix: Matrix; columns: number }[];
  /** The values of its state, each [units], before the first token; null for zeros. */
  start: (Float32Array | null)[];
  /** The lower bound of forget gates, or the epsilon of a normalization. */
  constant?: number;
  /** What a residual connection adds: 0 for the embedding, n for the output of layer n from 1; of a convolution, the steps that it reads. */
  detail?: number;
};

export type DecoderWeights = {
  table: Matrix; // [vocabulary, embedding]
  layers: DecoderLayer[];
  head: { kernel: Matrix; bias: Matrix; tied: boolean }; // kernel [units, vocabulary], tied: the table [vocabulary, units]; bias [vocabulary]
};

/** The samplers that a backend's decoder may apply, in this order. */
export const decoderSamplers = ["topK", "topP", "minP"] as const;

/** The options of a draw, as for `distribution`; a sampler without a value is not applied. */
export type DecoderSampling = { temperature: number; banned: readonly number[] } & {
  [Name in (typeof decoderSamplers)[number]]?: number;
};

export type Decoder = {
  /** Logits of the last step: [rows, vocabulary]. */
  readonly logits: Float32Array;
  /** Sets the state of every row: the layers' states in order, each [units]. Without it, the layers start as their weights say. */
  start: (state: readonly Float32Array[]) => void;
  /** Sets the state of one row, as `start` does; without a state, the one before the first token. */
  restart: (row: number, state?: readonly Float32Array[]) => void;
  /** A copy of the state of one row, which `restart` takes. */
  stateOf: (row: number) => Float32Array[];
  /** Gives each row the state of another. @param sources [rows] */
  select: (sources: Int32Array) => void;
  /**
   * Reads each row's last token, draws the next, and so on.
   * @param last [rows]
   * @param uniforms [steps, rows], each in [0, 1)
   * @returns [steps, rows]; -1 from the first step at which a row's logits were not finite
   */
  next: (last: Int32Array, uniforms: Float64Array) => Int32Array;
  /**
   * Reads one token of each row and leaves the logits of the next in `logits`, for a draw elsewhere.
   * @param tokens [rows]
   */
  step: (tokens: Int32Array) => void;
  dispose: () => void;
};

/** A decoder on the active backend; null if the backend has none for these weights. The caller disposes of it. */
export const createDecoder = (weights: DecoderWeights, rows: number, sampling: DecoderSampling): Decoder | null =>
  backendExtension().createDecoder?.(weights, rows, sampling) ?? null;
