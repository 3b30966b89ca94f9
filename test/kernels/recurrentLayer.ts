/** @file Random recurrent layers of any cell for the kernels' tests, and a reference in plain loops and double precision. */
import type { CellName } from "../../src/common/names.js";
import type { Random } from "../../src/common/random.js";
import { anySize, floats, indices, wholeNumber } from "./support.js";

type Vector = ArrayLike<number>;
type Sums = (gate: number, unit: number) => number;

/** A step for one unit, from the input's and the hidden state's matrix products with their biases, and the previous state. read: the hidden state with dropout. */
type ScalarCell = {
  gates: number;
  biases: 1 | 2;
  saved: number;
  step: (
    unit: number,
    x: Sums,
    h: Sums,
    before: { hidden: Vector; read: Vector; cell: number; product: Product },
  ) => [number, number];
};

/** The product of any vector, in place of the hidden state, with a gate's recurrent weights. */
type Product = (vector: (unit: number) => number, gate: number, unit: number) => number;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const elman = (f: (sum: number) => number): ScalarCell => ({
  gates: 1,
  biases: 1,
  saved: 1,
  step: (j, x, h) => [f(x(0, j) + h(0, j)), 0],
});

/** The cells that have a kernel. */
export const scalarCells = {
  rnn: elman(Math.tanh),
  "rnn-relu": elman((sum) => (sum < 0 ? 0 : sum)),
  residual: {
    ...elman(Math.tanh),
    step: (j, x, h, { hidden }) => [Math.tanh(x(0, j) + h(0, j)) + hidden[j]!, 0],
  },
  lstm: {
    gates: 4,
    biases: 1,
    saved: 5,
    step: (j, x, h, { cell }) => {
      const [i, f, c, o] = [0, 1, 2, 3].map((gate) => x(gate, j) + h(gate, j)) as [number, number, number, number];
      const memory = sigmoid(f) * cell + sigmoid(i) * Math.tanh(c);
      return [sigmoid(o) * Math.tanh(memory), memory];
    },
  },
  gru: {
    gates: 3,
    biases: 2,
    saved: 6,
    step: (j, x, h, { hidden }) => {
      const [z, r] = [sigmoid(x(0, j) + h(0, j)), sigmoid(x(1, j) + h(1, j))];
      return [z * hidden[j]! + (1 - z) * Math.tanh(x(2, j) + r * h(2, j)), 0];
    },
  },
  "gru-reset-before": {
    gates: 3,
    biases: 1,
    saved: 4,
    step: (j, x, h, { hidden, read, product }) => {
      const z = sigmoid(x(0, j) + h(0, j));
      const reset = (k: number) => sigmoid(x(1, k) + h(1, k)) * read[k]!;
      return [z * hidden[j]! + (1 - z) * Math.tanh(x(2, j) + product(reset, 2, j)), 0];
    },
  },
} satisfies { [Name in CellName]?: ScalarCell };

export type KernelCell = keyof typeof scalarCells;
export const kernelCells = Object.keys(scalarCells) as KernelCell[];

/** Half of the values are dropped, the others doubled. */
const dropoutMask = (random: Random, size: number): Float32Array =>
  floats(random, size).map((value) => (value < 0 ? 0 : 2));

export type Layer = ReturnType<typeof anyLayer>;
export type Tensors = { [Name in keyof Layer["tensors"]]: Vector | null };

/** A layer of random sizes. Padding holds NaN, so that reading it fails the test. With tokens, the sequence is the table of embeddings. */
export function anyLayer(random: Random, cell: KernelCell, most = 8, batches = 14, units = anySize(random)) {
  const { gates, biases, saved }: ScalarCell = scalarCells[cell];
  const [time, batch] = [wholeNumber(random, 0, most), wholeNumber(random, 1, batches)];
  const inputs = anySize(random);
  const offset = wholeNumber(random, 0, 5);
  const vocabulary = random() < 0.4 ? wholeNumber(random, 1, 30) : 0;
  const some = (size: number) => (random() < 0.5 ? floats(random, size) : null);
  const lengths = random() < 0.6 ? Int32Array.from({ length: batch }, () => wholeNumber(random, 0, time)) : null;
  const tokens = vocabulary > 0 ? indices(random, time * batch, 0, vocabulary) : null;
  const sequence = floats(random, (vocabulary || time * batch) * inputs);
  if (lengths && !tokens) {
    sequence.forEach((_, index) => {
      const position = Math.floor(index / inputs);
      if (Math.floor(position / batch) >= lengths[position % batch]!) sequence[index] = NaN;
    });
  }
  return {
    cell,
    saved,
    sizes: { time, batch, inputs, units, offset, stride: units + offset + wholeNumber(random, 0, 3), vocabulary },
    backwards: random() < 0.5,
    lengths,
    tokens,
    tensors: {
      sequence,
      kernel: floats(random, inputs * gates * units).map((value) => value / Math.sqrt(inputs)),
      recurrent: floats(random, units * gates * units).map((value) => value / Math.sqrt(units)),
      bias: floats(random, biases * gates * units),
      mask: random() < 0.3 ? dropoutMask(random, batch * units) : null,
      initialHidden: some(batch * units),
      initialCell: some(batch * units),
    },
  };
}

/** The layer's equations in plain loops. Outputs are [time, batch, units]. */
export function reference({ cell, sizes, backwards, lengths, tokens }: Layer, tensors: Tensors) {
  const { gates, biases, step: takeStep } = scalarCells[cell];
  const { time, batch, inputs, units } = sizes;
  const { sequence, kernel, recurrent, bias, mask, initialHidden, initialCell } = tensors;
  const width = gates * units;
  const last = {
    lastHidden: Float64Array.from({ length: batch * units }, (_, index) => initialHidden?.[index] ?? 0),
    lastCell: Float64Array.from({ length: batch * units }, (_, index) => initialCell?.[index] ?? 0),
  };
  const outputs = new Float64Array(time * batch * units);
  const product: Product = (vector, gate, j) => {
    let sum = 0;
    for (let k = 0; k < units; k++) sum += vector(k) * recurrent![k * width + gate * units + j]!;
    return sum;
  };
  for (let row = 0; row < batch; row++) {
    const length = lengths?.[row] ?? time;
    for (let step = 0; step < length; step++) {
      const position = (backwards ? length - 1 - step : step) * batch + row;
      const from = (tokens?.[position] ?? position) * inputs;
      const hidden = last.lastHidden.slice(row * units, (row + 1) * units);
      const read = hidden.map((value, unit) => value * (mask?.[row * units + unit] ?? 1));
      const x = Float64Array.from({ length: width }, (_, column) => {
        let sum = bias![column]!;
        for (let k = 0; k < inputs; k++) sum += sequence![from + k]! * kernel![k * width + column]!;
        return sum;
      });
      const h = Float64Array.from({ length: width }, (_, column) => {
        const gate = Math.floor(column / units);
        return (biases === 2 ? bias![width + column]! : 0) + product((k) => read[k]!, gate, column - gate * units);
      });
      const at = (sums: Float64Array) => (gate: number, unit: number) => sums[gate * units + unit]!;
      for (let j = 0; j < units; j++) {
        const before = { hidden, read, cell: last.lastCell[row * units + j]!, product };
        const [output, memory] = takeStep(j, at(x), at(h), before);
        last.lastCell[row * units + j] = memory;
        last.lastHidden[row * units + j] = output;
        outputs[position * units + j] = output;
      }
    }
  }
  return { outputs, ...last };
}
