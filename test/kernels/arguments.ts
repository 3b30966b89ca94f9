/** @file Arguments that fit a kernel, found from its errors: the error about a wrong size names the right one. */
import { messageOf } from "../../src/common/errors.js";
import { type DecoderKind, decoderKinds } from "../../src/engine/ops/decoder.js";
import type { KernelName } from "../../src/engine/kernelBackend/kernels.js";
import { kernelCells } from "./recurrentLayer.js";
import type { Random } from "../../src/common/random.js";
import { addon, floats, wholeNumber } from "./support.js";

export type Arguments = Record<string, unknown>;

export const kernelNames = Object.keys(addon.signatures) as KernelName[];
/** Each argument's name and kind. */
export const argumentsOf = (kernel: KernelName): [name: string, kind: string][] =>
  Object.entries(addon.signatures[kernel]!);

export const call = (kernel: KernelName, values: unknown): void => addon.kernels[kernel](values as never);

const kinds: Record<string, (random: Random, leastCount: number) => unknown> = {
  cell: (random) => kernelCells[wholeNumber(random, 0, kernelCells.length - 1)],
  count: (random, least) => (random() < 0.1 ? least : wholeNumber(random, 1, 9)),
  flag: (random) => random() < 0.5,
  seed: (random) => wholeNumber(random, 0, 2 ** 32 - 1),
  scalar: (random) => random(),
  floats: () => new Float32Array(0),
  result: () => new Float32Array(0),
  indices: () => new Int32Array(0),
  positions: () => new Int32Array(0),
  doubles: () => new Float64Array(0),
  uniforms: () => new Float64Array(0),
  "floats[]": () => [],
  "result[]": () => [],
};

function anyArguments(kernel: KernelName, random: Random, leastCount: number): Arguments {
  const values: Arguments = {};
  for (const [name, kind] of argumentsOf(kernel))
    values[name] = kind.endsWith("?") && random() < 0.4 ? null : kinds[kind.replace("?", "")]!(random, leastCount);
  return values;
}

type Sizes = { gates: number; others: number; states: number };
const matrixCell =
  (gates: number, biases: number, states: number) =>
  (_: number, units: number): Sizes => ({
    gates,
    others: gates * (units + biases),
    states,
  });
const convolutionSteps = 3;
/** A layer's kernel, of `gates` for each input, its other weights, and its states, in multiples of the units. */
const decoderSizes: { [Kind in DecoderKind]: (inputs: number, units: number) => Sizes } = {
  rnn: matrixCell(1, 1, 1),
  "rnn-relu": matrixCell(1, 1, 1),
  residual: matrixCell(1, 1, 1),
  lstm: matrixCell(4, 1, 2),
  gru: matrixCell(3, 2, 1),
  "gru-reset-before": matrixCell(3, 1, 1),
  sru: (inputs, units) => ({ gates: inputs === units ? 3 : 4, others: 4, states: 2 }),
  hgrn: () => ({ gates: 3, others: 3, states: 2 }),
  mingru: () => ({ gates: 2, others: 2, states: 1 }),
  projection: () => ({ gates: 1, others: 0, states: 0 }),
  "silu gate": () => ({ gates: 2, others: 0, states: 0 }),
  "causal convolution": () => ({ gates: 0, others: convolutionSteps, states: convolutionSteps - 1 }),
  "layer normalization": () => ({ gates: 0, others: 2, states: 0 }),
  "rms normalization": () => ({ gates: 0, others: 1, states: 0 }),
  "residual connection": () => ({ gates: 0, others: 0, states: 0 }),
};

/** Sets what follows from other arguments of the decoder, which packs columns in blocks of 16. */
function setDependentArguments(values: Arguments): void {
  const inBlocks = (count: number): number => Math.ceil(count / 16) * 16;
  if (!("weightsSize" in values)) return;
  const { vocabulary, embedding, units, details, layers } = values as {
    [Name in "units" | "details"]: Int32Array;
  } & { [Name in "vocabulary" | "embedding" | "layers"]: number };
  const numbers = values["kinds"] as Int32Array;
  if ([numbers, units, details].some(({ length }) => length !== layers)) return;
  let [size, states, inputs, projection] = [0, 0, embedding, NaN];
  for (const [index, number] of numbers.entries()) {
    const kind = decoderKinds[number]!;
    if (/normalization|connection|convolution/.test(kind)) units[index] = inputs;
    details[index] = kind === "causal convolution" ? convolutionSteps : index;
    const own = decoderSizes[kind](inputs, units[index]!);
    if (Number.isNaN(projection) && (own.gates > 0 || kind === "causal convolution"))
      projection = own.gates * inBlocks(units[index]!);
    size += (inputs * own.gates + own.others) * inBlocks(units[index]!);
    states += own.states * units[index]!;
    inputs = units[index]!;
  }
  values["weightsSize"] = size + (inputs + 1) * inBlocks(vocabulary);
  values["projection"] = projection || 0;
  values["projected"] = (values["projected"] as number) % 2 === 0 ? 0 : vocabulary;
  values["states"] = states;
}

/** Corrects the argument that the message names; returns false if the message names none. */
function correct(values: Arguments, message: string, random: Random): boolean {
  const sized = /: (\w+)(?:\[(\d+)\])? has \d+ elements instead of (\d+)$/.exec(message);
  if (sized) {
    const [name, index, size] = [sized[1]!, sized[2], Number(sized[3])];
    if (size > 2 ** 16) return false;
    if (index !== undefined) (values[name] as Float32Array[])[Number(index)] = floats(random, size);
    else if (values[name] instanceof Float32Array) values[name] = floats(random, size);
    else if (values[name] instanceof Int32Array) values[name] = new Int32Array(size);
    else values[name] = Float64Array.from({ length: size }, random);
    return true;
  }
  const ranged = /: (\w+) holds -?\d+, which is not within (-?\d+) to (-?\d+)$/.exec(message);
  if (ranged) {
    const [name, low, high] = [ranged[1]!, Number(ranged[2]), Math.min(Number(ranged[3]), 20)];
    if (high < low) return false;
    values[name] = (values[name] as Int32Array).map(() => wholeNumber(random, low, high));
    return true;
  }
  const listed = /: (\w+) is not a list of (\d+) arrays$/.exec(message);
  if (listed) values[listed[1]!] = Array.from({ length: Number(listed[2]) }, () => new Float32Array(0));
  return listed !== null;
}

/** Arguments of random sizes with which the kernel ran. Its arrays have exactly the required sizes. */
export function fittingArguments(kernel: KernelName, random: Random, leastCount = 1): Arguments {
  let message = "";
  for (let attempt = 0; attempt < 1000; attempt++) {
    const values = anyArguments(kernel, random, leastCount);
    for (let corrections = 0; corrections < 100; corrections++) {
      setDependentArguments(values);
      try {
        call(kernel, values);
        return values;
      } catch (error) {
        message = messageOf(error);
        if (!correct(values, message, random)) break; // a condition between arguments does not hold: draw other numbers
      }
    }
  }
  throw new Error(`no arguments fit ${kernel}: ${message}`);
}
