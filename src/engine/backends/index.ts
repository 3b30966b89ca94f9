/** @file Which backend computes, why, and what a person could do about it. */
import { availableParallelism } from "node:os";
import { UserError } from "../../common/errors.js";
import { type BackendName, backendNames, type PrecisionName } from "../../common/names.js";
import { type BackendKind, type InstructionSet, mostThreads } from "./backendKind.js";
import { cpu } from "./cpu/cpuKind.js";
import { registerGradients } from "../gradients/index.js";
import { native } from "./native/nativeKind.js";
import { attentionGradient } from "../ops/attention.js";
import { convolutionGradient } from "../ops/convolution.js";
import { crossEntropyHeadGradient } from "../ops/crossEntropyHead.js";
import { dropoutGradient } from "../ops/dropout.js";
import { embeddingGradient } from "../ops/embedding.js";
import { flattenGradient } from "../ops/flatten.js";
import { layerNormGradient } from "../ops/layerNorm.js";
import { poolGradient } from "../ops/pooling.js";
import { recurrentGradient } from "../ops/recurrent.js";
import { tensorflow } from "./tensorflow/tensorflowKind.js";
import { enableProdMode, getBackend, registerGradient, setBackend } from "../tfjs.js";
import { wasm } from "./wasm/wasmKind.js";

/** `auto` takes the first that can be had, in the order of their names. */
const backends: { [Name in BackendName]: BackendKind } = { native, tensorflow, wasm, cpu };

export type Backend = { name: BackendName; threads: number; instructionSet: InstructionSet | null };

/** What `rnn doctor` tells. */
export type BackendReport = {
  /** The active one; null before `selectBackend`. */
  chosen: BackendName | null;
  /** `file`: within the package, what its kernels were loaded from; null where it has none. */
  backends: { name: BackendName; describe: string; missing: string | null; file: string | null }[];
  instructionSet: InstructionSet | null;
  instructionSets: InstructionSet[];
  /** What products can be made in. */
  precisions: PrecisionName[];
  threads: number;
  processors: number;
  /** Advice, a sentence each; none where nothing is left to do. */
  faster: string[];
};

const firstThatCanBeHad = (): BackendName => backendNames.find((name) => backends[name].missing() === null)!;

/**
 * Makes a backend the one that all tensors live on. To be called before the first tensor.
 * @param precision what products' operands are rounded to from now on; sums and weights are fp32
 * @throws UserError where the backend is not known or it or the precision cannot be had, with the reason and the next step
 */
export async function selectBackend(choice: "auto" | BackendName, precision: PrecisionName = "fp32"): Promise<Backend> {
  if (choice !== "auto" && !backendNames.includes(choice))
    throw new UserError(`there is no backend "${choice}": choose among auto, ${backendNames.join(", ")}`);
  const name = choice === "auto" ? firstThatCanBeHad() : choice;
  const kind = backends[name];
  const missing = kind.missing();
  if (missing !== null) throw new UserError(`backend "${name}" cannot be had: ${missing}; or choose the backend auto`);
  if (!kind.precisions().includes(precision)) {
    const instructionSet = kind.instructionSet();
    const found = instructionSet === null ? `the backend ${name}` : `the instruction set ${instructionSet}`;
    throw new UserError(
      `precision "${precision}" needs the backend native and a processor with AVX512-BF16, and there is ${found} here: choose the precision fp32`,
    );
  }
  kind.usePrecision(precision);
  await register(name);
  await setBackend(name);
  return { name, threads: kind.threads(), instructionSet: kind.instructionSet() };
}

/**
 * How many threads share a kernel's work; results have the same bits with any number. The backend cpu has one, whatever this says.
 * @throws UserError unless it is a whole number from 1 to 256
 */
export function setThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)
    throw new UserError(`expected a whole number of threads from 1 to ${mostThreads}, got ${threads}`);
  for (const name of backendNames) backends[name].setThreads(threads);
}

/** Which backends there are, which one is active, and what would make it faster. */
export function describeBackends(): BackendReport {
  const chosen = backendNames.find((name) => registered.has(name) && name === getBackend()) ?? null;
  const active = chosen ?? firstThatCanBeHad();
  const kind = backends[active];
  const threads = kind.threads();
  const processors = availableParallelism();
  const [instructionSet, widest] = [kind.instructionSet(), kind.instructionSets().at(-1)];
  const faster = [
    native.missing(),
    instructionSet !== (widest ?? null) && `this processor has ${widest}, and ${instructionSet} is used: unset RNN_ISA`,
    active === "native" &&
      threads < processors &&
      `${threads} of this machine's ${processors} processors ${threads === 1 ? "computes" : "compute"}: ask for more threads`,
  ].filter((advice) => typeof advice === "string");
  return {
    chosen,
    backends: backendNames.map((name) => ({
      name,
      describe: backends[name].describe,
      missing: backends[name].missing(),
      file: backends[name].file(),
    })),
    instructionSet,
    instructionSets: kind.instructionSets(),
    precisions: kind.precisions(),
    threads,
    processors,
    faster,
  };
}

/** Gradients of the fused operations, on whichever backend. */
const fusedGradients = [
  embeddingGradient,
  recurrentGradient,
  crossEntropyHeadGradient,
  convolutionGradient,
  poolGradient,
  attentionGradient,
  flattenGradient,
  layerNormGradient,
  dropoutGradient,
];

const registered = new Map<BackendName, Promise<void>>();

/** Only when a backend is selected: importing this file changes nothing. */
async function register(name: BackendName): Promise<void> {
  if (registered.size === 0) {
    enableProdMode(); // else TF.js prints a banner on the first tensor
    registerGradients();
    for (const gradient of fusedGradients) registerGradient(gradient);
  }
  const known = registered.get(name) ?? Promise.resolve(backends[name].register());
  registered.set(name, known);
  await known;
}
