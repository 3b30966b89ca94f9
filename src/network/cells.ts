/** @file The recurrent cells as equations: the reference that every fused kernel is tested against. */
import {
  add,
  matMul,
  mul,
  relu,
  sigmoid,
  slice,
  split,
  sub,
  tanh,
  type Tensor,
  type Tensor2D,
} from "../engine/tfjs.js";
import type { Cell, CellWeights, Trace } from "../engine/ops/cell.js";
import { rmsNormReference } from "../engine/ops/rmsNorm.js";
import type { CellName } from "../common/names.js";
import { Registry } from "../common/registry.js";
import { type Initializer, rescaledUniform, uniform, unitForget, zeros } from "./initializers.js";

/** A cell and the initializers of its bias and, if they differ from those of other cells, of its kernel and its recurrent weights. */
export type NetworkCell = Cell & {
  bias: Initializer;
  kernel?: (units: number) => Initializer;
  recurrent?: Initializer;
};

const linear = (values: Tensor2D, kernel: Tensor2D, bias: Tensor): Tensor2D => add(matMul(values, kernel), bias);

/** The hidden state that the recurrent matmul reads, with dropout if there is a mask. */
const maskedHidden = (output: Tensor2D, { mask }: CellWeights): Tensor2D => (mask ? mul(output, mask) : output);

const project = (input: Tensor2D, output: Tensor2D, weights: CellWeights): Tensor2D =>
  add(matMul(input, weights.kernel), linear(maskedHidden(output, weights), weights.recurrent, weights.bias)); // [batch, gates · units]

const gatesOf = (sums: Tensor2D, count: number): Tensor2D[] => split(sums, count, 1); // count × [batch, units]

const silu = (values: Tensor2D): Tensor2D => mul(values, sigmoid(values));

/** (1 - z) c + z h */
const mix = (z: Tensor2D, h: Tensor2D, c: Tensor2D): Tensor2D => add(c, mul(z, sub(h, c)));

/** Records nothing. */
const noTrace: Trace = (_name, _equation, value) => value;

/** Elman 1990: h' = f(x W + h U + b). */
const elman = (name: CellName, activation: (sums: Tensor2D) => Tensor2D, word: string): NetworkCell => ({
  name,
  gates: 1,
  states: 1,
  biases: 1,
  bias: zeros,
  step: (input, [output], weights, trace = noTrace) => [
    trace("hidden", `h' = ${word}(x W + h U + b)`, activation(project(input, output, weights))),
  ],
});

/** The cells that come with rnn. */
export const cells: { readonly [Name in CellName]: NetworkCell } = {
  rnn: elman("rnn", tanh, "tanh"),
  "rnn-relu": elman("rnn-relu", relu, "relu"),

  /** h' = tanh(x W + h U + b) + h */
  residual: {
    name: "residual",
    gates: 1,
    states: 1,
    biases: 1,
    bias: zeros,
    step: (input, [output], weights, trace = noTrace) => {
      const change = trace("change", "g = tanh(x W + h U + b)", tanh(project(input, output, weights)));
      return [trace("hidden", "h' = g + h", add(change, output))];
    },
  },

  /** Hochreiter & Schmidhuber 1997 with the forget gate of Gers 2000; gates in Keras's order i f c o. */
  lstm: {
    name: "lstm",
    gates: 4,
    states: 2,
    biases: 1,
    bias: unitForget,
    step: (input, [output, memory], weights, trace = noTrace) => {
      const [i, f, c, o] = gatesOf(project(input, output, weights), 4) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const forget = trace("forget gate (keep gate)", "f = σ(x Wf + h Uf + bf)", sigmoid(f));
      const write = trace("input gate (write gate)", "i = σ(x Wi + h Ui + bi)", sigmoid(i));
      const candidate = trace("candidate", "g = tanh(x Wc + h Uc + bc)", tanh(c));
      const nextMemory = trace("cell", "c' = f c + i g", add(mul(forget, memory!), mul(write, candidate)));
      const read = trace("output gate (read gate)", "o = σ(x Wo + h Uo + bo)", sigmoid(o));
      return [trace("hidden", "h' = o tanh(c')", mul(read, tanh(nextMemory))), nextMemory];
    },
  },

  /** Cho et al. 2014 with the reset gate after the recurrent matmul, as in cuDNN, PyTorch and Keras's `reset_after`; gates in Keras's order z r h. */
  gru: {
    name: "gru",
    gates: 3,
    states: 1,
    biases: 2,
    bias: zeros,
    step: (input, [output], weights, trace = noTrace) => {
      const { kernel, recurrent, bias } = weights;
      const [inputBias, recurrentBias] = split(bias, 2, 0) as [Tensor2D, Tensor2D];
      const [xz, xr, xh] = gatesOf(linear(input, kernel, inputBias), 3) as [Tensor2D, Tensor2D, Tensor2D];
      const [hz, hr, hh] = gatesOf(linear(maskedHidden(output, weights), recurrent, recurrentBias), 3) as [
        Tensor2D,
        Tensor2D,
        Tensor2D,
      ];
      const z = trace("update gate", "z = σ(x Wz + h Uz + bz + dz)", sigmoid(add(xz, hz)));
      const r = trace("reset gate", "r = σ(x Wr + h Ur + br + dr)", sigmoid(add(xr, hr)));
      const candidate = trace("candidate", "g = tanh(x Wh + bh + r (h Uh + dh))", tanh(add(xh, mul(r, hh))));
      return [trace("hidden", "h' = (1 - z) g + z h", mix(z, output, candidate))];
    },
  },

  /** Cho et al. 2014 as published: the reset gate before the recurrent matmul; gates in Keras's order z r h. */
  "gru-reset-before": {
    name: "gru-reset-before",
    gates: 3,
    states: 1,
    biases: 1,
    bias: zeros,
    step: (input, [output], weights, trace = noTrace) => {
      const { kernel, recurrent, bias } = weights;
      const units = recurrent.shape[0];
      const hidden = maskedHidden(output, weights);
      const [xz, xr, xh] = gatesOf(linear(input, kernel, bias), 3) as [Tensor2D, Tensor2D, Tensor2D];
      const [hz, hr] = gatesOf(matMul(hidden, slice(recurrent, [0, 0], [units, 2 * units])), 2) as [Tensor2D, Tensor2D];
      const z = trace("update gate", "z = σ(x Wz + h Uz + bz)", sigmoid(add(xz, hz)));
      const r = trace("reset gate", "r = σ(x Wr + h Ur + br)", sigmoid(add(xr, hr)));
      const recurrentSums: Tensor2D = matMul(mul(r, hidden), slice(recurrent, [0, 2 * units], [units, units]));
      const candidate = trace("candidate", "g = tanh(x Wh + (r h) Uh + bh)", tanh(add(xh, recurrentSums)));
      return [trace("hidden", "h' = (1 - z) g + z h", mix(z, output, candidate))];
    },
  },

  /**
   * Lei et al. 2018: gates from the input and, element by element, from the cell state; the output mixes the cell state and the input, scaled by α so
   * that both have the same variance at the start. The input is projected where its width is not the number of units. Initial weights are the paper's.
   */
  sru: {
    name: "sru",
    gates: 3,
    states: 2,
    biases: 1,
    elementwise: (inputs, units) => ({
      kernel: [inputs, (inputs === units ? 3 : 4) * units],
      recurrent: [2, units],
      bias: [2 * units],
    }),
    readsHidden: false,
    bias: zeros,
    kernel: (units) => rescaledUniform(units, [1, Math.SQRT1_2, Math.SQRT1_2, 1]),
    recurrent: uniform(Math.sqrt(3 / 2)),
    step: (input, [, memory], { kernel, recurrent, bias }, trace = noTrace) => {
      const [candidate, xf, xr, skip = input] = gatesOf(
        matMul(input, kernel),
        kernel.shape[1] / recurrent.shape[1],
      ) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D | undefined];
      const [vf, vr] = split(recurrent, 2, 0) as [Tensor2D, Tensor2D];
      const [bf, br] = split(bias, 2) as [Tensor, Tensor];
      trace("candidate", "g = x W", candidate);
      const f = trace("forget gate", "f = σ(x Wf + vf c + bf)", sigmoid(add(add(xf, mul(vf, memory!)), bf)));
      const r = trace("reset gate", "r = σ(x Wr + vr c + br)", sigmoid(add(add(xr, mul(vr, memory!)), br)));
      const nextMemory = trace("cell", "c' = f c + (1 - f) g", mix(f, memory!, candidate));
      const highway: Tensor2D = mul(skip, sruScale);
      const word = skip === input ? "x" : "x Wx";
      return [trace("hidden", `h' = r c' + (1 - r) α ${word}, α = √3`, mix(r, nextMemory, highway)), nextMemory];
    },
  },

  /**
   * Qin et al. 2023, with real states: a forget gate above a lower bound γ, and normalization after the output gate, as in the authors' code. γ rises with
   * the layer: k / n for layer k of n from 0, which are the initial values of the paper's learned bounds.
   */
  hgrn: {
    name: "hgrn",
    gates: 3,
    states: 2,
    biases: 1,
    elementwise: (inputs, units) => ({ kernel: [inputs, 3 * units], recurrent: [0, units], bias: [3 * units] }),
    readsHidden: false,
    bounded: true,
    bias: zeros,
    kernel: (units) => rescaledUniform(units, [1, 1, 1]),
    step: (input, [, memory], { kernel, bias, lowerBound = 0 }, trace = noTrace) => {
      const [xf, xc, xo] = gatesOf(linear(input, kernel, bias), 3) as [Tensor2D, Tensor2D, Tensor2D];
      const f = trace("forget gate", "f = γ + (1 - γ) σ(x Wf + bf)", add(mul(sigmoid(xf), 1 - lowerBound), lowerBound));
      const candidate = trace("candidate", "g = silu(x Wc + bc)", silu(xc));
      const nextMemory = trace("cell", "c' = f c + (1 - f) g", mix(f, memory!, candidate));
      const o = trace("output gate", "o = σ(x Wo + bo)", sigmoid(xo));
      return [trace("hidden", "h' = norm(o c')", rmsNormReference(mul(o, nextMemory))), nextMemory];
    },
  },

  /** Feng et al. 2024; the candidate's g(a) is a + 1/2 for a ≥ 0 and σ(a) below, as in the paper's log-space form, so that it is positive. */
  mingru: {
    name: "mingru",
    gates: 2,
    states: 1,
    biases: 1,
    elementwise: (inputs, units) => ({ kernel: [inputs, 2 * units], recurrent: [0, units], bias: [2 * units] }),
    bias: zeros,
    kernel: (units) => rescaledUniform(units, [1, 1]),
    step: (input, [output], { kernel, bias }, trace = noTrace) => {
      const [xz, xh] = gatesOf(linear(input, kernel, bias), 2) as [Tensor2D, Tensor2D];
      const z = trace("update gate", "z = σ(x Wz + bz)", sigmoid(xz));
      // max(a, 0) + σ(min(a, 0)) is a + 1/2 above zero and σ(a) below.
      const below: Tensor2D = sub(xh, relu(xh));
      const candidate = trace(
        "candidate",
        "g = a + 1/2 if a ≥ 0, else σ(a); a = x Wh + bh",
        add(relu(xh), sigmoid(below)),
      );
      return [trace("hidden", "h' = (1 - z) h + z g", mix(z, candidate, output))];
    },
  },
};

/** α of SRU: √(1 + 2 exp(b)) for an initial bias b = 0 of the reset gate. */
const sruScale = Math.sqrt(3);

const registry = new Registry<NetworkCell>("cell", cells);

/** The argument of `defineCell`: equations and sizes. Defaults: one bias, initialized with zeros. */
export type CellDefinition = Omit<NetworkCell, "name" | "biases" | "bias"> &
  Partial<Pick<NetworkCell, "biases" | "bias">>;

/**
 * Adds a cell, which then trains, generates, is saved in checkpoints and is loaded from them, on every backend, by its equations.
 * Define it before a checkpoint that uses it is loaded.
 * @param name a new one, as in `--cell name` and in a network's spec
 * @throws UserError if the name is taken
 */
export const defineCell = (name: string, definition: CellDefinition): void =>
  registry.define(name, { biases: 1, bias: zeros, ...definition, name });

/** Removes a cell that `defineCell` added. */
export const removeCell = (name: string): void => registry.remove(name);

/** The cell of that name, built in or added. @throws UserError for an unknown name; the message has the nearest known names */
export const cellNamed = (name: string): NetworkCell => registry.get(name);
