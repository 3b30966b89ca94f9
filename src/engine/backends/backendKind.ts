/** @file The interface of a backend for `selectBackend` and `rnn doctor`. */
import type { PrecisionName } from "../../common/names.js";
import type { KernelMemory } from "../kernelBackend/kernelMemory.js";

/** An instruction set that kernels are compiled for; avx2-bf16 and emulated-amx-bf16 emulate matmuls in bf16, for tests. */
export type InstructionSet =
  | "baseline"
  | "avx2"
  | "avx512"
  | "avx512bf16"
  | "amx-bf16"
  | "avx2-bf16"
  | "emulated-amx-bf16"
  | "neon"
  | "simd128"
  | "relaxed-simd";

/** The largest number of threads: MAX_THREADS of src/kernels/threads.h. */
export const maxThreads = 256;

/** Importing a kind must load nothing heavy: the table of all kinds is in every process. */
export type BackendKind = {
  describe: string;
  /** The reason why it cannot be used, and the next step; null if it can be used. */
  missing: () => string | null;
  /** The file within the package that its kernels were loaded from; null without one. */
  file: () => string | null;
  /** Loads it and extends it (`extendBackend`), once per process; called only if nothing is missing. */
  prepare: () => void | Promise<void>;
  /** Its kernels after `prepare`; null for a backend without kernels. */
  memory: () => KernelMemory | null;
  /** Registers it with TF.js, once per process, after `prepare`. */
  register: () => void;
  threads: () => number;
  /** Sets 1…`maxThreads` threads; the results' bits do not depend on it. It may be called before `prepare`, and does nothing if the backend has one thread only. */
  setThreads: (threads: number) => void;
  /** The instruction set in use; null if it is unknown. */
  instructionSet: () => InstructionSet | null;
  /** The instruction sets that the processor has, from the lowest. */
  instructionSets: () => InstructionSet[];
  /** The precisions that operands of matmuls can be rounded to. */
  precisions: () => PrecisionName[];
  usePrecision: (precision: PrecisionName) => void;
  /** Why the processor's fastest products cannot be used, as a sentence; null if they can, or if it has none. */
  tilesMissing: () => string | null;
};

/** Defaults: nothing to load, fp32, one thread, no file, an unknown instruction set. */
export const plain = {
  prepare: () => undefined,
  memory: () => null,
  file: () => null,
  threads: () => 1,
  setThreads: () => undefined,
  instructionSet: () => null,
  instructionSets: () => [],
  precisions: () => ["fp32"],
  usePrecision: () => undefined,
  tilesMissing: () => null,
} satisfies Partial<BackendKind>;
