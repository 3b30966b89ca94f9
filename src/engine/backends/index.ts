/** @file Selecting the backend, and describing all backends for `rnn doctor`. */
import { availableParallelism } from "node:os";
import { UserError } from "../../common/errors.js";
import { type BackendName, backendNames, type PrecisionName } from "../../common/names.js";
import { suggestion } from "../../common/nearest.js";
import { type BackendKind, type InstructionSet, maxThreads } from "./backendKind.js";
import { cpu } from "./cpu/cpuKind.js";
import { registerGradients } from "../gradients/index.js";
import { native } from "./native/nativeKind.js";
import { activateKernels } from "../kernelBackend/kernelMemory.js";
import { activateBackend, activeBackend } from "../ops/dispatch.js";
import { attentionGradient } from "../ops/attention.js";
import { causalConvolutionGradient } from "../ops/causalConvolution.js";
import { convolutionGradient } from "../ops/convolution.js";
import { crossEntropyHeadGradient } from "../ops/crossEntropyHead.js";
import { dropoutGradient } from "../ops/dropout.js";
import { embeddingGradient } from "../ops/embedding.js";
import { flattenGradient } from "../ops/flatten.js";
import { gatedScanGradient } from "../ops/gatedScan.js";
import { layerNormGradient } from "../ops/layerNorm.js";
import { poolGradient } from "../ops/pooling.js";
import { recurrentGradient } from "../ops/recurrent.js";
import { rmsNormGradient } from "../ops/rmsNorm.js";
import { siluGateGradient } from "../ops/siluGate.js";
import { tensorflow } from "./tensorflow/tensorflowKind.js";
import { enableProdMode, registerGradient, setBackend, whenLoaded } from "../tfjs.js";
import { wasm } from "./wasm/wasmKind.js";

/** `auto` selects the first usable backend, in the order of `backendNames`. */
const backends: { [Name in BackendName]: BackendKind } = { native, tensorflow, wasm, cpu };

export type Backend = { name: BackendName; threads: number; instructionSet: InstructionSet | null };

/** The report of `rnn doctor`. */
export type BackendReport = {
  /** The active backend; null before `selectBackend`. */
  chosen: BackendName | null;
  /** missing: why a backend cannot be used, or null; file: the file within the package that its kernels were loaded from, or null. */
  backends: { name: BackendName; describe: string; missing: string | null; file: string | null }[];
  instructionSet: InstructionSet | null;
  instructionSets: InstructionSet[];
  /** Precisions of matmuls. */
  precisions: PrecisionName[];
  threads: number;
  processors: number;
  /** Advice for faster training, one sentence each; may be empty. */
  faster: string[];
};

const firstUsable = (): BackendName => backendNames.find((name) => backends[name].missing() === null)!;

/**
 * Selects the backend that holds all tensors. Call it before the first tensor.
 * @param precision the operands of matmuls are rounded to it from now on; sums and weights are fp32
 * @throws UserError if the backend is unknown, or the backend or the precision cannot be used, with the reason and the next step
 */
export async function selectBackend(choice: "auto" | BackendName, precision: PrecisionName = "fp32"): Promise<Backend> {
  if (choice !== "auto" && !backendNames.includes(choice))
    throw new UserError(
      `no such backend ${choice as string}${suggestion(choice, ["auto", ...backendNames], "backends")}`,
    );
  const name = choice === "auto" ? firstUsable() : choice;
  const kind = backends[name];
  const missing = kind.missing();
  if (missing !== null) throw new UserError(`the backend ${name} cannot be used: ${missing}; or use --backend auto`);
  if (!kind.precisions().includes(precision)) {
    const instructionSet = kind.instructionSet();
    const found = instructionSet === null ? `the backend ${name}` : `the instruction set ${instructionSet}`;
    throw new UserError(
      `the precision ${precision} needs the backend native and a processor with AMX or AVX512-BF16; here is ${found}. Use --precision fp32`,
    );
  }
  kind.usePrecision(precision);
  await prepare(name);
  activateBackend(name);
  activateKernels(kind.memory());
  whenLoaded(() => startTensors(name));
  return { name, threads: kind.threads(), instructionSet: kind.instructionSet() };
}

/** The precisions of matmuls that a backend has on this processor. */
export const precisionsOf = (name: BackendName): PrecisionName[] => backends[name].precisions();

/**
 * Sets the number of threads; the results' bits do not depend on it. The backend cpu always has one thread.
 * @throws UserError unless it is a whole number from 1 to 256
 */
export function setThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > maxThreads)
    throw new UserError(`expected a whole number of threads from 1 to ${maxThreads}, got ${threads}`);
  for (const name of backendNames) backends[name].setThreads(threads);
}

/** Describes all backends and the active one, with advice for faster training. */
export function describeBackends(): BackendReport {
  const chosen = activeBackend();
  const active = chosen ?? firstUsable();
  const kind = backends[active];
  const threads = kind.threads();
  const processors = availableParallelism();
  const [instructionSet, widest] = [kind.instructionSet(), kind.instructionSets().at(-1)];
  const faster = [
    native.missing(),
    active === "native" && kind.tilesMissing(),
    instructionSet !== (widest ?? null) && `this processor has ${widest}, but ${instructionSet} is used: unset RNN_ISA`,
    active === "native" &&
      threads < processors &&
      `${threads} of this machine's ${processors} processors ${threads === 1 ? "is" : "are"} used: set more --threads`,
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

/** Gradients of the fused operations, for all backends. */
const fusedGradients = [
  embeddingGradient,
  recurrentGradient,
  crossEntropyHeadGradient,
  convolutionGradient,
  poolGradient,
  attentionGradient,
  flattenGradient,
  layerNormGradient,
  rmsNormGradient,
  siluGateGradient,
  causalConvolutionGradient,
  gatedScanGradient,
  dropoutGradient,
];

const prepared = new Map<BackendName, Promise<void>>();

/** Runs when a backend is selected: importing this file has no side effects. */
async function prepare(name: BackendName): Promise<void> {
  const known = prepared.get(name) ?? Promise.resolve(backends[name].prepare());
  prepared.set(name, known);
  await known;
}

const registered = new Set<BackendName>();

/** Makes a backend the one of TF.js's tensors. */
function startTensors(name: BackendName): void {
  if (registered.size === 0) {
    enableProdMode(); // otherwise TF.js prints a banner on the first tensor
    registerGradients();
    for (const gradient of fusedGradients) registerGradient(gradient);
  }
  if (!registered.has(name)) backends[name].register();
  registered.add(name);
  void setBackend(name); // ends at once: none of these backends starts asynchronously
}
