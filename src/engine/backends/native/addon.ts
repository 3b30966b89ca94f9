/** @file The native addon: the one compiled here, or else the one that came with the package for this system. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { messageOf, UserError } from "../../../common/errors.js";
import type { InstructionSet } from "../backendKind.js";
import { packageFolder } from "../../../common/packageFolder.js";
import type { PrecisionName } from "../../../common/names.js";
import type { Kernels } from "../../kernelBackend/kernels.js";
import { signatures } from "../../kernelBackend/signatures.js";
import { systemName } from "./systemName.js";

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

/** Where it came from: a path within the package. */
export type LoadedAddon = Addon & { file: string };

/** Why there is no addon, for a person to read. */
export type MissingAddon = { missing: string };

let loaded: LoadedAddon | MissingAddon | undefined;

/**
 * Loads the addon once; later calls return the same. What was compiled here comes first, then what the package brought for this system.
 * @throws UserError where RNN_ISA names what the processor or the addon does not have
 */
export function loadAddon(): LoadedAddon | MissingAddon {
  loaded ??= firstThatLoads(["build/native.node", `prebuilt/${systemName()}/native.node`]);
  return loaded;
}

function firstThatLoads(files: string[]): LoadedAddon | MissingAddon {
  const failures: string[] = [];
  for (const file of files.filter((path) => existsSync(join(packageFolder, path)))) {
    try {
      const addon = createRequire(import.meta.url)(join(packageFolder, file)) as Addon;
      if (JSON.stringify(addon.signatures) === JSON.stringify(signatures)) return { ...addon, file };
      failures.push(`the native addon ${file} is of other sources than these: run npm run build`);
    } catch (error) {
      const message = messageOf(error);
      if (message.startsWith("RNN_ISA")) throw new UserError(message);
      failures.push(
        `the native addon ${file} does not load: ${message.split("\n", 1)[0]}: in a clone, remove it and run npm run build`,
      );
    }
  }
  const none = `there is no native addon for ${systemName()} here: in a clone, install a C compiler and run npm run build`;
  return { missing: failures.join("; ") || none };
}
