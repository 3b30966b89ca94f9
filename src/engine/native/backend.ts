/** @file TF.js's CPU backend with pooled buffers that C kernels write. */
import { engine, MathBackendCPU, type TensorInfo, util, type Variable } from "../tfjs.js";
import type { Kernels } from "./signatures.js";
import { BufferPool } from "./pool.js";

type CpuBackend = InstanceType<typeof MathBackendCPU>;
type TensorData = ReturnType<CpuBackend["data"]["get"]>;
type DataId = TensorInfo["dataId"];

export class NativeBackend extends MathBackendCPU {
  readonly pool = new BufferPool();
  /** Whose values came from the pool, and go back to it when the last tensor over them is disposed. */
  private readonly pooled = new WeakSet<TensorData>();

  constructor(readonly kernels: Kernels) {
    super();
  }

  /** `count` floats for a result or for scratch, **not** cleared. */
  allocate(count: number): Float32Array<ArrayBuffer> {
    return this.pool.take(count);
  }

  /** Returns what `allocate` gave and no tensor was made of. */
  release(buffer: Float32Array): void {
    this.pool.give(buffer);
  }

  /** A tensor over a buffer that `allocate` gave; from here on the tensor owns it. */
  adopt(shape: number[], buffer: Float32Array): TensorInfo {
    const info = this.makeTensorInfo(shape, "float32", buffer);
    this.pooled.add(this.data.get(info.dataId));
    return info;
  }

  /** A result of this shape, not cleared: fill it through `floats`. */
  output(shape: number[]): TensorInfo {
    return this.adopt(shape, this.allocate(util.sizeFromShape(shape)));
  }

  /** The values of a float32 tensor themselves, for a kernel to read, or to write where `output` or `writable` made it. */
  floats({ dataId }: TensorInfo): Float32Array {
    const data = this.data.get(dataId);
    if (!(data.values instanceof Float32Array)) data.values = Float32Array.from(data.values as ArrayLike<number>);
    return data.values;
  }

  /** The values of an int32 tensor themselves, for a kernel to read. */
  integers({ dataId }: TensorInfo): Int32Array {
    const data = this.data.get(dataId);
    if (!(data.values instanceof Int32Array)) data.values = Int32Array.from(data.values as ArrayLike<number>);
    return data.values;
  }

  /** A variable's values, to be changed in place: no other tensor and nobody's own array shares them. */
  writable(variable: Variable): Float32Array {
    const data = this.data.get(variable.dataId);
    if (data.refCount > 1 || !this.pooled.has(data)) {
      const own = this.output(variable.shape);
      this.floats(own).set(this.floats(variable));
      const tensor = engine().makeTensorFromTensorInfo(own, this);
      variable.assign(tensor);
      tensor.dispose();
    }
    return this.floats(variable);
  }

  /** Makes a view of a pooled buffer a copy, since the buffer may be used again before the view is gone. */
  detach({ dataId }: TensorInfo): void {
    const data = this.data.get(dataId);
    const { values } = data;
    if (values instanceof Float32Array && this.pool.owns(values.buffer) && !this.pooled.has(data))
      data.values = values.slice();
  }

  override readSync(dataId: DataId): ReturnType<CpuBackend["readSync"]> {
    const values = super.readSync(dataId);
    return this.pooled.has(this.data.get(dataId)) ? (values as Float32Array).slice() : values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const data = this.data.has(dataId) ? this.data.get(dataId) : null;
    const gone = super.disposeData(dataId, force);
    if (gone && data !== null && this.pooled.delete(data)) this.pool.give(data.values as Float32Array);
    return gone;
  }
}

/** The active backend where it runs our kernels. */
export function nativeBackend(): NativeBackend | null {
  const { backend } = engine();
  return backend instanceof NativeBackend ? backend : null;
}
