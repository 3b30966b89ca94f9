/** @file Loads the native addon: the one compiled here, or else the one in the package for this system. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { messageOf, UserError } from "../../../common/errors.js";
import type { InstructionSet } from "../backendKind.js";
import { packageFolder } from "../../../common/packageFolder.js";
import { warnOnce } from "../../../common/warnings.js";
import type { PrecisionName } from "../../../common/names.js";
import type { Kernels } from "../../kernelBackend/kernels.js";
import { signatures } from "../../kernelBackend/signatures.js";
import { systemName } from "./systemName.js";

export type Addon = {
  kernels: Kernels;
  /** The instruction set in use: the processor's best, or the one that the environment variable RNN_ISA names. */
  isa: () => InstructionSet;
  /** The instruction sets that the processor has, from the lowest. */
  isas: () => InstructionSet[];
  /** Switches to another one, in fp32, for tests and benchmarks. Results differ between sets in their last bits. */
  useIsa: (isa: InstructionSet) => void;
  /** The precisions of matmuls on the instruction set in use. */
  precisions: () => PrecisionName[];
  /** Rounds the operands of matmuls to this precision; sums are fp32. */
  usePrecision: (precision: PrecisionName) => void;
  /** Why the processor's tile registers (AMX) cannot be used, as a sentence; null if they can, or if it has none. */
  tilesMissing: () => string | null;
  /** The number of threads; at first, the number of processors that the process may use. */
  threads: () => number;
  /** From 1 to 256; the results' bits do not depend on it. */
  setThreads: (threads: number) => void;
  /** Each kernel's arguments and their kinds, as compiled in. */
  signatures: Record<string, Record<string, string>>;
};

/** file: its path within the package. */
export type LoadedAddon = Addon & { file: string };

/** The message about a missing addon. */
export type MissingAddon = { missing: string };

let loaded: LoadedAddon | MissingAddon | undefined;

/**
 * Loads the addon once; later calls return the same. The one compiled here comes first, then the package's for this system.
 * @throws UserError if RNN_ISA names an instruction set that the processor or the addon does not have
 */
export function loadAddon(): LoadedAddon | MissingAddon {
  loaded ??= firstLoadable(["build/native.node", `prebuilt/${systemName()}/native.node`]);
  return loaded;
}

function firstLoadable(files: string[]): LoadedAddon | MissingAddon {
  const failures: string[] = [];
  for (const file of files.filter((path) => existsSync(join(packageFolder, path)))) {
    const damage = damageOf(join(packageFolder, file));
    if (damage !== undefined) {
      const damaged = `the native addon ${file} is damaged (${damage})`;
      warnOnce(`${damaged}, so a slower backend computes; install rnn again, or in a clone run npm run build`);
      failures.push(`${damaged}; install rnn again, or in a clone run npm run build`);
      continue;
    }
    try {
      const addon = createRequire(import.meta.url)(join(packageFolder, file)) as Addon;
      if (JSON.stringify(addon.signatures) === JSON.stringify(signatures)) return { ...addon, file };
      failures.push(`the native addon ${file} was compiled from other sources: run npm run build`);
    } catch (error) {
      const message = messageOf(error);
      if (message.startsWith("RNN_ISA")) throw new UserError(message);
      failures.push(
        `the native addon ${file} does not load: ${message.split("\n", 1)[0]}; in a clone, remove it and run npm run build`,
      );
    }
  }
  const none = `no native addon for ${systemName()}; in a clone, install a C compiler and run npm run build`;
  return { missing: failures.join("; ") || none };
}

/**
 * Loading a truncated addon ends the process, so its bytes are compared with the SHA-256 that the build recorded beside it. An installation that
 * was cut off lacks the record.
 */
function damageOf(path: string): string | undefined {
  try {
    const recorded = readFileSync(`${path}.sha256`, "latin1").trim();
    const found = createHash("sha256").update(readFileSync(path)).digest("hex");
    return found === recorded ? undefined : "its SHA-256 differs";
  } catch (error) {
    return `its SHA-256 could not be compared: ${messageOf(error)}`;
  }
}
