/** @file Converts the weights of nn.LSTM, nn.GRU and nn.RNN to recurrent layers. */
import { UserError } from "../../common/errors.js";
import type { CellName } from "../../common/names.js";
import type { ImportedLayer } from "../importers.js";
import { arrayName, type Module, recurrentArray } from "./modules.js";
import { inBlocks, rowsOf, shapeText, sumOf, transposed, type Values, zerosOf } from "../importing/importedValues.js";

/** A cell, by its number of gates. order: for each gate of `rnn` the index of PyTorch's. */
type Gates = { cell: CellName; order: readonly number[] };
const cellsByGates: Record<number, Gates> = {
  1: { cell: "rnn", order: [0] },
  /** r z n in PyTorch, z r h here. */
  3: { cell: "gru", order: [1, 0, 2] },
  /** i f g o in PyTorch, i f c o here: the same order. */
  4: { cell: "lstm", order: [0, 1, 2, 3] },
};

/**
 * The layers of a module, in their order.
 * @param relu whether the activation of nn.RNN is ReLU, which its weights do not store
 * @throws UserError if a layer lacks a weight or has one of a wrong shape
 */
export function recurrentLayers(module: Module, source: string, relu: boolean): ImportedLayer[] {
  const names = [...module.arrays.keys()].map((name) => recurrentArray.exec(name)!.groups!);
  const count = Math.max(...names.map(({ layer = "0" }) => Number(layer))) + 1;
  const directions = names.some(({ reverse }) => reverse) ? ["", "_reverse"] : [""];
  const asCell = names.every(({ layer }) => layer === undefined); // nn.LSTMCell and the like
  const used = new Set<string>();
  const layers = Array.from({ length: count }, (_, layer): ImportedLayer => {
    const suffixes = directions.map((direction) => (asCell ? "" : `_l${layer}`) + direction);
    const converted = suffixes.map((suffix) => convertDirection(module, suffix, source, used));
    const { cell, units } = converted[0]!;
    const weights = converted.flatMap(({ weights: own }, index) =>
      Object.entries(own).map(([name, values]) => [`${index === 0 ? "forward" : "backward"}/${name}`, values] as const),
    );
    return {
      name: arrayName(module, `weight_ih${suffixes[0]}`),
      spec: {
        type: "recurrent",
        cell: cell === "rnn" && relu ? "rnn-relu" : cell,
        units,
        bidirectional: directions.length === 2,
      },
      weights: Object.fromEntries(weights),
    };
  });
  const unused = [...module.arrays.keys()].find((name) => !used.has(name));
  if (unused === undefined) return layers;
  throw new UserError(`${source}: the tensor ${arrayName(module, unused)} belongs to no layer of its module`);
}

/** Converts one direction of one layer. */
function convertDirection(module: Module, suffix: string, source: string, used: Set<string>) {
  const take = (name: string, shape?: readonly number[]): Values => {
    const full = arrayName(module, name + suffix);
    const array = module.arrays.get(name + suffix);
    used.add(name + suffix);
    if (!array) throw new UserError(`${source} has no tensor ${full}`);
    if (shape === undefined ? array.shape.length === 2 : array.shape.join() === shape.join()) return array;
    throw new UserError(
      `${source}: the tensor ${full} is ${shapeText(array)}; expected ${shape ? shapeText({ shape }) : "[gates · units, inputs]"}`,
    );
  };
  const recurrent = take("weight_hh");
  const [rows, units] = recurrent.shape as [number, number];
  const gates = cellsByGates[rows / units];
  if (!gates) {
    throw new UserError(
      `${source}: the tensor ${arrayName(module, `weight_hh${suffix}`)} is ${shapeText(recurrent)}; for n units expected [4n, n] (LSTM), [3n, n] (GRU) or [n, n] (RNN)`,
    );
  }
  const { cell, order } = gates;
  const kernel = take("weight_ih", [rows, take("weight_ih").shape[1]!]);
  const bias = (side: string): Values =>
    module.arrays.has(`bias_${side}${suffix}`) ? inBlocks(take(`bias_${side}`, [rows]), order) : zerosOf(rows);
  const convert = (matrix: Values): Values => transposed(inBlocks(matrix, order));
  const biases = cell === "gru" ? rowsOf : sumOf;
  return {
    cell,
    units,
    weights: { kernel: convert(kernel), recurrent: convert(recurrent), bias: biases(bias("ih"), bias("hh")) },
  };
}
