/** @file The weights of nn.LSTM, nn.GRU and nn.RNN as those of our layers. */
import { UserError } from "../../common/errors.js";
import type { CellName } from "../../common/names.js";
import type { FoundLayer } from "../importing/found.js";
import { arrayName, type Module, recurrentArray } from "./modules.js";
import { inBlocks, rowsOf, shapeText, sumOf, transposed, type Values, zerosOf } from "../importing/values.js";

/** A cell by how many gates it has. order: of our gates, which of PyTorch's each is. */
type Gates = { cell: CellName; order: readonly number[] };
const cellsByGates: Record<number, Gates> = {
  1: { cell: "rnn", order: [0] },
  /** PyTorch's are r z n, ours z r h. */
  3: { cell: "gru", order: [1, 0, 2] },
  /** PyTorch's are i f g o, ours i f c o. */
  4: { cell: "lstm", order: [0, 1, 2, 3] },
};

/**
 * A module's layers, the first first.
 * @param relu whether the activation of a plain one is ReLU: its weights do not say
 * @throws UserError where one lacks a weight, or has one of a shape that no such layer has
 */
export function recurrentLayers(module: Module, place: string, relu: boolean): FoundLayer[] {
  const names = [...module.arrays.keys()].map((name) => recurrentArray.exec(name)!.groups!);
  const count = Math.max(...names.map(({ layer = "0" }) => Number(layer))) + 1;
  const directions = names.some(({ reverse }) => reverse) ? ["", "_reverse"] : [""];
  const asCell = names.every(({ layer }) => layer === undefined); // nn.LSTMCell and the like
  const used = new Set<string>();
  const layers = Array.from({ length: count }, (_, layer): FoundLayer => {
    const suffixes = directions.map((direction) => (asCell ? "" : `_l${layer}`) + direction);
    const read = suffixes.map((suffix) => directionOf(module, suffix, place, used));
    const { cell, units } = read[0]!;
    const weights = read.flatMap(({ weights: own }, index) =>
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
  const left = [...module.arrays.keys()].find((name) => !used.has(name));
  if (left === undefined) return layers;
  throw new UserError(`${place}: the tensor ${arrayName(module, left)} belongs to no layer of its module`);
}

/** One direction of one layer, in our layout. */
function directionOf(module: Module, suffix: string, place: string, used: Set<string>) {
  const take = (name: string, shape?: readonly number[]): Values => {
    const full = arrayName(module, name + suffix);
    const found = module.arrays.get(name + suffix);
    used.add(name + suffix);
    if (!found) throw new UserError(`${place} lacks the tensor ${full}`);
    if (shape === undefined ? found.shape.length === 2 : found.shape.join() === shape.join()) return found;
    throw new UserError(
      `${place}: the tensor ${full} is ${shapeText(found)}, and ${shape ? shapeText({ shape }) : "[gates · units, width]"} is needed`,
    );
  };
  const recurrent = take("weight_hh");
  const [rows, units] = recurrent.shape as [number, number];
  const gates = cellsByGates[rows / units];
  if (!gates) {
    throw new UserError(
      `${place}: the tensor ${arrayName(module, `weight_hh${suffix}`)} is ${shapeText(recurrent)}; of n units an LSTM's is [4n, n], a GRU's [3n, n] and an RNN's [n, n]`,
    );
  }
  const { cell, order } = gates;
  const kernel = take("weight_ih", [rows, take("weight_ih").shape[1]!]);
  const bias = (side: string): Values =>
    module.arrays.has(`bias_${side}${suffix}`) ? inBlocks(take(`bias_${side}`, [rows]), order) : zerosOf(rows);
  const ours = (matrix: Values): Values => transposed(inBlocks(matrix, order));
  const biases = cell === "gru" ? rowsOf : sumOf;
  return {
    cell,
    units,
    weights: { kernel: ours(kernel), recurrent: ours(recurrent), bias: biases(bias("ih"), bias("hh")) },
  };
}
