/** @file The backend wasm: the kernels in WebAssembly, with tensors in WebAssembly's memory. */
import { KernelBackend } from "../../kernelBackend/kernelBackend.js";
import type { TensorInfo } from "../../tfjs.js";

export class WasmBackend extends KernelBackend {
  /** Values from elsewhere are copied into the memory when a kernel first reads them. */
  override floats(tensor: TensorInfo): Float32Array {
    const values = super.floats(tensor);
    return this.pool.owns(values.buffer) ? values : this.moveIn(tensor, values);
  }

  private moveIn(tensor: TensorInfo, values: Float32Array): Float32Array {
    const moved = this.allocate(values.length);
    moved.set(values);
    this.own(tensor, moved);
    return moved;
  }
}
