/** @file Random stacks of the decoder's layers, and a step of each kind in plain loops and double precision. */
import type { Random } from "../../src/common/random.js";
import { decoderKinds } from "../../src/engine/ops/decoder.js";
import { anySize, floats, indices, kernels, wholeNumber } from "./support.js";

/** Rows of `inner` values for each of `gates` matrices side by side, [inner, gates · units], packed together. */
type Part = { inner: number; gates: number; values: Float32Array };

type Layer = { kind: Kind; inputs: number; units: number; parts: Part[]; constant: number; detail: number };
export type Stack = ReturnType<typeof anyStack>;

/** The values of one row: x, the signals before it, the layer's state and its weights; returns the output. */
type Step = (layer: Layer, signals: Float64Array[], state: Float64Array[]) => ArrayLike<number>;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** bias + Σ value · matrix, [gates · units]. */
function product(values: ArrayLike<number>, { gates, values: matrix }: Part, units: number): number[] {
  const width = gates * units;
  return Array.from({ length: width }, (_, column) => {
    let sum = 0;
    for (let k = 0; k < values.length; k++) sum += values[k]! * matrix[k * width + column]!;
    return sum;
  });
}

/** The weights of a layer, a part for each matrix; `start`: a state for each. */
type KindOfLayer = {
  parts: (inputs: number, units: number) => [inner: number, gates: number][];
  states: number;
  step: Step;
};

const convolutionSteps = 3;

const layerKinds = {
  lstm: {
    parts: (inputs, units) => [
      [inputs, 4],
      [units, 4],
      [1, 4],
    ],
    states: 2,
    step: ({ units, parts: [kernel, recurrent, bias] }, signals, [hidden, cell]) => {
      const [read, fed] = [product(signals.at(-1)!, kernel!, units), product(hidden!, recurrent!, units)];
      const sums = read.map((sum, index) => sum + fed[index]! + bias!.values[index]!);
      for (let j = 0; j < units; j++) {
        cell![j] = sigmoid(sums[units + j]!) * cell![j]! + sigmoid(sums[j]!) * Math.tanh(sums[2 * units + j]!);
        hidden![j] = sigmoid(sums[3 * units + j]!) * Math.tanh(cell![j]!);
      }
      return hidden!.slice();
    },
  },
  sru: {
    parts: (inputs, units) => [
      [inputs, inputs === units ? 3 : 4],
      [2, 1],
      [1, 2],
    ],
    states: 2,
    step: ({ inputs, units, parts: [kernel, vectors, bias] }, signals, [hidden, memory]) => {
      const x = signals.at(-1)!;
      const sums = product(x, kernel!, units);
      for (let j = 0; j < units; j++) {
        const gate = (index: number) =>
          sigmoid(
            sums[(1 + index) * units + j]! +
              vectors!.values[index * units + j]! * before +
              bias!.values[index * units + j]!,
          );
        const before = memory![j]!;
        const [forget, reset] = [gate(0), gate(1)];
        memory![j] = forget * before + (1 - forget) * sums[j]!;
        const skip = inputs === units ? x[j]! : sums[3 * units + j]!;
        hidden![j] = reset * memory![j]! + (1 - reset) * Math.sqrt(3) * skip;
      }
      return hidden!.slice();
    },
  },
  hgrn: {
    parts: (inputs) => [
      [inputs, 3],
      [1, 3],
    ],
    states: 2,
    step: ({ units, parts: [kernel, bias], constant }, signals, [hidden, memory]) => {
      const sums = product(signals.at(-1)!, kernel!, units).map((sum, index) => sum + bias!.values[index]!);
      for (let j = 0; j < units; j++) {
        const forget = constant + (1 - constant) * sigmoid(sums[j]!);
        const candidate = sums[units + j]! * sigmoid(sums[units + j]!);
        memory![j] = forget * memory![j]! + (1 - forget) * candidate;
        hidden![j] = sigmoid(sums[2 * units + j]!) * memory![j]!;
      }
      return hidden!.slice();
    },
  },
  mingru: {
    parts: (inputs) => [
      [inputs, 2],
      [1, 2],
    ],
    states: 1,
    step: ({ units, parts: [kernel, bias] }, signals, [hidden]) => {
      const sums = product(signals.at(-1)!, kernel!, units).map((sum, index) => sum + bias!.values[index]!);
      for (let j = 0; j < units; j++) {
        const [update, candidate] = [sigmoid(sums[j]!), sums[units + j]!];
        const positive = candidate >= 0 ? candidate + 0.5 : sigmoid(candidate);
        hidden![j] = (1 - update) * hidden![j]! + update * positive;
      }
      return hidden!.slice();
    },
  },
  "layer normalization": {
    parts: () => [
      [1, 1],
      [1, 1],
    ],
    states: 0,
    step: ({ parts: [scale, shift], constant }, signals) => {
      const x = [...signals.at(-1)!];
      const center = mean(x);
      const deviation = Math.sqrt(mean(x.map((value) => (value - center) ** 2)) + constant);
      return x.map((value, j) => ((value - center) / deviation) * scale!.values[j]! + shift!.values[j]!);
    },
  },
  "rms normalization": {
    parts: () => [[1, 1]],
    states: 0,
    step: ({ parts: [scale], constant }, signals) => {
      const x = [...signals.at(-1)!];
      const root = Math.sqrt(mean(x.map((value) => value ** 2)) + constant);
      return x.map((value, j) => (value / root) * scale!.values[j]!);
    },
  },
  projection: {
    parts: (inputs) => [[inputs, 1]],
    states: 0,
    step: ({ units, parts: [kernel] }, signals) => product(signals.at(-1)!, kernel!, units),
  },
  "silu gate": {
    parts: (inputs) => [[inputs, 2]],
    states: 0,
    step: ({ units, parts: [kernel] }, signals) => {
      const sums = product(signals.at(-1)!, kernel!, units);
      return sums.slice(0, units).map((gate, j) => gate * sigmoid(gate) * sums[units + j]!);
    },
  },
  "causal convolution": {
    parts: () => [[convolutionSteps, 1]],
    states: convolutionSteps - 1,
    step: ({ units, parts: [kernel] }, signals, before) => {
      const inputs = [...before.map((input) => input.slice()), signals.at(-1)!];
      for (const [index, state] of before.entries()) state.set(inputs[index + 1]!);
      return Array.from({ length: units }, (_, j) =>
        inputs.reduce((sum, input, step) => sum + kernel!.values[step * units + j]! * input[j]!, 0),
      );
    },
  },
  "residual connection": {
    parts: () => [],
    states: 0,
    step: ({ detail }, signals) => signals.at(-1)!.map((value, j) => value + signals[detail]![j]!),
  },
} satisfies Partial<Record<(typeof decoderKinds)[number], KindOfLayer>>;
type Kind = keyof typeof layerKinds;
const kindNames = Object.keys(layerKinds) as Kind[];
const keepWidth: ReadonlySet<Kind> = new Set([
  "causal convolution",
  "layer normalization",
  "rms normalization",
  "residual connection",
]);
const withMatmul = kindNames.filter((kind) => !keepWidth.has(kind));

/** The kinds of the layers: one layer alone now and then, so that each is often the first and the last. */
const anyKind = (random: Random, names: readonly Kind[]): Kind => names[wholeNumber(random, 0, names.length - 1)]!;

const detailOf = (kind: Kind): number => (kind === "causal convolution" ? convolutionSteps : 0);

export function anyStack(random: Random, rows = [1, 1, 2, 3, 7, 64][wholeNumber(random, 0, 5)]!) {
  const [vocabulary, embedding] = [random() < 0.2 ? wholeNumber(random, 250, 700) : anySize(random), anySize(random)];
  const widths = [embedding];
  const layers = Array.from({ length: wholeNumber(random, 1, 6) }, (_, index): Layer => {
    const inputs = widths[index]!;
    const kind = anyKind(random, random() < 0.4 ? withMatmul : kindNames);
    const { parts } = layerKinds[kind];
    const units = keepWidth.has(kind) || random() < 0.4 ? inputs : anySize(random);
    widths.push(units);
    const equal = widths.slice(0, -1).flatMap((width, signal) => (width === units ? [signal] : []));
    return {
      kind,
      inputs,
      units,
      parts: parts(inputs, units).map(([inner, gates]) => ({
        inner,
        gates,
        values: floats(random, inner * gates * units).map((value) => value / Math.sqrt(inner)),
      })),
      constant: random() < 0.5 ? 0.001 : 0.5,
      detail: kind === "residual connection" ? equal[wholeNumber(random, 0, equal.length - 1)]! : detailOf(kind),
    };
  });
  const inputs = widths.at(-1)!;
  const states = layers.reduce((sum, { kind, units }) => sum + layerKinds[kind].states * units, 0);
  return {
    rows,
    vocabulary,
    embedding,
    layers,
    states,
    table: floats(random, vocabulary * embedding),
    head: { kernel: floats(random, inputs * vocabulary), bias: floats(random, vocabulary), inputs },
    last: indices(random, rows, 0, vocabulary),
    state: floats(random, rows * states),
    projected: random() < 0.7,
  };
}

const block = 16;
export const inBlocks = (count: number) => Math.ceil(count / block) * block;

export function packWeights({ layers, head, vocabulary }: Stack): Float32Array {
  const parts = layers.flatMap(({ units, parts: own }) =>
    own.map(({ inner, gates, values }) => ({ inner, gates, units, matrix: values })),
  );
  parts.push({ inner: head.inputs, gates: 1, units: vocabulary, matrix: head.kernel });
  parts.push({ inner: 1, gates: 1, units: vocabulary, matrix: head.bias });
  const sizes = parts.map(({ inner, gates, units }) => inner * gates * inBlocks(units));
  const weights = new Float32Array(sizes.reduce((sum, size) => sum + size, 0)).fill(NaN);
  let offset = 0;
  for (const [index, part] of parts.entries())
    kernels.decoderPack({ ...part, transposed: false, packed: weights.subarray(offset, (offset += sizes[index]!)) });
  return weights;
}

/** What `decode` reads of the layers, beside their weights. */
export function shapeOf({ layers }: Stack) {
  const first = layers.find(({ kind }) => !keepWidth.has(kind) || kind === "causal convolution");
  const isProjected = first !== undefined && first.kind !== "causal convolution";
  return {
    layers: layers.length,
    kinds: Int32Array.from(layers, ({ kind }) => decoderKinds.indexOf(kind)),
    units: Int32Array.from(layers, ({ units }) => units),
    details: Int32Array.from(layers, ({ detail }) => detail),
    constants: Float32Array.from(layers, ({ constant }) => constant),
    projection: isProjected ? first.parts[0]!.gates * inBlocks(first.units) : 0,
  };
}

/** One row's state tensors, from the states of all rows, each [rows, units]. */
export function rowStates({ layers, rows }: Stack, row: number): { from: number; units: number }[] {
  let offset = 0;
  return layers.flatMap(({ kind, units }) =>
    Array.from({ length: layerKinds[kind].states }, () => {
      offset += rows * units;
      return { from: offset + (row - rows) * units, units };
    }),
  );
}

/** One step of all rows in double precision; updates the states. @returns the logits */
export function reference(stack: Stack, state: Float64Array, tokens: Int32Array): Float64Array {
  const { rows, vocabulary, embedding, layers, table, head } = stack;
  const logits = new Float64Array(rows * vocabulary);
  for (let row = 0; row < rows; row++) {
    const states = rowStates(stack, row).map(({ from, units }) => state.subarray(from, from + units));
    const signals = [Float64Array.from(table.subarray(tokens[row]! * embedding, (tokens[row]! + 1) * embedding))];
    for (const layer of layers) {
      const { states: count, step } = layerKinds[layer.kind];
      signals.push(Float64Array.from((step as Step)(layer, signals, states.splice(0, count))));
    }
    for (let id = 0; id < vocabulary; id++)
      logits[row * vocabulary + id] = signals
        .at(-1)!
        .reduce((sum, value, k) => sum + value * head.kernel[k * vocabulary + id]!, head.bias[id]!);
  }
  return logits;
}
