/** @file What backend.ts needs of a way to compute. */
import type { PrecisionName } from "../../common/names.js";

/** An instruction set that kernels are compiled for; avx2-bf16 has products in bf16 emulated, for tests. */
export type InstructionSet = "baseline" | "avx2" | "avx512" | "avx512bf16" | "avx2-bf16" | "neon" | "simd128";

/** Threads that the kernels can have: MAX_THREADS of threads.h. */
export const mostThreads = 256;

/** Nothing here may load anything heavy before it is called: the table of all kinds is in every process. */
export type BackendKind = {
  describe: string;
  /** Why it cannot be had and what to do about it; null where it can. */
  missing: () => string | null;
  /** What its kernels were loaded from, within the package; null where it has no file. */
  file: () => string | null;
  /** Makes it known to TF.js, once a process; only called where nothing is missing. */
  register: () => void | Promise<void>;
  threads: () => number;
  /** From 1 to `mostThreads`. Results have the same bits with any number. To be kept where the backend is not there yet, and without effect where it has but one. */
  setThreads: (threads: number) => void;
  /** The one in use; null where the backend does not tell. */
  instructionSet: () => InstructionSet | null;
  /** Those that the processor has, from the lowest. */
  instructionSets: () => InstructionSet[];
  /** What operands of products can be rounded to. */
  precisions: () => PrecisionName[];
  usePrecision: (precision: PrecisionName) => void;
};

/** What a backend has that computes in fp32, on one thread, with no file of its own, and does not tell on what. */
export const plain = {
  file: () => null,
  threads: () => 1,
  setThreads: () => undefined,
  instructionSet: () => null,
  instructionSets: () => [],
  precisions: () => ["fp32"],
  usePrecision: () => undefined,
} satisfies Partial<BackendKind>;
