/** @file Dispatches fused operations to the active backend: its kernels, buffers saved for the backward pass, and extensions beside kernels. */
import type { BackendName, OptimizerName } from "../../common/names.js";
import { engine, getBackend, getKernel, type NamedAttrMap, type NamedTensorMap, type Tensor } from "../tfjs.js";
import type { Decoder, DecoderWeights, DecoderSampling } from "./decoder.js";
import type { UpdateArguments } from "./updateWeights.js";

/** Whether the active backend has a kernel for this operation; otherwise the reference computes it. */
export const hasKernel = (name: string): boolean => getKernel(name, getBackend()) !== undefined;

/** `engine().runKernel` for attributes that are objects, and for inputs in a list. */
export const runKernel = (
  name: string,
  inputs: Record<string, Tensor> | Tensor[],
  attributes: object = {},
): Tensor | Tensor[] => engine().runKernel(name, inputs as NamedTensorMap, attributes as NamedAttrMap);

/** The functions that a backend may have beside TF.js kernels. Each is optional and may support only some cells or optimizers. */
export type BackendExtension = {
  /** Names of the cells that the kernels `Recurrent` and `RecurrentGradient` compute. */
  fusedCells?: ReadonlySet<string>;
  /** Whether those kernels also compute dropout of the hidden state. */
  fusesMasks?: boolean;
  /**
   * One optimizer step over all weights, in place.
   * @returns the gradients' norm before clipping; null if the backend does not have this optimizer
   */
  updateWeights?: (name: OptimizerName, step: UpdateArguments) => { norm: number } | null;
  /** Creates a decoder, which generates tokens on the backend. */
  createDecoder?: (weights: DecoderWeights, rows: number, sampling: DecoderSampling) => Decoder;
};

const extensions = new Map<BackendName, BackendExtension>();

/** Registers a backend's extension; it replaces an earlier one. */
export function extendBackend(backendName: BackendName, extension: BackendExtension): void {
  extensions.set(backendName, extension);
}

let active: BackendName | null = null;

/** Makes a backend the active one. TF.js may not be loaded yet. */
export const activateBackend = (name: BackendName): void => void (active = name);

/** Null before a backend is selected. */
export const activeBackend = (): BackendName | null => active;

/** The extension of the active backend. */
export const backendExtension = (): BackendExtension => (active && extensions.get(active)) ?? {};

/**
 * Buffers that a forward pass saves for the backward pass, outside TF.js's tape: on the tape they would be outputs,
 * and TF.js would make a gradient of zeros for each.
 */
export class SavedForBackward<Buffers> {
  private buffers: Buffers | null = null;

  /** @param recording whether a backward pass will follow */
  constructor(readonly recording: boolean = engine().isTapeOn()) {}

  save(buffers: Buffers): void {
    this.buffers = buffers;
  }

  /** Returns the buffers, once. @throws Error if nothing was saved or the buffers were taken already */
  take(): Buffers {
    const { buffers } = this;
    if (buffers === null)
      throw new Error(
        "nothing is saved for this backward pass: run the forward pass with `training: true`, and differentiate it once",
      );
    this.buffers = null;
    return buffers;
  }
}
