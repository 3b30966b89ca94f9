/** @file TF.js's CPU backend with pooled buffers that our C kernels read and write: the base of the backends native and wasm. */
import { engine, type KernelConfig, MathBackendCPU, sizeFromShape, type TensorInfo, type Variable } from "../tfjs.js";
import type { Pool } from "./bufferPool.js";
import type { KernelMemory } from "./kernelMemory.js";
import type { Kernels } from "./kernels.js";

type CpuBackend = InstanceType<typeof MathBackendCPU>;
/** `pooled`: the values are a buffer of the pool, which gets it back when the last tensor over it is disposed of. */
type TensorData = ReturnType<CpuBackend["data"]["get"]> & { pooled?: true };
type DataId = TensorInfo["dataId"];

export class KernelBackend extends MathBackendCPU {
  readonly kernels: Kernels;
  readonly pool: Pool;

  constructor({ kernels, pool }: KernelMemory) {
    super();
    this.kernels = kernels;
    this.pool = pool;
  }

  /** `count` floats for a result or for working memory, **not** cleared. */
  allocate(count: number): Float32Array {
    return this.pool.take(count);
  }

  /** Returns a buffer of `allocate` that no tensor was made of. */
  release(buffer: Float32Array): void {
    this.pool.give(buffer);
  }

  /** A tensor over a buffer of `allocate`, which the tensor then owns. */
  adopt(shape: number[], buffer: Float32Array): TensorInfo {
    const info = this.makeTensorInfo(shape, "float32", buffer);
    this.own(info, buffer);
    return info;
  }

  /** A tensor of this shape for a kernel to write through `floats`; not cleared. */
  output(shape: number[]): TensorInfo {
    return this.adopt(shape, this.allocate(sizeFromShape(shape)));
  }

  /** The buffer of a float32 tensor, for a kernel to read; to write only if `output` or `writable` made it. */
  floats(tensor: TensorInfo): Float32Array {
    const data = this.dataOf(tensor);
    if (!(data.values instanceof Float32Array)) data.values = Float32Array.from(data.values as ArrayLike<number>);
    return data.values;
  }

  /** The buffer of an int32 tensor, for a kernel to read. */
  integers(tensor: TensorInfo): Int32Array {
    const data = this.dataOf(tensor);
    if (!(data.values instanceof Int32Array)) data.values = Int32Array.from(data.values as ArrayLike<number>);
    return data.values;
  }

  /** A variable's buffer, to be changed in place; a variable that shares its buffer gets a copy first. */
  writable(variable: Variable): Float32Array {
    const data = this.dataOf(variable);
    if (data.refCount > 1 || !data.pooled) {
      const copy = this.output(variable.shape);
      this.floats(copy).set(this.floats(variable));
      const tensor = engine().makeTensorFromTensorInfo(copy, this);
      variable.assign(tensor);
      tensor.dispose();
    }
    return this.floats(variable);
  }

  /** Replaces a tensor's buffer by one of `allocate` with the same values. */
  protected own(tensor: TensorInfo, buffer: Float32Array): void {
    const data = this.dataOf(tensor);
    data.values = buffer;
    data.pooled = true;
  }

  /** Copies a view of a pooled buffer, since the buffer may be used again while the view exists. */
  detach(tensor: TensorInfo): void {
    const data = this.dataOf(tensor);
    const { values } = data;
    if (values instanceof Float32Array && this.pool.owns(values.buffer) && !data.pooled) data.values = values.slice();
  }

  private dataOf({ dataId }: Pick<TensorInfo, "dataId">): TensorData {
    return this.data.get(dataId);
  }

  override readSync(dataId: DataId): ReturnType<CpuBackend["readSync"]> {
    const values = super.readSync(dataId);
    return this.dataOf({ dataId }).pooled ? (values as Float32Array).slice() : values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const data = this.data.has(dataId) ? this.dataOf({ dataId }) : null;
    const disposed = super.disposeData(dataId, force);
    if (disposed && data?.pooled) this.pool.give(data.values as Float32Array);
    return disposed;
  }
}

/**
 * A TF.js kernel of our backends.
 * @param run gets the call's inputs and attributes, of the types that it declares
 */
export const kernelConfig = (
  kernelName: string,
  run: (backend: KernelBackend, inputs: never, attributes: never) => TensorInfo | TensorInfo[],
): KernelConfig => ({
  kernelName,
  backendName: "native", // registerKernels replaces it
  kernelFunc: ({ inputs, attrs, backend }) => run(backend as KernelBackend, inputs as never, attrs as never),
});

/** The active backend if it runs our kernels, else null. */
export function activeKernelBackend(): KernelBackend | null {
  const { backend } = engine();
  return backend instanceof KernelBackend ? backend : null;
}
