/** @file What every fused operation needs: whether the active backend has its kernel, and what its way back keeps. */
import { engine, getBackend, getKernel, type NamedAttrMap, type NamedTensorMap, type Tensor } from "../tfjs.js";

/** Whether the active backend runs this operation fused. */
export const hasKernel = (name: string): boolean => getKernel(name, getBackend()) !== undefined;

/** Buffers that a forward pass keeps for its gradient, outside TF.js's tape: there they would be outputs, each with a gradient of zeros. */
export class Kept<Buffers> {
  private buffers: Buffers | null = null;

  /** @param recording whether there will be a way back */
  constructor(readonly recording: boolean = engine().isTapeOn()) {}

  keep(buffers: Buffers): void {
    this.buffers = buffers;
  }

  /** @throws where nothing was kept, or it was used up by another gradient */
  use(): Buffers {
    const { buffers } = this;
    if (buffers === null)
      throw new Error(
        "nothing was kept for this gradient: run the forward pass with `training: true`, and differentiate it once",
      );
    this.buffers = null;
    return buffers;
  }
}

/** `engine().runKernel` for attributes that are objects, and for inputs in a list. */
export const runKernel = (
  name: string,
  inputs: Record<string, Tensor> | Tensor[],
  attributes: object = {},
): Tensor | Tensor[] => engine().runKernel(name, inputs as NamedTensorMap, attributes as NamedAttrMap);
