/** @file The recurrent cells as their equations: the reference that every fused kernel is tested against. */
import { add, matMul, mul, sigmoid, split, tanh, type Tensor2D } from "../engine/tfjs.js";
import type { Cell, CellWeights } from "../engine/ops/cell.js";
import type { CellName } from "../names.js";
import { type Initialiser, unitForget } from "./initialisers.js";

/** A cell and the bias that it prefers to begin with. */
export type NetworkCell = Cell & { bias: Initialiser };

const project = (input: Tensor2D, output: Tensor2D, { kernel, recurrent, bias }: CellWeights): Tensor2D =>
  add(add(matMul(input, kernel), matMul(output, recurrent)), bias); // [batch, gates · units]

export const cells = {
  /** Hochreiter & Schmidhuber 1997 with the forget gate of Gers 2000; gates in Keras's order i f c o. */
  lstm: {
    name: "lstm",
    gates: 4,
    states: 2,
    bias: unitForget,
    step: (input, [output, memory], weights) => {
      const gates = project(input, output, weights);
      const [i, f, c, o] = split(gates, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const kept: Tensor2D = add(mul(sigmoid(f), memory!), mul(sigmoid(i), tanh(c)));
      return [mul(sigmoid(o), tanh(kept)), kept];
    },
  },
} satisfies Record<CellName, NetworkCell>;
