/** @file Scans of the element-wise cells against their equations in double precision, and their gradients against finite differences. */
import { expect } from "vitest";
import type { Random } from "../../src/common/random.js";
import {
  anySize,
  expectClose,
  expectSameBits,
  floats,
  kernels,
  testKernel,
  unwritten,
  wholeNumber,
} from "./support.js";

type Numbers = Float32Array | Float64Array;
/** A unit's sums and biases by gate, SRU's vectors, the memory before, and what the highway connection reads. */
type Unit = { x: number[]; b: number[]; v: number[]; memory: number; skip: number; bound: number };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const mix = (z: number, one: number, other: number): number => other + z * (one - other);

/** The steps of one unit, in the order of the kernel's numbers: the output and the next memory. */
const steps: ((unit: Unit) => [output: number, memory: number])[] = [
  ({ x, b, v, memory, skip }) => {
    const next = mix(sigmoid(x[1]! + v[0]! * memory + b[0]!), memory, x[0]!);
    return [mix(sigmoid(x[2]! + v[1]! * memory + b[1]!), next, skip * Math.sqrt(3)), next];
  },
  ({ x, b, memory, bound }) => {
    const [forget, candidate] = [bound + (1 - bound) * sigmoid(x[0]! + b[0]!), x[1]! + b[1]!];
    const next = mix(forget, memory, candidate * sigmoid(candidate));
    return [sigmoid(x[2]! + b[2]!) * next, next];
  },
  ({ x, b, memory }) => {
    const a = x[1]! + b[1]!;
    const next = mix(sigmoid(x[0]! + b[0]!), a < 0 ? sigmoid(a) : a + 0.5, memory);
    return [next, next];
  },
];

type Scan = ReturnType<typeof anyScan>;

/** A scan of random sizes; what lies past a row's length is NaN, so that reading it fails the test. */
function anyScan(random: Random) {
  const kind = wholeNumber(random, 0, 2);
  const [time, batch, units] = [wholeNumber(random, 0, 8), wholeNumber(random, 1, 14), anySize(random)];
  const projected = kind === 0 && random() < 0.5;
  const columns = (kind === 2 ? 2 : projected ? 4 : 3) * units;
  const lengths = random() < 0.6 ? Int32Array.from({ length: batch }, () => wholeNumber(random, 0, time)) : null;
  const padded = (width: number): Float32Array =>
    floats(random, time * batch * width).map((value, index) => {
      const position = Math.floor(index / width);
      return lengths && Math.floor(position / batch) >= lengths[position % batch]! ? NaN : 2 * value;
    });
  return {
    sizes: { kind, time, batch, units, columns, backwards: random() < 0.5, lowerBound: kind === 1 ? random() : 0 },
    lengths,
    tensors: {
      sums: padded(columns),
      input: kind === 0 && !projected ? padded(units) : null,
      vectors: kind === 0 ? floats(random, 2 * units) : null,
      bias: floats(random, (kind === 1 ? 3 : 2) * units),
      initial: random() < 0.5 ? floats(random, batch * units) : null,
    },
    upstream: {
      outputsGradient: padded(units),
      lastOutputGradient: floats(random, batch * units),
      lastMemoryGradient: floats(random, batch * units),
    },
  };
}

type Tensors = { [Name in keyof Scan["tensors"]]: Numbers | null };

/** The equations in plain loops. */
function reference({ sizes, lengths }: Scan, { sums, input, vectors, bias, initial }: Tensors) {
  const { kind, time, batch, units, columns, backwards, lowerBound } = sizes;
  const outputs = new Float64Array(time * batch * units);
  const lastOutput = new Float64Array(batch * units);
  const lastMemory = Float64Array.from({ length: batch * units }, (_, index) => initial?.[index] ?? 0);
  const gates = (values: Numbers | null, from: number): number[] =>
    [0, 1, 2].map((gate) => values?.[from + gate * units] ?? NaN);
  for (let index = 0; index < batch * units; index++) {
    const [row, unit] = [Math.floor(index / units), index % units];
    const length = lengths?.[row] ?? time;
    for (let step = 0; step < length; step++) {
      const position = (backwards ? length - 1 - step : step) * batch + row;
      const [output, memory] = steps[kind]!({
        x: gates(sums, position * columns + unit),
        b: gates(bias, unit),
        v: gates(vectors, unit),
        memory: lastMemory[index]!,
        skip: input ? input[position * units + unit]! : sums![position * columns + 3 * units + unit]!,
        bound: lowerBound,
      });
      outputs[position * units + unit] = lastOutput[index] = output;
      lastMemory[index] = memory;
    }
  }
  return { outputs, lastOutput, lastMemory };
}

function forward({ sizes, lengths, tensors }: Scan) {
  const { time, batch, units } = sizes;
  const results = {
    outputs: unwritten(time * batch * units),
    memories: unwritten(time * batch * units),
    lastOutput: unwritten(batch * units),
    lastMemory: unwritten(batch * units),
  };
  kernels.gatedScanForward({ ...sizes, lengths, ...tensors, ...results });
  return results;
}

function backward(scan: Scan) {
  const { sizes, lengths, tensors, upstream } = scan;
  const { batch, units } = sizes;
  const { memories } = forward(scan);
  const parameters = (tensors.vectors?.length ?? 0) + tensors.bias.length;
  const results = {
    sumsGradient: unwritten(tensors.sums.length),
    inputGradient: tensors.input && unwritten(tensors.input.length),
    initialGradient: unwritten(batch * units),
    parametersGradient: unwritten(parameters),
  };
  const rowGradients = unwritten(batch * parameters);
  kernels.gatedScanBackward({ ...sizes, lengths, ...tensors, memories, ...upstream, rowGradients, ...results });
  return results;
}

/** Σ one · other; where `one` is zero, `other` may be NaN. */
function dot(one: Numbers, other: Numbers): number {
  let sum = 0;
  for (const [index, value] of one.entries()) if (value !== 0) sum += value * other[index]!;
  return sum;
}

testKernel("gatedScan: outputs and states follow the equations and are zero past a row's length", 40, (random) => {
  const scan = anyScan(random);
  const [actual, expected] = [forward(scan), reference(scan, scan.tensors)];
  expectClose(actual.outputs, expected.outputs);
  expectClose(actual.lastOutput, expected.lastOutput);
  expectClose(actual.lastMemory, expected.lastMemory);
});

testKernel("gatedScan: gradients match finite differences", 40, (random) => {
  const scan = anyScan(random);
  const { sizes, tensors, upstream } = scan;
  const found = backward(scan);
  const vectors = 2 * sizes.units * Number(tensors.vectors !== null);
  const gradients: Tensors = {
    sums: found.sumsGradient,
    input: found.inputGradient,
    vectors: tensors.vectors && found.parametersGradient.subarray(0, vectors),
    bias: found.parametersGradient.subarray(vectors),
    initial: found.initialGradient,
  };
  const loss = (moved: Tensors): number => {
    const { outputs, lastOutput, lastMemory } = reference(scan, moved);
    const ofLast = dot(lastOutput, upstream.lastOutputGradient) + dot(lastMemory, upstream.lastMemoryGradient);
    return dot(outputs, upstream.outputsGradient) + ofLast;
  };
  for (const name of Object.keys(gradients) as (keyof Tensors)[]) {
    const [values, gradient] = [tensors[name], gradients[name]];
    if (!values || !gradient) continue;
    const direction = floats(random, values.length);
    const moved = (by: number): number =>
      loss({ ...tensors, [name]: Float64Array.from(values, (value, index) => value + by * direction[index]!) });
    const numerical = (moved(1e-5) - moved(-1e-5)) / 2e-5;
    expectClose(Float32Array.of(dot(gradient, direction)), [numerical], 1e-3);
  }
});

testKernel("gatedScan: the number of threads changes no bit, and padding is never read", 10, (random) => {
  const scan = anyScan(random);
  expectSameBits(() => [
    ...Object.values(forward(scan)),
    ...Object.values(backward(scan)).filter((one) => one !== null),
  ]);
  for (const values of Object.values(backward(scan))) if (values) expect(values.some(Number.isNaN)).toBe(false);
});
