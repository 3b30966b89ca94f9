/** @file The kernels of a backend with the buffers that they read and write: enough for a forward pass without TF.js. */
import type { Pool } from "./bufferPool.js";
import type { Kernels } from "./kernels.js";

export type KernelMemory = { kernels: Kernels; pool: Pool };

let active: KernelMemory | null = null;

/** Makes these kernels the active backend's; null for a backend without kernels. */
export const activateKernels = (memory: KernelMemory | null): void => void (active = memory);

export const activeKernels = (): KernelMemory | null => active;

/** A buffer with these values that the kernels can read: the same, or a copy in the pool, which the caller returns to it. */
export function readable({ pool }: KernelMemory, values: Float32Array): Float32Array {
  if (!pool.required || pool.owns(values.buffer)) return values;
  const copy = pool.take(values.length);
  copy.set(values);
  return copy;
}
