/** @file The machine: its description, and the programs that measure its peak and memory bandwidth. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { arch, cpus, release, type as system } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ContenderProcess } from "./process.mjs";

/** The key of saved results: the processor's model and the instruction set that the kernels use on it. */
export function processorName() {
  const { isa } = createRequire(import.meta.url)("../build/native.node");
  return `${cpus()[0].model.trim()} with ${isa()}`;
}

/** Compiles peak.c and bandwidth.c for this processor. @param {string} folder of the output @returns {{ peak: string, bandwidth: string } | null} the programs; null without a C compiler */
export function buildPrograms(folder) {
  const native = arch() === "arm64" ? "-mcpu=native" : "-march=native";
  const build = (name) => {
    const program = join(folder, name);
    const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
    const { status } = spawnSync("cc", ["-O3", native, "-ffp-contract=fast", "-pthread", source, "-o", program]);
    return status === 0 ? program : null;
  };
  const [peak, bandwidth] = ["peak", "bandwidth"].map(build);
  return peak && bandwidth ? { peak, bandwidth } : null;
}

/** Other programs only lower the peak: the best of several repetitions is taken. */
const peakRepetitions = 3;

/** The fp32 peak in GFLOP/s. */
async function peakOn(program, threads) {
  const contender = new ContenderProcess([program, String(threads)]);
  await contender.ready();
  const speeds = [];
  for (let repetition = 0; repetition < peakRepetitions; repetition++) speeds.push(await contender.repeat());
  await contender.stop();
  return Math.max(...speeds);
}

/** The line that describes the machine below a table. @param {{ peak: string } | null} programs @param {number} threads */
export async function describeMachine(programs, threads) {
  const processors = cpus();
  const name = `${processors[0].model.trim()}, ${processors.length} processors, ${system()} ${release()} ${arch()}`;
  if (!programs) return `${name}; no C compiler: peak unknown`;
  const peaks = [await peakOn(programs.peak, 1), await peakOn(programs.peak, threads)].map(Math.round);
  return `${name}; fp32 peak ${peaks[0]} GFLOP/s on one thread, ${peaks[1]} on ${threads}`;
}
