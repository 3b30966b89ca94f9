/** @file The native addon: build/native.node, if it is there. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { messageOf, UserError } from "../../errors.js";
import type { InstructionSet } from "../backendKind.js";
import { packageFolder } from "../../packageFolder.js";
import type { PrecisionName } from "../../names.js";
import type { Kernels } from "./signatures.js";

export type Addon = {
  kernels: Kernels;
  /** The instruction set in use: the best of the processor's, or what the environment variable RNN_ISA names. */
  isa: () => InstructionSet;
  /** Those that the processor has, from the lowest. */
  isas: () => InstructionSet[];
  /** For tests and benchmarks: goes on with another one, in fp32. Results differ between sets in their last bits. */
  useIsa: (isa: InstructionSet) => void;
  /** What the instruction set in use has for products. */
  precisions: () => PrecisionName[];
  /** Products' operands are rounded to it; sums are fp32. */
  usePrecision: (precision: PrecisionName) => void;
  /** Threads that share a kernel's work; at first, as many as the process may use processors. */
  threads: () => number;
  /** From 1 to 256. Results have the same bits with any number. */
  setThreads: (threads: number) => void;
  /** Each kernel's arguments and their kinds, as compiled. */
  signatures: Record<string, Record<string, string>>;
};

/** Why there is no addon, for a person to read. */
export type MissingAddon = { missing: string };

const addonPath = join(packageFolder, "build/native.node");

let loaded: Addon | MissingAddon | undefined;

/**
 * Loads the addon once; later calls return the same.
 * @throws UserError where RNN_ISA names what the processor or the addon does not have
 */
export function loadAddon(): Addon | MissingAddon {
  loaded ??= requireAddon();
  return loaded;
}

function requireAddon(): Addon | MissingAddon {
  try {
    return createRequire(import.meta.url)(addonPath) as Addon;
  } catch (error) {
    const message = messageOf(error);
    if (message.startsWith("RNN_ISA")) throw new UserError(message);
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return {
      missing:
        code === "MODULE_NOT_FOUND"
          ? "the native addon is not built: install a C compiler and run npm run build"
          : `the native addon ${addonPath} does not load: ${message}`,
    };
  }
}
