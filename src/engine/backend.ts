/** @file Which backend computes, why, and what a person could do about it. */
import { availableParallelism } from "node:os";
import { UserError } from "../errors.js";
import { type BackendName, backendNames, type PrecisionName } from "../names.js";
import { registerGradients } from "./gradients.js";
import { type Addon, type InstructionSet, loadAddon } from "./native/addon.js";
import { registerNativeBackend } from "./native/register.js";
import { enableProdMode, getBackend, setBackend } from "./tfjs.js";

type Definition = {
  describe: string;
  /** Why it cannot be had and what to do about it; null where it can. */
  missing: () => string | null;
};

/** `auto` takes the first that can be had, in the order of their names. */
const backends = {
  native: { describe: "C kernels with threads, called by TensorFlow.js", missing: () => addonOrReason().missing },
  cpu: {
    describe: "TensorFlow.js's own JavaScript, on one thread, about 100 times slower than native",
    missing: () => null,
  },
} satisfies Record<BackendName, Definition>;

export type Backend = { name: BackendName; threads: number; instructionSet: InstructionSet | null };

/** What `rnn doctor` tells. */
export type BackendReport = {
  /** The active one; null before `selectBackend`. */
  chosen: BackendName | null;
  backends: { name: BackendName; describe: string; missing: string | null }[];
  instructionSet: InstructionSet | null;
  instructionSets: InstructionSet[];
  /** What products can be made in. */
  precisions: PrecisionName[];
  threads: number;
  processors: number;
  /** Advice, a sentence each; none where nothing is left to do. */
  faster: string[];
};

/**
 * Makes a backend the one that all tensors live on. To be called before the first tensor.
 * @param precision what products' operands are rounded to from now on; sums and weights are fp32
 * @throws UserError where the backend is not known or it or the precision cannot be had, with the reason and the next step
 */
export async function selectBackend(choice: "auto" | BackendName, precision: PrecisionName = "fp32"): Promise<Backend> {
  if (choice !== "auto" && !backendNames.includes(choice))
    throw new UserError(`there is no backend "${choice}": choose among auto, ${backendNames.join(", ")}`);
  const name = choice === "auto" ? backendNames.find((candidate) => backends[candidate].missing() === null)! : choice;
  const missing = backends[name].missing();
  if (missing !== null) throw new UserError(`backend "${name}" cannot be had: ${missing}; or choose the backend auto`);
  usePrecision(precision, name);
  register();
  await setBackend(name);
  return { name, threads: threadsOf(name), instructionSet: name === "native" ? addonOrReason().addon!.isa() : null };
}

/**
 * How many threads share a kernel's work; results have the same bits with any number. The backend cpu has one, whatever this says.
 * @throws UserError unless it is a whole number from 1 to 256
 */
export function setThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > 256)
    throw new UserError(`expected a whole number of threads from 1 to 256, got ${threads}`);
  addonOrReason().addon?.setThreads(threads);
}

/** Which backends there are, which one is active, and what would make it faster. */
export function describeBackends(): BackendReport {
  const { addon, missing } = addonOrReason();
  const chosen = backendNames.find((name) => registered && name === getBackend()) ?? null;
  const active = chosen ?? (addon ? "native" : "cpu");
  const threads = threadsOf(active);
  const processors = availableParallelism();
  const best = addon?.isas().at(-1);
  const faster = [
    missing,
    addon && active !== "native" && "the native backend can be had here: choose the backend native",
    addon && addon.isa() !== best && `this processor has ${best}, and ${addon.isa()} is used: unset RNN_ISA`,
    active === "native" &&
      threads < processors &&
      `this machine has ${processors} processors, and ${threads} of them are used: ask for more threads`,
  ].filter((advice) => typeof advice === "string");
  return {
    chosen,
    backends: backendNames.map((name) => ({
      name,
      describe: backends[name].describe,
      missing: backends[name].missing(),
    })),
    instructionSet: active === "native" && addon ? addon.isa() : null,
    instructionSets: addon?.isas() ?? [],
    precisions: precisionsOf(active),
    threads,
    processors,
    faster,
  };
}

const precisionsOf = (name: BackendName): PrecisionName[] =>
  name === "native" ? addonOrReason().addon!.precisions() : ["fp32"];

function usePrecision(precision: PrecisionName, name: BackendName): void {
  const { addon } = addonOrReason();
  if (!precisionsOf(name).includes(precision)) {
    const found = name === "native" ? `the instruction set ${addon!.isa()}` : `the backend ${name}`;
    throw new UserError(
      `precision "${precision}" needs a processor with AVX512-BF16, and there is ${found} here: choose the precision fp32`,
    );
  }
  if (name === "native") addon!.usePrecision(precision);
}

const threadsOf = (name: BackendName): number => (name === "native" ? addonOrReason().addon!.threads() : 1);

function addonOrReason(): { addon: Addon; missing: null } | { addon: null; missing: string } {
  const loaded = loadAddon();
  return "missing" in loaded ? { addon: null, missing: loaded.missing } : { addon: loaded, missing: null };
}

let registered = false;

/** Once a process, and only when a backend is selected: importing this file changes nothing. */
function register(): void {
  if (registered) return;
  registered = true;
  enableProdMode(); // else TF.js prints a banner on the first tensor
  registerGradients();
  const { addon } = addonOrReason();
  if (addon) registerNativeBackend(addon.kernels);
}
