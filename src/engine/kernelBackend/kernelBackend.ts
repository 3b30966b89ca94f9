/** @file TF.js's CPU backend with pooled buffers that C kernels write. */
import { engine, MathBackendCPU, type TensorInfo, util, type Variable } from "../tfjs.js";
import type { Kernels } from "./signatures.js";
import type { Pool } from "./bufferPool.js";

type CpuBackend = InstanceType<typeof MathBackendCPU>;
/** `pooled`: the values came from the pool, and go back to it when the last tensor over them is disposed. */
type TensorData = ReturnType<CpuBackend["data"]["get"]> & { pooled?: true };
type DataId = TensorInfo["dataId"];

export class NativeBackend extends MathBackendCPU {
  constructor(
    readonly kernels: Kernels,
    readonly pool: Pool,
  ) {
    super();
  }

  /** `count` floats for a result or for scratch, **not** cleared. */
  allocate(count: number): Float32Array {
    return this.pool.take(count);
  }

  /** Returns what `allocate` gave and no tensor was made of. */
  release(buffer: Float32Array): void {
    this.pool.give(buffer);
  }

  /** A tensor over a buffer that `allocate` gave; from here on the tensor owns it. */
  adopt(shape: number[], buffer: Float32Array): TensorInfo {
    const info = this.makeTensorInfo(shape, "float32", buffer);
    this.own(info, buffer);
    return info;
  }

  /** A result of this shape, not cleared: fill it through `floats`. */
  output(shape: number[]): TensorInfo {
    return this.adopt(shape, this.allocate(util.sizeFromShape(shape)));
  }

  /** The values of a float32 tensor themselves, for a kernel to read, or to write where `output` or `writable` made it. */
  floats(tensor: TensorInfo): Float32Array {
    const data = this.dataOf(tensor);
    if (!(data.values instanceof Float32Array)) data.values = Float32Array.from(data.values as ArrayLike<number>);
    return data.values;
  }

  /** The values of an int32 tensor themselves, for a kernel to read. */
  integers(tensor: TensorInfo): Int32Array {
    const data = this.dataOf(tensor);
    if (!(data.values instanceof Int32Array)) data.values = Int32Array.from(data.values as ArrayLike<number>);
    return data.values;
  }

  /** A variable's values, to be changed in place: no other tensor and nobody's own array shares them. */
  writable(variable: Variable): Float32Array {
    const data = this.dataOf(variable);
    if (data.refCount > 1 || !data.pooled) {
      const own = this.output(variable.shape);
      this.floats(own).set(this.floats(variable));
      const tensor = engine().makeTensorFromTensorInfo(own, this);
      variable.assign(tensor);
      tensor.dispose();
    }
    return this.floats(variable);
  }

  /** Puts a buffer that `allocate` gave, with the same values, in the place of a tensor's own. */
  protected own(tensor: TensorInfo, buffer: Float32Array): void {
    const data = this.dataOf(tensor);
    data.values = buffer;
    data.pooled = true;
  }

  /** Makes a view of a pooled buffer a copy, since the buffer may be used again before the view is gone. */
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
    const gone = super.disposeData(dataId, force);
    if (gone && data?.pooled) this.pool.give(data.values as Float32Array);
    return gone;
  }
}

/** The active backend where it runs our kernels. */
export function nativeBackend(): NativeBackend | null {
  const { backend } = engine();
  return backend instanceof NativeBackend ? backend : null;
}
